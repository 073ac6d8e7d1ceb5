"""The directions between modules, and the few places with a right of their own.

Read off the source, never run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("mediawatch", "scrapers", "db")
FOLDERS = (
    "domain",
    "ports",
    "rules",
    "ops",
    "workbooks",
    "registry",
    "figures",
    "people",
    "sweep",
    "publish",
    "app",
    "demo",
    "cli",
)
"""The folders of the core in the order of the data: each imports only those before it, and the
ground files.
"""
LOG, FILES = "mediawatch.log", "mediawatch.files"
OUTPUTS = "mediawatch.outputs"
GROUND = {
    *(
        f"mediawatch.{file}"
        for file in (
            "names",
            "workdays",
            "addresses",
            "articles",
            "plurals",
            "typesetting",
            "table",
            "paper",
            "sheets",
            "refusals",
            "visible",
            "inputs",
            "children",
            "stops",
        )
    ),
    LOG,
    FILES,
    OUTPUTS,
}
"""Small files that know no folder; `files` and `outputs` know the domain's errors."""
INPUTS = "mediawatch.inputs"
PURE = {"mediawatch.domain", "mediawatch.rules", "mediawatch.figures"}
"""Rules and arithmetic only: nothing from outside but words, rules and ground files.

`ports` holds protocols and frozen rows.
"""
VOCABULARY = {"mediawatch.domain", "mediawatch.ports"}
WORDS = {"mediawatch.registry.kinds"}
"""What platforms, states and bodies are called in registries: figures group by it."""
OUTSIDE = {
    "playwright": "scrapers",
    "sqlalchemy": "db",
    "alembic": "db",
    "psycopg": "db",
    "psycopg_pool": "db.tasks",
    "procrastinate": "db.tasks",
}
"""Third parties that only one package may import."""
SHEETS = "mediawatch.sheets"
"""Who makes workbooks: elsewhere a text could be taken for a formula or for mark-up."""
LOGGERS = {LOG, "mediawatch.cli.logs", "mediawatch.cli.jsonlines"}
"""Who may import structlog. Other modules ask `mediawatch.log` for a logger: it is configured there."""
LAST_RESORTS = {
    "mediawatch.cli",
    "mediawatch.sweep.looks",
    "mediawatch.sweep.worker",
    "mediawatch.workbooks.child",
}
"""Where an unforeseen exception may be caught: the command line's end, the sweep's boundary around
one account, a worker's around one order, the reading process's around one file.
"""
HOST_CLOCK = {
    "mediawatch.app.root",
    "scrapers.replica.tls",
    "db",
    "mediawatch.data.unit_statistics",
}
"""The composition root; the units' script, which runs without us; the replica's certificates, which the browser compares with the host's
clock, not with ours; and the default of `open_store`, which the composition root overrides."""
NOW = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}

