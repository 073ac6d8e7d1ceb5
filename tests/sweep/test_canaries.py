"""对照账号: what a surface says against others counts only while its canaries read as they must.

Proofs of freshness stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from samples import known_as, rich_reading
from sweeps import AS_OF, NOW, TIBET, Scripted, by_name, request, sight
from sweeps import Stage as PlainStage

from mediawatch.domain import (
    Account,
    Canary,
    CanaryCheck,
    Code,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    Need,
    Outcome,
    Pace,
    Reading,
    Sight,
    Verdict,
)
from mediawatch.ops.evidence import EvidenceFolder
from mediawatch.ports import Gate, See, Store, Visit
from mediawatch.rules.backing import (
    UNCHECKED,
    WITHDRAWN,
    Backing,
    backing_of,
    backing_of_sight,
    reads_well,
    without_withdrawn,
)
from mediawatch.rules.judge import judge
from mediawatch.sweep.engine import Engine
from mediawatch.sweep.gate.canaries import TEMPLATE, Canaries, read, to_toml
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.sweep.judging import rejudge

CANARY = Canary(platform="toutiao", platform_id="canary-1", name="对照示例日报", source="演示数据")
OTHER = replace(CANARY, platform_id="canary-2", name="对照示例晚报")
FILED = Filing(name="旧40", platform="toutiao", platform_id="旧40")
SURFACE = "toutiao.profile"


def check(minute: float, fresh: bool = True, **more: object) -> CanaryCheck:
    given: dict[str, object] = {
        "surface": SURFACE, "session": "", "account_name": "对照示例日报", "platform_id": "canary-1", "at": NOW + timedelta(minutes=minute),
        "fresh": fresh, "outcome": Outcome.OK, "sweep_id": 1,
    }  # fmt: skip
    return CanaryCheck(**{**given, **more})  # type: ignore[arg-type]


def reading(
    seen: Sight, minute: float = 0, number: int = 1, look: LookKind = LookKind.FIRST
) -> Reading:
    at = NOW + timedelta(minutes=minute)
    return Reading(
        id=number,
        account_id=1,
        sweep_id=1,
        look=look,
        started_at=at,
        read_at=at,
        sights=(replace(seen, read_at=at),),
    )


SEQUENCES: list[tuple[str, list[CanaryCheck], Backing]] = [
    ("none", [], Backing.UNCHECKED),
    ("before only", [check(-1)], Backing.UNCHECKED),
    ("after only", [check(1)], Backing.UNCHECKED),
    ("both well", [check(-1), check(1)], Backing.CHECKED),
    ("before failed", [check(-1, False), check(1)], Backing.WITHDRAWN),
    ("after failed", [check(-1), check(1, False)], Backing.WITHDRAWN),
    ("failed with nothing after", [check(-1, False)], Backing.WITHDRAWN),
    (
        "failed, then well again before the look",
        [check(-2, False), check(-1), check(1)],
        Backing.CHECKED,
    ),
    ("well after the look, failed later", [check(-1), check(1), check(2, False)], Backing.CHECKED),
    (
        "in the very instant, one of two failed",
        [check(0), check(0, False), check(1)],
        Backing.WITHDRAWN,
    ),
    ("in the very instant", [check(0)], Backing.CHECKED),
    (
        "another surface",
        [check(-1, False, surface="toutiao.other"), check(1, surface="toutiao.other")],
        Backing.UNCHECKED,
    ),
    (
        "another session",
        [check(-1, False, session="office"), check(1, session="office")],
        Backing.UNCHECKED,
    ),
    (
        "another address",
        [check(-1, False, address="b"), check(1, address="b")],
        Backing.UNCHECKED,
    ),
    ("another sweep", [check(-1, False, sweep_id=2), check(1, sweep_id=2)], Backing.UNCHECKED),
    (
        "no sweep",
        [check(-1, False, sweep_id=None), check(1, False, sweep_id=None)],
        Backing.UNCHECKED,
    ),
]


@pytest.mark.parametrize(
    ("case", "checks", "expected"), SEQUENCES, ids=[row[0] for row in SEQUENCES]
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_last_check_before_and_the_next_one_after_decide(
    case: str, checks: list[CanaryCheck], expected: Backing, turned: bool
) -> None:
    seen = reading(sight("旧40", 40))
    assert (
        backing_of_sight(seen.sights[0], seen, reversed(checks) if turned else checks) is expected
    )


@pytest.mark.parametrize(
    ("hours", "logins", "expected"),
    [
        ((-2, 2), ("", ""), Backing.CHECKED),
        ((-2.1, 1), ("", ""), Backing.UNCHECKED),
        ((-1, 2.1), ("", ""), Backing.UNCHECKED),
        ((-1, 1), ("a", "a"), Backing.CHECKED),
        ((-1, 1), ("a", ""), Backing.CHECKED),
        ((-1, 1), ("a", "b"), Backing.UNCHECKED),
    ],
)
def test_a_good_check_holds_for_two_hours_and_one_login(
    hours: tuple[float, float], logins: tuple[str, str], expected: Backing
) -> None:
    own, of_canary = logins
    seen = reading(replace(sight("旧40", 40), login=own))
    before, after = (check(60 * each, login=of_canary) for each in hours)
    assert backing_of_sight(seen.sights[0], seen, [before, after]) is expected
    failed = [replace(before, fresh=False, login=own), after]
    assert backing_of_sight(seen.sights[0], seen, failed) is Backing.WITHDRAWN, (
        "however long ago it was"
    )


def test_a_visitors_page_is_backed_by_checks_at_its_address() -> None:
    seen = reading(replace(sight("旧40", 40), address="b"))
    here, there = [check(-1), check(1, False)], [check(-2, address="b"), check(2, address="b")]
    assert backing_of_sight(seen.sights[0], seen, [*here, *there]) is Backing.CHECKED
    assert backing_of_sight(seen.sights[0], seen, here) is Backing.UNCHECKED


def test_a_persons_word_or_a_look_outside_needs_no_canary() -> None:
    seen = reading(sight("旧40", 40), look=LookKind.PERSON)
    assert backing_of_sight(seen.sights[0], seen, [check(-1, False)]) is Backing.PERSON
    outside = replace(reading(sight("旧40", 40)), sweep_id=None)
    assert (
        backing_of_sight(outside.sights[0], outside, [check(-1, False, sweep_id=None)])
        is Backing.UNCHECKED
    )


@pytest.mark.parametrize(
    ("seen", "complete", "well"),
    [
        (sight("对照示例日报", 1), True, True),
        (sight("对照示例日报", 2), True, True),
        (sight("对照示例日报", 7), True, False),
        (sight("对照示例日报", 20), True, False),
        (sight("对照示例日报"), True, False),
        (sight("对照示例日报"), False, True),
        (sight("对照示例日报", 400), False, True),
        (replace(sight("对照示例日报", 1), matched_by=None), True, False),
        (replace(sight("对照示例日报", 1), outcome=Outcome.CAPTCHA), True, False),
        (sight("对照示例日报", outcome=Outcome.NOT_FOUND), False, False),
    ],
)
def test_a_canary_reads_well_at_the_moment_of_its_own_look(
    seen: Sight, complete: bool, well: bool
) -> None:
    assert reads_well(seen, TIBET, complete=complete) is well
    later = replace(seen, read_at=seen.read_at + timedelta(days=30))
    assert reads_well(later, TIBET, complete=complete) is (well and not complete)


def twice(seen: Sight, minutes: tuple[float, float] = (0, 60)) -> tuple[Reading, ...]:
    """A first look and a second one with evidence."""
    evidence = rich_reading(1).sights[0].evidence
    return reading(seen, minutes[0], 1), reading(
        replace(seen, evidence=evidence), minutes[1], 2, LookKind.SECOND
    )


AGAINST = [
    ("stale", sight("旧40", 40), FILED, Code.STALE_2W),
    (
        "not there",
        replace(
            sight("旧40", outcome=Outcome.NOT_FOUND), matched_by=MatchedBy.ID, control="别的账号"
        ),
        FILED,
        Code.NOT_FOUND,
    ),
    ("another name", sight("改了的名", 1), FILED, Code.NAME_MISMATCH),
    (
        "closed but there",
        sight("旧40", 1),
        replace(FILED, status=FiledStatus.CLOSED),
        Code.CLOSED_BUT_ALIVE,
    ),
]
WELL = [check(-1), check(30), check(61)]


@pytest.mark.parametrize(
    ("case", "seen", "filed", "code"), AGAINST, ids=[row[0] for row in AGAINST]
)
def test_a_finding_falls_with_either_of_its_looks(
    case: str, seen: Sight, filed: Filing, code: Code
) -> None:
    def judged(checks: list[CanaryCheck]) -> tuple[list[Code], bool, bool]:
        found = judge(known_as(filed, twice(seen), checks=tuple(checks)), AS_OF, TIBET)
        return (
            [one.code for one in found.findings],
            f"{UNCHECKED}。" in found.notes,
            WITHDRAWN in found.notes,
        )

    assert judged(WELL) == ([code], False, False)
    assert judged([]) == ([code], True, False)
    for failing in range(3):
        checks = [replace(one, fresh=place != failing) for place, one in enumerate(WELL)]
        assert judged(checks) == ([], False, True), failing


def test_withdrawn_sights_are_named_and_not_looked_at_again() -> None:
    known = known_as(
        FILED, twice(sight("旧40", 40)), checks=(check(-1), check(30, False), check(61))
    )
    judged = judge(known, AS_OF, TIBET)
    assert (judged.verdict, judged.sentence, judged.second_look) == (
        Verdict.UNPROVEN,
        WITHDRAWN,
        False,
    )
    assert judged.latest_on == date(2022, 11, 21), "a lower bound still"


@pytest.mark.parametrize("gap", [0, 5, 14])
def test_freshness_stands_whatever_the_canary_did(gap: int) -> None:
    known = known_as(
        FILED, (reading(sight("旧40", gap)),), checks=(check(-1, False), check(1, False))
    )
    judged = judge(known, AS_OF, TIBET)
    assert judged.verdict is Verdict.FRESH, "no warning of a date that nobody stands for"
    assert judged.notes == ()


def test_a_persons_finding_stands_whatever_the_canary_did() -> None:
    seen = reading(
        replace(sight("旧40", 40), surface="person", evidence=rich_reading(1).sights[0].evidence),
        look=LookKind.PERSON,
    )
    known = known_as(FILED, (seen,), checks=(check(-1, False), check(1, False)))
    judged = judge(known, AS_OF, TIBET)
    assert (judged.verdict, judged.notes) == (Verdict.FAILED, ())
    assert backing_of(judged.findings[0], FILED, known.readings, known.checks) is Backing.PERSON


def test_a_distrusted_name_is_a_sign_of_life_still() -> None:
    known = known_as(FILED, (reading(sight("改了的名", 1)),), checks=(check(-1, False),))
    (seen,) = without_withdrawn(known, AS_OF).readings[0].sights
    assert (seen.name, seen.matched_by, seen.exact, len(seen.posts)) == (
        "改了的名",
        MatchedBy.URL,
        False,
        1,
    )
    assert without_withdrawn(replace(known, checks=(check(-1),)), AS_OF).readings == known.readings
    assert without_withdrawn(known, NOW + timedelta(days=1)).readings == known.readings, (
        "what was read before as_of speaks against nobody"
    )


class World(Scripted):
    """Two surfaces and a clock that goes a minute with each look.

    `well` says whether a canary reads well at that minute.
    """

    def __init__(
        self, well: Iterable[int] | None = None, surfaces: Iterable[str] = (SURFACE,)
    ) -> None:
        super().__init__(by_name)
        self.minutes = 0
        self.fails_at = set(well or ())
        self.names = tuple(surfaces)
        self.order: list[str] = []

    def now(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)

    async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
        seen = []
        for surface in self.names:
            if need.only not in ("", surface):
                continue

            async def see(surface: str = surface) -> Sight:
                self.minutes += 1
                self.order.append(account.filed.name)
                one = self.canary() if account.id == 0 else by_name(account, need)
                captures = replace(one, read_at=self.now(), surface=surface)
                from sweeps import picture

                return replace(captures, captures=(picture(),) if need.second else ())

            if answered := await gate.visit(Visit(surface=surface, pace=Pace(0)), see):
                seen.append(answered)
        return tuple(seen)

    def canary(self) -> Sight:
        return sight("对照", 40 if self.minutes in self.fails_at else 0)


def staged(
    store: Store, folder: Path, world: World, *canaries: Canary, **every: object
) -> PlainStage:
    stage = PlainStage(store, folder)
    stage.looker = world
    settings = Canaries(listed=canaries, **every)  # type: ignore[arg-type]
    stage.engine = Engine(
        store, world, EvidenceFolder(folder), world.now, Pacing(scale=0), settings
    )
    return stage


async def test_a_batch_is_checked_before_and_after(store: Store, tmp_path: Path) -> None:
    world = World()
    stage = staged(store, tmp_path, world, CANARY)
    await stage.file("旧40", "鲜1")
    summary = await stage.engine.run(request(concurrency=1))
    assert world.order == ["对照示例日报", "旧40", "鲜1", "旧40", "对照示例日报"]
    assert [
        (one.fresh, one.surface, one.platform_id, one.sweep_id)
        for one in await store.operator.canary_checks()
    ] == [(True, SURFACE, "canary-1", 1)] * 2
    assert len(summary.checks) == 2
    (entry,) = [entry for entry, _ in summary.findings]
    assert entry.judgement
    assert entry.judgement.notes == ()


async def test_without_a_canary_findings_stand_and_say_so(store: Store, tmp_path: Path) -> None:
    stage = staged(store, tmp_path, World())
    await stage.file("旧40")
    summary = await stage.engine.run(request())
    ((entry, _),) = summary.findings
    assert entry.judgement
    assert entry.judgement.notes == (f"{UNCHECKED}。",)


@pytest.mark.parametrize("minute", [1, 5])
async def test_a_failing_canary_takes_the_batch_back_but_no_freshness(
    store: Store, tmp_path: Path, minute: int
) -> None:
    world = World(well=[minute])
    stage = staged(store, tmp_path, world, CANARY)
    await stage.file("旧40", "鲜1")
    summary = await stage.engine.run(request(concurrency=1))
    assert await stage.verdicts() == {"旧40": Verdict.UNPROVEN, "鲜1": Verdict.FRESH}
    assert [one.fresh for one in summary.checks].count(False) == 1
    judged = next(entry.judgement for entry in summary.scope if entry.account.filed.name == "旧40")
    assert judged
    assert judged.sentence == WITHDRAWN
    again = await rejudge(store, stage.looker.supports, summary.sweep.id)
    assert [entry.judgement for entry in again] == [entry.judgement for entry in summary.scope], (
        "whoever judges later judges alike"
    )


async def test_canaries_take_turns_every_so_many_looks_and_minutes(
    store: Store, tmp_path: Path
) -> None:
    by_looks, by_time = World(), World()
    stage = staged(store, tmp_path, by_looks, CANARY, OTHER, every_looks=3)
    await stage.file(*(f"鲜{number}" for number in range(1, 8)))
    await stage.engine.run(request(concurrency=1))
    one, other = "对照示例日报", "对照示例晚报"
    assert by_looks.order == [
        one,
        "鲜1",
        "鲜2",
        "鲜3",
        other,
        "鲜4",
        "鲜5",
        "鲜6",
        one,
        "鲜7",
        other,
    ]
    stage = staged(store, tmp_path, by_time, CANARY, every=timedelta(minutes=4))
    await stage.engine.run(request(concurrency=1, again=True))
    assert [place for place, name in enumerate(by_time.order) if name == one] == [0, 5, 9]


async def test_every_surface_in_use_is_checked_by_itself(store: Store, tmp_path: Path) -> None:
    world = World(surfaces=(SURFACE, "toutiao.other"))
    stage = staged(store, tmp_path, world, CANARY)
    await stage.file("鲜1")
    await stage.engine.run(request())
    assert sorted(
        (one.surface, one.fresh) for one in await store.operator.canary_checks()
    ) == sorted([(SURFACE, True), ("toutiao.other", True)] * 2)


async def test_a_canary_that_cannot_be_read_fails(store: Store, tmp_path: Path) -> None:
    """The surface closed before the last check: what it would have shown is not known."""

    class Shut(World):
        def canary(self) -> Sight:
            return super().canary() if self.minutes == 1 else sight("对照", outcome=Outcome.CAPTCHA)

    class Broken(World):
        def canary(self) -> Sight:
            if self.minutes > 1:
                raise ZeroDivisionError("a bug of ours")
            return super().canary()

    for number, world in enumerate((Shut(), Broken())):
        stage = staged(store, tmp_path, world, CANARY)
        if not number:
            await stage.file("旧40")
        summary = await stage.engine.run(request(again=True))
        assert await stage.verdicts() == {"旧40": Verdict.UNPROVEN}
        assert [one.fresh for one in summary.checks] == [True, False]


async def test_a_login_that_went_in_the_middle_takes_the_batch_back(
    store: Store, tmp_path: Path
) -> None:
    """It is left out from then on, so that no canary can be read by it any more."""

    class Gone(World):
        async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
            return (
                ()
                if account.id == 0 and self.minutes > 1
                else await super().look(account, need, gate)
            )

    stage = staged(store, tmp_path, Gone(), CANARY)
    await stage.file("旧40")
    summary = await stage.engine.run(request())
    assert [one.fresh for one in summary.checks] == [True, False]
    assert await stage.verdicts() == {"旧40": Verdict.UNPROVEN}


async def test_a_new_login_is_checked_anew(store: Store, tmp_path: Path) -> None:
    """It was made under the same name between the first account and the second one."""

    class Renewed(World):
        async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
            return await super().look(account, need, Login(gate))

    class Login(Gate):
        def __init__(self, gate: Gate) -> None:
            self.gate = gate

        async def visit(self, visit: Visit, see: See) -> Sight | None:
            async def seen() -> Sight:
                sight = await see()
                return replace(sight, login="new" if "鲜2" in world.order else "old")

            return await self.gate.visit(visit, seen)

        async def pause(self, visit: Visit) -> None:
            await self.gate.pause(visit)

    world = Renewed()
    stage = staged(store, tmp_path, world, CANARY)
    await stage.file("鲜1", "鲜2", "鲜3", "鲜4")
    await stage.engine.run(request(concurrency=1))
    assert world.order == [
        "对照示例日报",
        "鲜1",
        "鲜2",
        "对照示例日报",
        "鲜3",
        "鲜4",
        "对照示例日报",
    ]
    assert [one.login for one in await store.operator.canary_checks()] == ["old", "new", "new"]


async def test_a_canary_that_does_not_fit_a_surface_is_no_canary(
    store: Store, tmp_path: Path
) -> None:
    class Unfit(World):
        async def look(self, account: Account, need: Need, gate: Gate) -> tuple[Sight, ...]:
            return () if account.id == 0 else await super().look(account, need, gate)

    stage = staged(store, tmp_path, Unfit(), CANARY, OTHER)
    await stage.file("旧40")
    summary = await stage.engine.run(request())
    assert summary.checks == ()
    ((entry, _),) = summary.findings
    assert entry.judgement
    assert entry.judgement.notes == (f"{UNCHECKED}。",)


GOOD = (
    '[[canary]]\nplatform = "weibo"\nplatform_id = "0012"\nname = "示例日报"\nsource = '
    '"https://example.org/a"\n'
)


def test_the_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "canaries.toml"
    assert read(path) == ()
    path.write_text(TEMPLATE, encoding="utf-8")
    assert read(path) == (), "the template has none"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    (canary,) = read(path)
    assert (canary.platform_id, canary.account.id, canary.account.filed.platform_id) == (
        "0012",
        0,
        "0012",
    )
    odd = replace(
        canary,
        name='示"例\\\x7f😀',
        article_links=("https://mp.weixin.qq.com/s/a", "https://mp.weixin.qq.com/s/b"),
    )
    path.write_text(to_toml([canary, replace(odd, platform_id="13")], "演示数据"), encoding="utf-8")
    assert read(path) == (canary, replace(odd, platform_id="13"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD.replace("source", "# source"), ["canary 1", "source", "cite"]),
        (GOOD.replace("https://example.org/a", "  "), ["canary 1", "source", "cite"]),
        (GOOD.replace('"0012"', "12"), ["canary 1", "platform_id", "string"]),
        (GOOD.replace("weibo", "微博"), ["canary 1", "no platform", "toutiao"]),
        (GOOD + 'uid = "1"', ["canary 1", "uid"]),
        (GOOD + GOOD, ["weibo 0012", "twice"]),
        ("[canary]\nplatform = 'weibo'", ["[[canary]]"]),
        ("[[canaries]]\n", ["[[canary]]", "canaries"]),
        ("[[canary]\n", ["TOML"]),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(
    text: str, words: list[str], tmp_path: Path
) -> None:
    from mediawatch.domain import UserError

    path = tmp_path / "canaries.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as caught:
        read(path)
    assert all(word in str(caught.value) for word in ["canaries.toml", *words]), caught.value
