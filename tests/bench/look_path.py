"""How long the way of one look is.

It counts the files and functions of ours that a look enters, from `RunLooks.look` to the reading that
is kept. It also counts the frames of ours on the stack when the first page is opened.

`python tests/bench/look_path.py`, or with `--root OTHER_TREE` to measure another checkout of the
project. The command line runs in this process, the replica in one of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

PLATFORMS = ("weibo", "douyin", "toutiao", "wechat")
ACCOUNTS = 7
"""Of each platform. The last one posted on the day itself: it is the canary."""
MEASURED = 2
"""The number of the account whose look is measured: a WeChat account of it has an article link."""
PACKAGES = ("mediawatch", "scrapers", "db")
NOT_OURS = f"{os.sep}replica{os.sep}"
_PARTS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>"})
"""They count as functions, too; the figure without them stands beside."""


@dataclass
class Entered:
    """The code of ours that ran while `on`, in any thread."""

    root: Path
    on: bool = False
    codes: set[CodeType] = field(default_factory=set)
    ours: dict[CodeType, bool] = field(default_factory=dict)

    def __call__(self, frame: FrameType, event: str, argument: object) -> None:
        if self.on and event == "call" and self.is_ours(frame.f_code):
            self.codes.add(frame.f_code)

    def is_ours(self, code: CodeType) -> bool:
        known = self.ours.get(code)
        if known is None:
            place = Path(code.co_filename)
            known = self.ours[code] = (
                NOT_OURS not in code.co_filename
                and place.is_relative_to(self.root)
                and place.relative_to(self.root).parts[0] in PACKAGES
            )
        return known

    def stack(self) -> list[str]:
        """The frames of ours below the caller, the command's own first."""
        frame: FrameType | None = sys._getframe(1)
        found = []
        while frame is not None:
            if self.is_ours(frame.f_code):
                found.append(self.name(frame.f_code))
            frame = frame.f_back
        return found[::-1]

    def name(self, code: CodeType) -> str:
        return f"{Path(code.co_filename).relative_to(self.root)}:{code.co_qualname}"

    def named(self) -> list[str]:
        """Lambdas and comprehensions by their line: one function may have several."""
        return sorted(
            f"{self.name(code)}:{code.co_firstlineno}"
            for code in self.codes
            if code.co_name != "<module>"
        )


def measure(entered: Entered, run: Callable[[], None], measured: str) -> list[str]:
    """Run a sweep whose looks are made one after another, the `measured` account's second.

    Gives the stack of the first page that was opened.
    """
    from playwright.async_api import Page

    from mediawatch.sweep.looks import RunLooks

    look, goto = RunLooks.look, Page.goto
    turn, first_done, stacks = asyncio.Lock(), asyncio.Event(), []

    async def looked(self: Any, account: Any, *given: Any, **named: Any) -> Any:
        if account.filed.name == measured:
            await first_done.wait()
        async with turn:
            entered.on = account.filed.name == measured
            if entered.on:
                sys.setprofile(entered)
            try:
                return await look(self, account, *given, **named)
            finally:
                entered.on = False
                sys.setprofile(None)
                first_done.set()

    async def opened(self: Any, *given: Any, **named: Any) -> Any:
        stacks.append(entered.stack())
        return await goto(self, *given, **named)

    RunLooks.look, Page.goto = looked, opened  # type: ignore[method-assign,assignment]
    try:
        run()
    finally:
        RunLooks.look, Page.goto = look, goto  # type: ignore[method-assign]
    return stacks[0]


def sweep_of(home: Path, platform: str, at: dict[str, Any]) -> Callable[[], None]:
    """`mediawatch sweep` by the command line's own entry, its app routed to the replica."""
    import mediawatch.app
    from mediawatch import cli

    opened = mediawatch.app.open_app
    Route = mediawatch.app.Route

    def run() -> None:
        @contextlib.asynccontextmanager
        async def routed(at_home: Any, **given: Any) -> AsyncIterator[Any]:
            route = Route(at["proxy"], tuple(at["args"]))
            given |= {"clock": clock_of(at), "route": route}
            async with opened(at_home, **given) as app:
                app.pace = 0
                yield app

        mediawatch.app.open_app = routed
        sys.argv = ["mediawatch", "--home", str(home), "sweep", "--platform", platform]
        try:
            with contextlib.redirect_stdout(sys.stderr):
                cli.main()
        except SystemExit as end:
            if end.code:
                raise
        finally:
            mediawatch.app.open_app = opened

    return run


