"""The program as a process of its own, without an interpreter's start: forked off a process that
has imported what commands import, which costs a second of CPU each.

What concerns the start itself, a process's words or its environment needs a process that was really
started.

As a program: `warm.py DESCRIPTOR` is the process that forks.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import types
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

IMPORTED = (
    "mediawatch.app",
    "mediawatch.app.documents",
    "mediawatch.cli.commands",
    "mediawatch.registry.service",
    "mediawatch.sweep.worker",
    "mediawatch.workbooks.tables",
    "db.migrate",
    "db.tasks.queue",
    "scrapers.platforms",
    "datasette.app",
    "docx",
    "httpx",
    "openpyxl",
    "playwright.async_api",
    "psycopg",
    "uvicorn",
    "xlsxwriter",
)
_LONGEST = 1 << 20
"""Bytes of a request: words and environment."""


class Program(subprocess.Popen[str]):
    """As `subprocess.Popen` of a Python command, without options but `-m` and `-c`; its parent is
    another process.

    It overrides what Popen itself does by fork, exec and waitpid.
    """

    def _execute_child(  # type: ignore[no-untyped-def]
        self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, flags, shell,
        *others,
    ) -> None:  # fmt: skip
        pipes, group = others[:6], others[-1]
        theirs = [pipes[0], pipes[3], pipes[5]]
        ends = [usual if end == -1 else end for usual, end in enumerate(theirs)]
        said = {
            "words": [os.fspath(word) for word in args[1:]],
            "cwd": str(cwd or Path.cwd()),
            "env": dict(os.environ if env is None else env),
            "group": -1 if group is None else group,
        }
        self._status, status = socket.socketpair()
        with status:
            socket.send_fds(_forker(), [json.dumps(said).encode()], [*ends, status.fileno()])
        self._close_pipe_fds(*pipes)
        self.pid = int(self._status.recv(32))
        self._child_created = True

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        self._status.setblocking(not wait_flags & os.WNOHANG)
        try:
            ended = self._status.recv(32)
        except BlockingIOError:
            return 0, 0
        self._status.close()
        if not ended:
            raise RuntimeError("the process that forks has died")
        return self.pid, int(ended)

    def _internal_poll(self, *_: Any, **__: Any) -> int | None:
        if self.returncode is None:
            pid, status = self._try_wait(os.WNOHANG)
            if pid:
                self._handle_exitstatus(status)
        return self.returncode


def run(words: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run`: standard input is ours, the outputs are captured as text."""
    with Program(
        words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        out, err = program.communicate()
    return subprocess.CompletedProcess(words, program.returncode, out, err)


@cache
def _forker() -> socket.socket:
    """The channel to the process that forks.

    That one ends with the last process that has the channel.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
    atexit.register(lambda: (ours.close(), process.wait()))
    return ours


def _serve(channel: socket.socket) -> list[str]:
    """Fork for each request, and tell the number and then the status of each process.

    Returns the words of the command in a process that is to run it.
    """
    running: dict[int, socket.socket] = {}
    signal.signal(signal.SIGCHLD, lambda *_: None)
    woken, waker = socket.socketpair()
    for each in (woken, waker):
        each.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    while True:
        ready, _, _ = select.select([channel, woken], [], [])
        if woken in ready:
            with suppress(BlockingIOError):
                woken.recv(512)
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            told = running.pop(pid)
            with told, suppress(OSError):  # nobody may wait for it
                told.send(b"%d" % status)
        if channel not in ready:
            continue
        asked, descriptors, _, _ = socket.recv_fds(channel, _LONGEST, 4)
        if not asked:
            os._exit(0)
        told = socket.socket(fileno=descriptors.pop())
        if not (pid := os.fork()):
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for each in (channel, woken, waker, told, *running.values()):
                each.close()
            return _become(json.loads(asked), descriptors)
        running[pid] = told
        told.send(b"%d" % pid)
        for descriptor in descriptors:
            os.close(descriptor)


def _become(said: dict[str, Any], descriptors: list[int]) -> list[str]:
    """Take over the command's streams, folder, environment and group."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(  # noqa: SIM115
        2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
    if said["group"] >= 0:
        os.setpgid(0, said["group"])
    os.chdir(said["cwd"])
    os.environ.clear()
    os.environ.update(said["env"])
    words: list[str] = said["words"]
    return words


def _run(words: list[str]) -> None:
    own = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place]
    sys.path[:1] = ["", *own]
    match words:
        case ["-m", name, *arguments]:
            sys.argv = [name, *arguments]
            runpy.run_module(name, run_name="__main__", alter_sys=True)
        case ["-c", text, *arguments]:
            sys.argv = ["-c", *arguments]
            main = sys.modules["__main__"] = types.ModuleType("__main__")
            exec(compile(text, "<string>", "exec"), main.__dict__)
        case [file, *_]:
            sys.argv, sys.path[0] = words, str(Path(file).parent)
            runpy.run_path(file, run_name="__main__")


if __name__ == "__main__":
    for name in IMPORTED:
        importlib.import_module(name)
    gc.freeze()
    _run(_serve(socket.socket(fileno=int(sys.argv[1]))))