REPLICA = "scrapers.replica"
APART = {
    REPLICA,
    *(
        f"scrapers.{name}"
        for name in ("weibo", "douyin", "toutiao", "wechat", "bilibili", "kuaishou", "tieba")
    ),
}
"""A platform folder names its classes among the scrapers, the replica among its own."""
PARTICIPLES = frozenset(
    [
        "agreed",
        "answered",
        "appealed",
        "asked",
        "attested",
        "behind",
        "brought",
        "carried",
        "certified",
        "changing",
        "chosen",
        "classified",
        "closing",
        "collected",
        "compared",
        "counted",
        "covered",
        "declared",
        "drawn",
        "expected",
        "explained",
        "failed",
        "fallen",
        "fitted",
        "flagged",
        "foreseen",
        "found",
        "fetched",
        "given",
        "hashed",
        "heard",
        "held",
        "identified",
        "imported",
        "issued",
        "judged",
        "kept",
        "known",
        "lapsed",
        "leading",
        "left",
        "lent",
        "listed",
        "looked",
        "made",
        "masked",
        "matched",
        "merged",
        "missing",
        "moved",
        "named",
        "numbered",
        "opened",
        "paused",
        "placed",
        "planned",
        "printed",
        "proving",
        "read_in",
        "rechecked",
        "recorded",
        "rectified",
        "related",
        "renamed",
        "repeated",
        "rested",
        "restored",
        "resolved",
        "returned",
        "reviewed",
        "revised",
        "said",
        "seen",
        "sent",
        "served",
        "settled",
        "shipped",
        "shown",
        "silenced",
        "speaking",
        "split",
        "staged",
        "stalled",
        "standing",
        "stored",
        "taken",
        "tied",
        "told",
        "turned",
        "uncounted",
        "undone",
        "unmatched",
        "unreviewed",
        "unwrapped",
        "unwritten",
        "upheld",
        "verified",
        "visited",
        "vouched",
        "wanted",
        "written",
    ]
)
"""Words that say what was done to something and not what it is: no name of a class or function."""
UNMENDED_PARTICIPLES = {"db"}
"""Packages whose function names still hold participles. Only ever shorter."""
MENDED_METHODS = {"scrapers"}
"""Packages whose methods are held to it, too. Only ever longer."""
PAST = re.compile(r"(?!Changed$)[A-Za-z][a-z]*[a-df-z]ed")
"""One word in the past tense. `Changed` is a word of the domain."""
UNMENDED_CLASSES = {"Hearing", "Logins"}
"""Public classes of the adapters that still share a name. Only ever shorter."""
UNMENDED_PARTICIPLES = {"scrapers", "db.migrations.versions"}
"""Packages whose function names still hold participles. Only ever shorter; revisions stay as they
are.
"""

Sources = dict[str, ast.Module]


@cache
def sources() -> Sources:
    """Every module of ours by dotted name; a package goes by its own name."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for package in OURS
        for path in sorted((ROOT / package).rglob("*.py"))
    }


def imports(tree: ast.Module, modules: Sources) -> Iterator[str]:
    """The dotted modules a source imports, wherever in it; `from package import module` names the
    module.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                yield f"relative import of {source}"
            else:
                for alias in node.names:
                    yield (
                        f"{source}.{alias.name}" if f"{source}.{alias.name}" in modules else source
                    )


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def may(module: str, target: str) -> bool:
    """Whether `module` may import `target` (a dotted module, ours or not)."""
    if target.startswith("relative import"):
        return False
    top = target.partition(".")[0]
    if top in OUTSIDE:
        return within(module, OUTSIDE[top])
    if target in ("xlsxwriter", "xlsxwriter.Workbook"):
        return module == SHEETS
    if top == "structlog":
        return module in LOGGERS
    if top not in OURS or target == "mediawatch":
        return True
    if within(module, "scrapers.replica"):
        # How a file is opened is no fact about a site.
        return (
            within(target, "scrapers.replica")
            or target == INPUTS
            or any(within(target, words) for words in VOCABULARY)
        )
    if within(module, "scrapers") or within(module, "db"):
        # Scrapers with a fold of their own could match names that the rules hold for different, or
        # the other way round.
        own = within(target, module.partition(".")[0]) and not within(target, "scrapers.replica")
        return own or target in GROUND or any(within(target, words) for words in VOCABULARY)
    if top in ("scrapers", "db"):
        return within(module, "mediawatch.app")
    if target in GROUND:
        return target not in (LOG, FILES) or not any(within(module, folder) for folder in PURE)
    if module in GROUND:
        return module in (FILES, OUTPUTS) and within(target, "mediawatch.domain")
    if any(within(module, folder) for folder in PURE) and not any(
        within(target, folder) for folder in PURE | VOCABULARY | WORDS
    ):
        return False
    return floor(target) <= floor(module)


def floor(module: str) -> int:
    """The place of a core module's folder in `FOLDERS`; the program's own entry comes last."""
    folder = module.split(".")[1]
    return len(FOLDERS) if folder == "__main__" else FOLDERS.index(folder)