def clock_of(at: dict[str, Any]) -> Callable[[], datetime]:
    """The world's time, that runs as the host's does."""
    from sweep_cost import world_of

    stood_for = world_of(at["set"])
    assert stood_for.as_of is not None
    start, began = stood_for.as_of + timedelta(hours=9), time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)


def prepared(folder: Path, at: dict[str, Any], *, canary: bool) -> Path:
    """A home with registry and logins; with the canaries of all platforms, or without."""
    from sweep_cost import place_of, prepare, world_of

    from mediawatch.domain import Canary
    from mediawatch.sweep.gate import canaries

    place = place_of(folder, at["set"], "sweep")
    asyncio.run(prepare(place))
    if canary:
        sound = [
            true for true in world_of(at["set"]).accounts if true.name.endswith(f"{ACCOUNTS}号")
        ]
        listed = [
            Canary(
                platform=true.platform,
                platform_id=true.id,
                name=true.name,
                source="bench",
                article_links=true.known_links,
            )
            for true in sound
        ]
        place.home.canaries.write_text(canaries.to_toml(listed, "bench"), encoding="utf-8")
    return Path(place.home.root)


@contextlib.contextmanager
def served(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """A replica of so many accounts of one platform, in a process of its own."""
    server = os.spawnv(
        os.P_NOWAIT, sys.executable, [sys.executable, __file__, "serve", str(folder), name]
    )
    try:
        while not (folder / "replica.json").exists():
            time.sleep(0.05)
        yield {**json.loads((folder / "replica.json").read_text()), "set": name}
    finally:
        os.kill(server, 15)
        os.waitpid(server, 0)


def figures_of(platform: str, root: Path, entered: Entered, *, canary: bool) -> dict[str, Any]:
    """Files, functions and frames of one platform's look."""
    entered.codes.clear()
    with tempfile.TemporaryDirectory(prefix="mediawatch-path-") as temporary:
        folder = Path(temporary)
        with served(folder, platform) as at:
            home = prepared(folder, at, canary=canary)
            stack = measure(entered, sweep_of(home, platform, at), f"示例{platform}{MEASURED}号")
    functions = entered.named()
    files = Counter(name.partition(":")[0] for name in functions)
    return {
        "platform": platform,
        "canary": canary,
        "files": len(files),
        "functions": len(functions),
        "named": sum(not any(part in name for part in _PARTS) for name in functions),
        "of the store": sum(count for file, count in files.items() if file.startswith("db")),
        "frames": len(stack),
        "stack": stack,
        "entered": functions,
    }


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--platforms", nargs="*", choices=PLATFORMS, default=list(PLATFORMS))
    parser.add_argument("--json", type=Path, help="all names, too")
    chosen = parser.parse_args(words)
    use(chosen.root)
    entered = Entered(chosen.root)
    # Every call costs time under it: this thread is watched during the measured look alone.
    threading.setprofile(entered)
    print(f"{'platform':<9} {'files':>6} {'functions':>10} {'named':>6} {'of db':>6} {'frames':>7}")
    done = []
    for platform in chosen.platforms:
        row = figures_of(platform, chosen.root, entered, canary=True)
        plain = figures_of(platform, chosen.root, entered, canary=False)
        row |= {"frames": plain["frames"], "stack": plain["stack"]}
        done.append(row)
        print(
            f"{platform:<9} {row['files']:>6} {row['functions']:>10} {row['named']:>6} "
            f"{row['of the store']:>6} {row['frames']:>7}",
            flush=True,
        )
    if chosen.json:
        chosen.json.write_text(json.dumps(done, indent=1, ensure_ascii=False) + "\n")


def use(root: Path) -> None:
    """The tree that is measured, with the benchmark's own parts of it."""
    os.environ["PYTHONPATH"] = str(root)
    sys.path[:0] = [str(root), str(root / "tests" / "bench")]
    from sweep_cost import FEW, Set

    FEW.update({platform: Set({platform: ACCOUNTS}) for platform in PLATFORMS})


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", folder, name]:
            use(Path(os.environ["PYTHONPATH"]))
            from sweep_cost import serve

            asyncio.run(serve(Path(folder), name, "light"))
        case words:
            main(words)
