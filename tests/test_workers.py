"""`--workers`: what several processes run is reported as if one had run it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import workers

FILES = {
    "test_both.py": """
        import os, warnings, pytest
        @pytest.fixture(scope="session")
        def shared(tmp_path_factory):
            yield
            print("ended")
            open("ended", "a").write("x")
        @pytest.mark.parametrize("number", range(3))
        def test_passes(shared, number, tmp_path): (tmp_path / "file").write_text("")
        def test_fails(shared): print("words of a test"); assert 0
        def test_is_skipped(): pytest.skip("no need")
        def test_warns(): warnings.warn("look out", stacklevel=1)
        """,
    "test_dies.py": """
        import os
        def test_before(): pass
        def test_dies(): os._exit(3)
        def test_after(): pass
        """,
}


def test_what_several_processes_run_is_reported(tmp_path: Path) -> None:
    for name, text in FILES.items():
        lines = [line.removeprefix(" " * 8) for line in text.splitlines()]
        (tmp_path / name).write_text("\n".join(lines))
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "workers", "-p", "no:cacheprovider", "--workers", "2"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(workers.__file__).parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stderr
    counts = Counter(
        {
            kind: int(number)
            for number, kind in re.findall(r"(\d+) (\w+)", ran.stdout.splitlines()[-1])
        }
    )
    assert (counts["passed"], counts["failed"], counts["skipped"], counts["warning"]) == (
        5,
        2,
        1,
        1,
    )
    assert "words of a test" in ran.stdout
    assert "died here (3), and 2 of its tests have not ended" in ran.stdout
    assert "look out" in ran.stdout
    assert (tmp_path / "ended").read_text() == "x", "what its tests shared was ended"
