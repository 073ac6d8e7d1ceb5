"""What a terminal shows of a running sweep, and what a log."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from sweeps import NOW

from mediawatch.cli import progress
from mediawatch.cli.progress import View, show_progress
from mediawatch.domain import Account, Filing, LookKind, Outcome, Reading, Sight
from mediawatch.sweep.summary import Step

PAUSED = {
    ("weibo.mobile", ""): Outcome.CAPTCHA,
    ("wechat.backoffice", "office"): Outcome.RATE_LIMITED,
}


def step(
    done: int,
    platform: str = "weibo",
    outcome: Outcome | None = Outcome.OK,
    look: LookKind = LookKind.FIRST,
    **more: object,
) -> Step:
    sight = Sight(surface=f"{platform}.mobile", read_at=NOW, outcome=outcome or Outcome.OK)
    reading = (
        Reading(account_id=1, look=look, started_at=NOW, read_at=NOW, sights=(sight,))
        if outcome
        else None
    )
    account = Account(
        id=1, filed=Filing(name="某某市生态环境局政务微博某某市生态环境局", platform=platform)
    )
    given = {
        "account": account,
        "reading": reading,
        "done": done,
        "total": 200,
        "second_looks": 0,
        "outcomes": {},
        "paused": {},
    }
    return Step(**{**given, **more})  # type: ignore[arg-type]


def drawn(view: View, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None)
    with console.capture() as caught:
        console.print(view.render())
    return caught.get().splitlines()


def test_a_view_tells_rate_time_left_pauses_and_second_looks() -> None:
    now = [0.0]
    view = View(clock=lambda: now[0])
    assert drawn(view, 80) == ["opening the sweep"]
    for number in range(1, 21):
        now[0] += 3
        view(step(number, "weibo" if number % 2 else "wechat", paused=PAUSED, second_looks=4))
    view(step(20, look=LookKind.SECOND, outcome=Outcome.NO_EVIDENCE, paused=PAUSED, second_looks=3))
    view(step(21, "kuaishou", None, paused=PAUSED, second_looks=3))
    head, *lanes = drawn(view, 120)
    # 20 looks in a minute; what is not looked at costs no time.
    assert "21/200  20.0 accounts/min  9 min left  3 second looks to come" in head
    assert [lane.split("  ")[0] for lane in lanes] == ["kuaishou", "wechat", "weibo"]
    assert "nothing to do" in lanes[0]
    assert "10  paused backoffice (office): rate_limited;" in lanes[1]
    assert "10  paused mobile (visitor): captcha; second looks: 1;" in lanes[2]
    now[0] += 10_000
    assert "waiting" in drawn(view, 120)[0]


def test_a_name_does_not_steer_the_terminal() -> None:
    view = View()
    name = "示\x1b[2K\x9b31m\u202e\u2066\U000e0041\n例\r"
    view(step(1, account=Account(id=1, filed=Filing(name=name, platform="weibo"))))
    lines = drawn(view, 120)
    assert len(lines) == 2
    assert "示\\u001b[2K\\u009b31m\\u202e\\u2066\\udb40\\udc41 例" in lines[1]
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_view_has_a_line_a_platform_at_any_width(width: int) -> None:
    view = View()
    for platform in ("weibo", "wechat"):
        view(step(1, platform, paused=PAUSED))
    lines = drawn(view, width)
    assert len(lines) == 3
    assert max(Console().measure(line).maximum for line in lines) <= width
    assert [line[:11] for line in lines[1:]] == ["wechat    1", "weibo     1"]


def test_where_there_is_no_terminal_a_dozen_plain_lines_are_left(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with show_progress() as told:
        for number in range(1, 201):
            told(step(number))
            told(step(number, look=LookKind.SECOND))
    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[-1]) == (10, "looked at 200 of 200 accounts")
    assert progress._LINES == 10
