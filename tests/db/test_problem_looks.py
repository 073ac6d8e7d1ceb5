"""人工检查 in the store: kept like any reading, and given only to those who ask for it."""

from __future__ import annotations

from datetime import timedelta

from samples import NOW, PLAIN, enter, finding, open_sweep, plain_reading

from mediawatch.domain import (
    Code,
    Evidence,
    EvidenceKind,
    Judgement,
    LookKind,
    MatchedBy,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    Sight,
    Verdict,
)
from mediawatch.ports import Store

SHOT = Evidence(
    kind=EvidenceKind.PICTURE, media_type="image/png", path="a.png", sha256="1" * 64, size=3, taken_at=NOW
)  # fmt: skip


def _look(account_id: int, sweep_id: int, code: Code) -> Reading:
    sight = Sight(
        surface="person",
        read_at=NOW,
        name="别的名称",
        platform_id="7",
        matched_by=MatchedBy.ID,
        url="https://example.org/7",
        evidence=(SHOT,),
    )
    return Reading(
        account_id=account_id,
        look=LookKind.PERSON,
        started_at=NOW,
        read_at=NOW,
        by="甲",
        sweep_id=sweep_id,
        sights=(sight,),
        problem=ProblemSeen(code=code, answer=ProblemAnswer.FOUND, words="评论区关闭"),
    )


async def test_a_problem_look_stands_apart_from_all_other_readings(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    sweep = await open_sweep(any_store, [account])
    readings = any_store.readings
    other = await readings.keep(plain_reading(account.id))
    before = (await readings.account_states([account.id]))[account.id]
    news = (await any_store.accounts.current([account.id]))[account.id].news
    kept = await readings.keep(_look(account.id, sweep.id, Code("own_menu")))
    assert kept.problem == ProblemSeen(
        code=Code("own_menu"), answer=ProblemAnswer.FOUND, words="评论区关闭"
    )
    assert await readings.problem_looks(sweep.id) == {account.id: [kept]}
    assert await readings.problem_looks(sweep.id, [account.id + 1]) == {}
    assert await readings.by_id([kept.id]) == {account.id: [kept]}
    assert await readings.by_account([account.id]) == {account.id: [other]}
    assert await readings.identity_readings([account.id]) == {account.id: [other]}
    since = NOW - timedelta(days=400)
    assert kept not in (await readings.for_judgement([account.id], since))[account.id]
    assert (await readings.account_states([account.id]))[account.id] == before
    # What was judged before is out of date all the same.
    assert (await any_store.accounts.current([account.id]))[account.id].news > news


async def test_words_and_points_of_a_finding_come_back(any_store: Store) -> None:
    (account,) = await enter(any_store, PLAIN)
    sweep = await open_sweep(any_store, [account])
    kept = await any_store.readings.keep(_look(account.id, sweep.id, Code.ADVERTISING))
    held = finding(kept.id, code=Code.ADVERTISING, words="二维码推广", points=2.5)
    judged = Judgement(verdict=Verdict.FRESH, sentence="正常。", findings=(held,))
    await any_store.sweeps.keep_judgements(sweep.id, {account.id: judged}, {})
    (entry,) = await any_store.sweeps.scope(sweep.id)
    assert entry.judgement is not None
    assert entry.judgement.findings == (held,)
