"""The command line as a shell sees it: exit codes, streams, signals, logs.

The documents and `--help` name the same commands.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import command_docs
import pytest
from commands import commands, in_process
from programs import DRIVER, clean, mediawatch
from warm import Program

from mediawatch.cli.commands import HELP
from mediawatch.cli.logs import secrets_of
from mediawatch.ops.settings import BrowserSettings, Home, NotifySettings, Settings

README = Path(__file__).resolve().parents[2] / "README.md"
DOCS = README.parent / "docs"
COMMAND_PAGES = (DOCS / "commands.md", DOCS / "commands.zh-CN.md")
WRITTEN = (README, DOCS / "inspection.md", DOCS / "installing.md", COMMAND_PAGES[1])
"""Pages written by hand that show command lines. The Chinese twins are held to the first two."""


def test_every_command_and_option_says_what_it_does() -> None:
    for words, command in commands():
        assert command.help, words
        for param in command.params:
            if param.param_type_name == "option":
                assert getattr(param, "help", ""), f"{words} {param.name}"


def test_the_root_help_says_of_every_command_what_it_says_itself() -> None:
    """The table spares `--help` loading every command."""
    own = {
        words: command.get_short_help_str(1000)
        for words, command in commands()
        if " " not in words and not command.hidden
    }
    assert own == HELP


def test_help_and_version_load_nothing_heavy() -> None:
    code = (
        "import runpy, sys, atexit; sys.argv = ['mediawatch', '--help']; "
        "atexit.register(lambda: print(*sys.modules)); runpy.run_module('mediawatch', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("\n")[0].rpartition("\n")[2].split())
    assert "mediawatch.cli.commands" in loaded
    heavy = {"asyncio", "pydantic", "rich", "structlog", "sqlalchemy", "playwright"}
    assert not loaded & (heavy | {"mediawatch.domain", "mediawatch.cli.out"})


def test_no_command_is_a_coroutine_function() -> None:
    """Typer accepts those, never awaits them and exits with 0."""
    for words, command in commands():
        assert not inspect.iscoroutinefunction(inspect.unwrap(command.callback or print)), words


def test_the_page_of_commands_says_what_the_command_line_says() -> None:
    assert command_docs.FILE.read_text("utf-8") == command_docs.text(), (
        "run: python tests/support/command_docs.py"
    )
    firsts = {words.split()[0] for words, _ in commands()}
    assert set(command_docs.PAGES) <= firsts
    assert all((DOCS / page).is_file() for page in command_docs.PAGES.values())


def named_in(page: Path) -> set[str]:
    """The commands that a page names. It fails where one of them does not exist."""
    real = {words for words, command in commands() if not command.hidden}
    named = set()
    for span in re.findall(r"`mediawatch ([^`]+)`", page.read_text(encoding="utf-8")):
        words = [word for word in span.split() if re.fullmatch(r"[a-z][a-z-]*", word)]
        for length in (3, 2, 1):
            if len(words) >= length and " ".join(words[:length]) in real:
                named.add(" ".join(words[:length]))
                break
        else:
            assert span.startswith("-"), f"{page} names `mediawatch {span}`, which is no command"
    return named


@pytest.mark.parametrize("page", COMMAND_PAGES, ids=lambda page: page.name)
def test_the_pages_of_commands_name_every_command_and_no_other(page: Path) -> None:
    real = {words for words, command in commands() if not command.hidden}
    groups = {words for words, command in commands() if hasattr(command, "commands")}
    assert real - groups == named_in(page) - groups


@pytest.mark.parametrize(
    "page", [README, *sorted(set(DOCS.glob("*.md")) - {*COMMAND_PAGES})], ids=lambda page: page.name
)
def test_no_page_names_a_command_that_does_not_exist(page: Path) -> None:
    named_in(page)


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_a_page_shows_only_options_that_exist(page: Path) -> None:
    """In its tables and in its worked example."""
    real = dict(commands())
    everywhere = {option for param in command_docs.root().params for option in param.opts}
    text = page.read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"(?s)```\n(.*?)```", text))
    lines = re.findall(r"(?m)^mediawatch ([^#\n]+)", examples)
    rows = re.findall(r"(?m)^\| `mediawatch ([^`]+)` \| (.+) \|$", text)
    assert lines or rows
    for words, more in [*((line, "") for line in lines), *rows]:
        words = re.sub(r"^--home \S+ ", "", words)
        name = next(
            (
                known
                for known in (" ".join(words.split()[:length]) for length in (3, 2, 1))
                if known in real
            ),
            None,
        )
        options = set(everywhere)
        if not words.startswith("-"):
            assert name, f"{page} shows `mediawatch {words}`"
            options = {option for param in real[name].params for option in param.opts}
        shown = set(
            re.findall(
                r"(?<![\w-])--[a-z][a-z-]+", f"{words} {' '.join(re.findall('`([^`]+)`', more))}"
            )
        )
        assert shown <= options, f"{name} has no {shown - options}"


@pytest.mark.parametrize("page", COMMAND_PAGES, ids=lambda page: page.name)
def test_the_pages_of_commands_name_every_exit_code_and_no_other(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| ([\d, ]+) \|", text)
    documented = [int(code) for row in rows for code in row.split(",")]
    assert sorted(documented) == command_docs.codes()


def test_the_readme_names_every_make_target_and_no_other() -> None:
    targets = set(
        re.findall(r"(?m)^(\w+):", (README.parent / "Makefile").read_text(encoding="utf-8"))
    ) - {"help"}
    assert set(re.findall(r"make (\w+)(?=`| {2,}#)", README.read_text(encoding="utf-8"))) == targets


@pytest.mark.parametrize("number", ["12", "13"])
def test_a_chroot_of_debian_is_refused_to_others_than_root(number: str) -> None:
    # Handed over as text: the user `nobody` may be unable to read the checkout.
    script = (README.parent / ".ci" / "debian").read_text(encoding="utf-8")
    user = "nobody" if os.geteuid() == 0 else None
    done = subprocess.run(
        ["bash", "-c", script, "debian", number],
        user=user,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr
        == f"mediawatch: a chroot of Debian {number} needs root: run `sudo make debian{number}`\n"
    )


@pytest.mark.parametrize("page", [README, DOCS / "inspection.md"], ids=lambda page: page.name)
def test_a_page_and_its_chinese_twin_say_the_same(page: Path) -> None:
    """Section by section: the same commands with the same options, examples and links."""
    twin = page.with_name(f"{page.stem}.zh-CN.md")
    english, chinese = (name.read_text(encoding="utf-8") for name in (page, twin))
    assert f"({twin.name})" in english.split("\n## ")[0]
    assert f"({page.name})" in chinese.split("\n## ")[0]
    sections = list(zip(english.split("\n## ")[1:], chinese.split("\n## ")[1:], strict=True))
    for ours, theirs in sections:
        assert essentials(ours) == essentials(theirs), ours.partition("\n")[0]


def essentials(section: str) -> dict[str, list[Any]]:
    """What no translation changes: code, the rows of tables, links, the commands of examples, the
    number of paragraphs.
    """
    text, examples = (
        re.sub(r"(?s)```.*?```", "", section),
        "\n".join(re.findall(r"(?s)```\n(.*?)```", section)),
    )
    rows = re.findall(r"(?m)^\| *(.+?) *\|(.*)\|$", text)
    return {
        "code": sorted(re.findall(r"`([^`]+)`", text)),
        "rows": [
            (
                key if key[0] in "`0123456789" else "",
                more.count("|"),
                sorted(re.findall(r"`([^`]+)`", more)),
            )
            for key, more in rows
        ],
        "links": sorted(
            link.replace(".zh-CN.md", ".md") for link in re.findall(r"\]\(([^)]+)\)", text)
        ),
        "examples": [line.partition("#")[0].rstrip() for line in examples.splitlines()],
        "paragraphs": re.findall(r"\n\n", section.strip()),
    }


Called = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.parametrize(
    ("called", "words"),
    [
        (mediawatch, ()),
        (in_process, ("--help",)),
        (in_process, ("init", "--help")),
        (mediawatch, ("--version",)),
    ],
)
def test_asking_for_help_is_no_error(called: Called, words: tuple[str, ...]) -> None:
    done = called(*words)
    assert "mediawatch" in done.stdout + done.stderr
    assert done.returncode == (0 if words else 2)


@pytest.mark.parametrize(
    ("called", "words"),
    [
        (mediawatch, ("swep",)),
        (in_process, ("browser", "--instal")),
        (in_process, ("--home",)),
        (in_process, ("init", "extra")),
    ],
)
def test_wrong_usage_is_two_and_goes_to_standard_error(
    called: Called, words: tuple[str, ...]
) -> None:
    done = called(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert words[-1] in done.stderr
    assert re.fullmatch(r"mediawatch.*: [a-z].* see `mediawatch[ a-z]* --help`\n", done.stderr)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("swep",),
            (
                "mediawatch: no such command 'swep'. Did you mean 'sweep', 'sweeps'? see "
                "`mediawatch --help`"
            ),
        ),
        (
            ("review", "confirm"),
            (
                "mediawatch review confirm: missing option '--by'; see `mediawatch review confirm "
                "--help`"
            ),
        ),
        (
            ("review", "list", "--state", "shut"),
            "mediawatch review list: invalid value for '--state': 'shut' is not one of",
        ),
        (
            ("sweep", "--polcy", "x"),
            (
                "mediawatch sweep: no such option: --polcy (Possible options: --policy); see "
                "`mediawatch sweep --help`"
            ),
        ),
    ],
)
def test_wrong_usage_is_told_in_one_sentence_with_its_remedy(
    words: tuple[str, ...], told: str
) -> None:
    assert in_process(*words).stderr.startswith(told)


@pytest.mark.parametrize("words", [("review",), ("notice", "feedback")])
def test_a_group_alone_shows_its_commands(words: tuple[str, ...]) -> None:
    done = in_process(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Commands:" in done.stderr


def test_init_makes_a_home_and_the_second_time_leaves_it(tmp_path: Path) -> None:
    first = mediawatch("--home", str(tmp_path / "a"), "init", home=tmp_path / "b")
    assert (first.returncode, first.stdout, first.stderr) == (0, f"Set up {tmp_path / 'a'}\n", "")
    assert sorted(path.name for path in (tmp_path / "a").iterdir() if "-" not in path.name) == [
        "canaries.toml", "evidence", "logs", "mediawatch.db", "mediawatch.toml", "office.toml", "sessions",
    ]  # fmt: skip
    assert not (tmp_path / "b").exists()
    second = in_process("--home", tmp_path / "a", "init")
    assert (second.returncode, second.stdout) == (0, f"Found {tmp_path / 'a'}\n")


def test_bad_input_is_two_and_one_sentence() -> None:
    done = mediawatch("fail", "user", driver=True)
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "mediawatch: row 3 of a.xlsx has no name: fill it in\n",
    )
    done = mediawatch("browser", MEDIAWATCH_BROWSER__CONCURRENCY="lots")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"mediawatch: bad setting browser\.concurrency in .*\n", done.stderr)


def test_the_unforeseen_is_one_and_its_traceback_is_kept_in_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    done = mediawatch("fail", "bug", home=home.root, driver=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        rf"mediawatch: unexpected error.*nobody foresaw this.*{home.logs}/errors\.log\)\n",
        done.stderr,
    )
    assert "Traceback" in (home.logs / "errors.log").read_text()
    without = mediawatch(
        "--home", str(tmp_path / "none"), "fail", "bug", home=home.root, driver=True
    )
    assert without.returncode == 1
    assert "Traceback" in without.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    process = Program(
        [sys.executable, "-c", DRIVER, "talk"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean(None),
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "0\n"
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(30) == 141


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_being_stopped_cleans_up_first(sent: signal.Signals, code: int) -> None:
    process = Program(
        [sys.executable, "-c", DRIVER, "wait"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean(None),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(sent)
    out, err = process.communicate(timeout=30)
    assert (out, "mediawatch: stopped; " in err, err.count("\n")) == ("cleaned up\n", True, 1)
    assert process.returncode == code


def test_logs_go_to_standard_error_in_one_shape(tmp_path: Path) -> None:
    done = mediawatch("log", driver=True, home=tmp_path, MEDIAWATCH_LOG__FORMAT="json")
    assert done.stdout == "answer\n"
    ours, theirs, _ = (json.loads(line) for line in done.stderr.splitlines())
    assert (ours["event"], ours["platform"], ours["name"], ours["level"]) == (
        "looked",
        "weibo",
        "示例市第一测试局",
        "warning",
    )
    assert (theirs["event"], theirs["logger"], theirs["level"]) == (
        "from elsewhere",
        "playwright",
        "warning",
    )
    plain = mediawatch("-v", "log", driver=True, home=tmp_path)
    assert [word in plain.stderr for word in ("looked", "from elsewhere", "quiet", "\x1b")] == [
        True,
        True,
        True,
        False,
    ]


PROXY = 'http://office:hun"ter%202@proxy.example.gov.cn:3128'
NOTIFY = (
    '["wecombot://0a1b2c3d-key-of-the-robot", '
    '"mailto://office:pass%40word@mail.example.gov.cn?to=a@example.gov.cn"]'
)


def test_the_log_of_the_home_has_json_lines_and_no_secret(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    told = (
        f'{PROXY} hun"ter 2 {NOTIFY} pass@word '
        "https://qyapi.example/send?key=0a1b2c3d-key-of-the-robot"
    )
    given = {"MEDIAWATCH_BROWSER__PROXY": PROXY, "MEDIAWATCH_NOTIFY__URLS": NOTIFY, "TOLD": told}
    for words in ((), ("--log-json",)):
        done = mediawatch(*words, "log", driver=True, home=home.root, **given)
        assert (done.returncode, done.stdout) == (0, "answer\n")
        kept = home.log.read_text("utf-8")
        for secret in ("ter%202", "ter 2", "key-of-the-robot", "pass%40word", "pass@word"):
            assert secret not in done.stderr + kept, secret
        assert "via http://office:***@proxy.example.gov.cn" in done.stderr
    lines = [json.loads(line) for line in kept.splitlines()]
    assert [line["event"][:5] for line in lines] == ["looke", "from ", "via h", "quiet"] * 2
    assert [json.loads(line)["event"][:5] for line in done.stderr.splitlines()] == [
        "looke",
        "from ",
        "via h",
        "quiet",
    ]


def test_a_short_password_is_masked_wherever_its_url_has_it() -> None:
    settings = Settings(
        notify=NotifySettings(
            urls=("mailtos://a:gehe@b.cn", "mailtos://c.cn?user=d&pass=wort&to=e")
        )
    )
    assert {"gehe", "wort"} <= {*secrets_of(settings)}


def test_a_url_that_is_none_keeps_no_command_from_its_work() -> None:
    settings = Settings(
        notify=NotifySettings(urls=("wecombot://[nonsense-key",)),
        browser=BrowserSettings(proxy="http://[x"),
    )
    assert secrets_of(settings) == ("wecombot://[nonsense-key",)


def test_the_log_of_the_home_is_put_aside_by_size_and_only_so_many_stay(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    for _ in range(2):  # several times within a run, and over runs
        mediawatch(
            "log",
            driver=True,
            home=home.root,
            MEDIAWATCH_LOG__FILE_MB="0.0002",
            MEDIAWATCH_LOG__FILES_KEPT="2",
        )
    assert sorted(path.name for path in home.logs.iterdir()) == [
        "mediawatch.log",
        "mediawatch.log.1",
        "mediawatch.log.2",
    ]