def wrong_imports(modules: Sources) -> list[str]:
    return [
        f"{module} imports {target}"
        for module, tree in modules.items()
        for target in sorted(set(imports(tree, modules)))
        if not may(module, target)
    ]


def circles(modules: Sources) -> list[tuple[str, ...]]:
    """Groups of modules that import each other, directly or through others; imports for types
    count, too.
    """
    graph = {
        module: {target for target in imports(tree, modules) if target in modules}
        for module, tree in modules.items()
    }
    reached = {module: _reached(module, graph) for module in graph}
    return sorted(
        {
            tuple(sorted(other for other in reached[module] if module in reached[other]))
            for module in graph
            if module in reached[module]
        }
    )


def _reached(module: str, graph: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = [module]
    while left:
        new = graph[left.pop()] - found
        found |= new
        left += new
    return found


def broad_excepts(modules: Sources) -> set[str]:
    """Modules that swallow everything: a bare `except`, `Exception` or `BaseException` that does
    not end in a bare `raise`.
    """
    found = set()
    for module, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and not (
                isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
            ):
                caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                if any(
                    each is None or ast.unparse(each) in ("Exception", "BaseException")
                    for each in caught
                ):
                    found.add(module)
    return found


def clock_askers(modules: Sources) -> set[str]:
    return {
        module
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _ending(node.func) in NOW
    }


SCOPE_READERS = {"mediawatch.app.judged", "mediawatch.sweep.engine", "mediawatch.sweep.judging"}
"""The one loader of a judged scope, and what makes the judgements."""


def scope_readers(modules: Sources) -> set[str]:
    """Modules that ask a store for a sweep's scope."""
    return {
        module
        for module, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _ending(node.func) in ("sweeps.scope", "sweeps.last_entry")
    }


def _ending(name: ast.Attribute) -> str:
    """The last two words of a dotted name."""
    of = name.value.attr if isinstance(name.value, ast.Attribute) else getattr(name.value, "id", "")
    return f"{of}.{name.attr}"


def test_every_import_goes_in_the_allowed_direction() -> None:
    modules = sources()
    assert {"mediawatch.domain", "mediawatch.app", "scrapers.surface", "db"} <= set(modules), (
        "the sources were not found"
    )
    assert wrong_imports(modules) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circles(sources()) == []


def test_a_circle_is_seen_also_where_it_is_for_types() -> None:
    known = {
        "scrapers.look": ast.parse(
            "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    from scrapers.surface import Surface"
        ),
        "scrapers.surface": ast.parse("from scrapers.browser import tab"),
        "scrapers.browser.tab": ast.parse("def late():\n    import scrapers.look"),
        "scrapers.urls": ast.parse("import re"),
    }
    assert circles(known) == [("scrapers.browser.tab", "scrapers.look", "scrapers.surface")]


def test_the_map_names_every_folder() -> None:
    page = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([\w/]+)` \|", page, re.MULTILINE))
    folders = {
        path.parent.relative_to(ROOT).as_posix()
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
    }
    assert folders - {"db/migrations/versions"} == named - {"mediawatch", "db/reports"} | {
        "mediawatch"
    }
    assert all((ROOT / folder).is_dir() for folder in named)


def upward_imports(modules: Sources, order: list[str]) -> list[str]:
    """Imports between folders of the core that stand in another order than `order`."""
    place = {folder.replace("/", "."): number for number, folder in enumerate(order)}

    def folder_of(module: str) -> str:
        while module not in place and module:
            module = module.rpartition(".")[0]
        return module

    return [
        f"{module} imports {target}"
        for module, tree in modules.items()
        for target in sorted(set(imports(tree, modules)))
        if (above := folder_of(target)) and (below := folder_of(module))
        if place[above] > place[below]
    ]


def test_each_folder_of_the_core_imports_only_those_above_it_in_the_map() -> None:
    page = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    order = re.findall(r"^\| `(mediawatch/[\w/]+)` \|", page, re.MULTILINE)
    assert "mediawatch/publish/notices" in order
    assert upward_imports(sources(), order) == []


def test_an_import_of_a_folder_below_is_seen() -> None:
    order = ["mediawatch/publish", "mediawatch/publish/notices"]
    known = {
        "mediawatch.publish.inspection": ast.parse("import mediawatch.publish.notices.rounds"),
        "mediawatch.publish.notices.rounds": ast.parse("import mediawatch.publish.inspection"),
    }
    assert upward_imports(known, order) == [
        "mediawatch.publish.inspection imports mediawatch.publish.notices.rounds"
    ]


def test_the_map_names_places_that_exist() -> None:
    page = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    files = set(re.findall(r"`((?:mediawatch|scrapers|db|tests)/[\w/]+\.\w+)`", page))
    names = {
        f"{file}: {name}"
        for file, words in re.findall(r"`([\w/]+\.py)` \(([^)]*)\)", page)
        for name in re.findall(r"`(\w+)`", words)
    }
    assert len(names) > 5
    assert [place for place in sorted(files | names) if not there(place)] == []


def there(place: str) -> bool:
    """Whether a file exists, and defines what is named behind it."""
    file, _, name = place.partition(": ")
    path = ROOT / file
    return path.is_file() and bool(
        not name or re.search(rf"(?m)^ *(async def|def|class) {name}\b", path.read_text("utf-8"))
    )


def test_the_unforeseen_is_caught_in_few_places_only() -> None:
    assert broad_excepts(sources()) <= LAST_RESORTS


def test_only_the_composition_root_asks_the_host_for_the_time() -> None:
    assert clock_askers(sources()) <= HOST_CLOCK


def test_a_judged_scope_is_read_by_its_loader_alone() -> None:
    assert scope_readers(sources()) == SCOPE_READERS
    assert scope_readers({"mediawatch.cli.out": ast.parse("await app.store.sweeps.scope(1)")}) == {
        "mediawatch.cli.out"
    }


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("mediawatch.domain.clock", "from mediawatch.ports import Store"),
        ("mediawatch.names", "from mediawatch.domain import Filed"),
        ("mediawatch.people.review", "from mediawatch.publish import inspection"),
        ("mediawatch.files", "from mediawatch.registry import find"),
        ("mediawatch.rules.judge", "from mediawatch.ops.settings import Settings"),
        ("mediawatch.rules.judge", "from mediawatch import app"),
        ("mediawatch.sweep", "import scrapers"),
        ("mediawatch.sweep", "from db.store import SqlStore"),
        ("mediawatch.sweep", "from playwright.async_api import Page"),
        ("mediawatch.app", "import sqlalchemy"),
        ("mediawatch.sweep.run", "import structlog"),
        ("mediawatch.rules.judge", "from mediawatch.log import get_logger"),
        ("mediawatch.figures.counts", "from mediawatch.ops.settings import Settings"),
        ("mediawatch.app", "from mediawatch.cli import base"),
        ("scrapers.weibo.surfaces", "import db"),
        ("scrapers.weibo.surfaces", "from mediawatch.ops.settings import Home"),
        ("scrapers.weibo.surfaces", "from scrapers import replica"),
        ("scrapers.weibo.surfaces", "from scrapers.replica.world import World"),
        ("scrapers.weibo.surfaces", "from . import base"),
        ("scrapers.replica.weibo", "from scrapers.surface import Surface"),
        ("scrapers.replica.weibo", "import scrapers.weibo.surfaces"),
        ("db.store", "from scrapers import browser"),
        ("db.store", "def late():\n    from mediawatch.rules.policy import Policy"),
    ],
)
def test_a_wrong_direction_is_seen(module: str, line: str) -> None:
    known = {
        name: ast.Module([], [])
        for name in (
            "mediawatch.app",
            "mediawatch.log",
            "mediawatch.cli.base",
            "mediawatch.publish.inspection",
            "scrapers.replica",
            "scrapers.browser.pool",
        )
    }
    assert len(wrong_imports({**known, module: ast.parse(line)})) == 1


@pytest.mark.parametrize(
    "caught", ["", " Exception", " (ValueError, Exception)", " BaseException as error"]
)
def test_a_broad_except_is_seen(caught: str) -> None:
    assert broad_excepts(
        {"mediawatch.people.links": ast.parse(f"try: pass\nexcept{caught}: pass")}
    ) == {"mediawatch.people.links"}


def test_cleaning_up_and_raising_again_is_no_broad_except() -> None:
    assert (
        broad_excepts(
            {
                "scrapers.browser.pool": ast.parse(
                    "try: pass\nexcept BaseException:\n    close()\n    raise"
                )
            }
        )
        == set()
    )


def test_a_question_to_the_host_clock_is_seen() -> None:
    assert clock_askers(
        {"db.store": ast.parse("import datetime\ndatetime.datetime.now(datetime.UTC)")}
    ) == {"db.store"}
    assert clock_askers({"db.store": ast.parse("self.clock.now()")}) == set()


def public_definitions(
    modules: Sources,
) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The public classes and functions at the top of each module, with the module's name."""
    for module, tree in modules.items():
        yield from ((module, node) for node in _public(tree))


def public_methods(
    modules: Sources,
) -> Iterator[tuple[str, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]]:
    """The public methods of all classes, with the module's name."""
    for module, tree in modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield from ((module, method) for method in _public(node))


def _public(
    of: ast.Module | ast.ClassDef,
) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in of.body:
        if isinstance(
            node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and not node.name.startswith("_"):
            yield node


def repeated_classes(modules: Sources) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for module, node in public_definitions(modules):
        if isinstance(node, ast.ClassDef) and not within(module, REPLICA):
            places.setdefault(node.name, []).append(module)
    return {
        name: found
        for name, found in places.items()
        if (any(not within(one, "scrapers") for one in found) and len(found) > 1)
        or sum(not any(within(one, folder) for folder in APART) for one in found) > 1
    }


def bare_participles(modules: Sources) -> list[str]:
    mended = {
        module: tree
        for module, tree in modules.items()
        if any(within(module, package) for package in MENDED_METHODS)
    }
    return [
        f"{module}.{node.name}"
        for module, node in (*public_definitions(modules), *public_methods(mended))
        if node.name.lower() in PARTICIPLES or PAST.fullmatch(node.name)
    ]


def test_a_public_class_name_stands_once() -> None:
    assert repeated_classes(sources()) == {}


def test_no_public_name_is_a_bare_participle() -> None:
    mended = {
        module: tree
        for module, tree in sources().items()
        if not any(within(module, package) for package in UNMENDED_PARTICIPLES)
    }
    assert bare_participles(mended) == []


def test_a_second_class_of_a_name_is_seen() -> None:
    tree = ast.parse("class Row: ...\nclass _Row: ...")
    assert repeated_classes({"mediawatch.people.a": tree, "mediawatch.registry.b": tree}) == {
        "Row": ["mediawatch.people.a", "mediawatch.registry.b"]
    }
    assert repeated_classes({"scrapers.weibo.posts": tree, "scrapers.douyin.posts": tree}) == {}
    # Platforms share names with other scrapers, and none with the core.
    assert repeated_classes({"scrapers.weibo.posts": tree, "mediawatch.figures.a": tree}) != {}


@pytest.mark.parametrize("line", ["class Held: ...", "def told(): ...", "async def judged(): ..."])
def test_a_bare_participle_is_seen(line: str) -> None:
    assert len(bare_participles({"mediawatch.domain.notices": ast.parse(line)})) == 1
    assert bare_participles({"mediawatch.domain": ast.parse("def judge(): ...")}) == []


def test_a_bare_participle_among_the_methods_of_the_scrapers_is_seen() -> None:
    tree = ast.parse("class Feed:\n    def feed(self): ...\n    def scrubbed(self): ...")
    assert bare_participles({"scrapers.weibo.posts": tree}) == ["scrapers.weibo.posts.scrubbed"]
