"""The real program, stopped at a named moment of its life: at an import, an opened file, a rename.

Python names such moments to its audit hooks, so that a stop hits each of them without a clock.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

from programs import clean

ENTRY = (
    "import sys\nfrom mediawatch.__main__ import main\nsys.argv[0] = 'mediawatch'\nsys.exit(main())"
)
"""As the console script has it."""
_NEVER = "the moment never came"
_AT_A_MOMENT = f"""
import atexit, os, re, sys
moment, sent = re.compile(sys.argv.pop(1)), int(sys.argv.pop(1))
came = []
def hear(event, given):
    # From the instant on in which the handlers are set.
    if not came and sys.unraisablehook is not sys.__unraisablehook__:
        if moment.match(f"{{event}} {{given[0] if given else ''}}"):
            came.append(event)
            os.kill(os.getpid(), sent)
sys.addaudithook(hear)
atexit.register(lambda: came or print({_NEVER!r}, file=sys.stderr))
{ENTRY}
"""


def stop_at(
    moment: str, sent: signal.Signals, *words: str | Path, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; the signal comes at the first moment that the pattern matches."""
    done = subprocess.run(
        [sys.executable, "-c", _AT_A_MOMENT, moment, str(int(sent)), *map(str, words)],
        env=clean(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert _NEVER not in done.stderr, moment
    return done


def stop_after(
    seconds: float, sent: signal.Signals, *words: str | Path, home: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; the signal comes when it has used that much CPU time, if it does."""
    words = (sys.executable, "-c", ENTRY, *map(str, words))
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, env=clean(home), stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
    ) as process:
        pause = threading.Event()
        while process.poll() is None and _used(process.pid) < seconds:
            pause.wait(0.002)
        # The kernel counts in hundredths.
        pause.wait(random.uniform(0, 0.01))
        process.send_signal(sent)
        out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def _used(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
