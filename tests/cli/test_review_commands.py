"""`mediawatch review` over a real home: what it prints, decides and refuses.

Other cases are about what leaves afterwards, and the second person's share.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from pathlib import Path

import pytest
from hearings import heard
from review_homes import ONE, TWO, mediawatch, within
from review_homes import home as home
from review_homes import prepared as prepared
from worklists import FRESH, GH, NOW, POLICY, STALE, exported, filed, fill, judged_by, png, table

from mediawatch.domain import Excuse, ReviewAction, ReviewEvent, Verdict
from mediawatch.ops.settings import Home
from mediawatch.people.forms.columns import Column
from mediawatch.people.forms.target import FormTarget
from mediawatch.people.second_looks import is_drawn, second_looks
from mediawatch.people.worklist.export import WorklistSplit, export
from mediawatch.people.worklist.todo import unproven
from mediawatch.ports import Store


def events(home: Home) -> list[ReviewEvent]:
    return within(home, lambda store: store.reviews.events(1))


def key(home: Home, number: int, code: str = "stale_2w") -> str:
    """A finding as `review list` names it: with the version that is shown."""

    async def found(store: Store) -> str:
        entry = next(entry for entry in await store.sweeps.scope(1) if entry.account.id == number)
        assert entry.judgement is not None
        finding = next(finding for finding in entry.judgement.findings if finding.code == code)
        return f"{number}/{code}@{finding.facts.version}"

    return within(home, found)


def handed_off(home: Home) -> list[str]:
    target = home.root.parent / "handoff.json"
    assert mediawatch(home, "handoff", "--out", str(target), "--force").exit_code == 0
    return [one["account"]["name"] for one in json.loads(target.read_text("utf-8"))["findings"]]


def test_a_review_from_the_list_to_the_hand_off(home: Home, tmp_path: Path) -> None:
    listed = mediawatch(home, "review", "list")
    assert listed.exit_code == 0
    assert all(
        words in listed.stdout
        for words in ("1/stale_2w", "2/stale_2w", "疑似", "超2周未更新", "人工核查")
    )
    assert handed_off(home) == []
    within(home, lambda store: heard(store, 1, NOW))
    before = events(home)
    done = mediawatch(home, "review", "confirm", "--by", "丙某", "--code", "banned", "--yes")
    assert (
        done.exit_code,
        "mediawatch review list` shows the findings" in done.stderr,
        events(home),
    ) == (0, True, before)
    # More than one, without a yes: counted, and nothing done.
    done = mediawatch(home, "review", "confirm", "--by", "丙某", "--code", "stale_2w")
    assert (
        done.exit_code,
        "confirmed: 2 findings, 2 超2周未更新" in done.stdout,
        events(home),
    ) == (2, True, before)
    # 甲某 looked at the first: the second alone is confirmed, and the refusal says why.
    done = mediawatch(home, "review", "confirm", "--by", "甲某", "--code", "stale_2w", "--yes")
    assert done.exit_code == 2
    assert "1/stale_2w 示例市第1测试局：所依据的人工核查由甲某本人作出，须由他人认定" in done.stderr
    assert handed_off(home) == [TWO]
    (event,) = events(home)[len(before) :]
    assert (event.account_id, event.by, event.reason) == (2, "甲某", "经人工审核，证据属实")
    assert "间隔59天" in event.sentence
    assert (
        mediawatch(
            home, "review", "dismiss", "900001", "--by", "丙某", "--reason", "申请关停"
        ).exit_code
        == 0
    )
    assert (
        mediawatch(
            home, "review", "reopen", "2/stale_2w", "--by", "丙某", "--reason", "单位申诉"
        ).exit_code
        == 0
    )
    assert handed_off(home) == []
    shown = mediawatch(home, "review", "show", "2/stale_2w").stdout
    assert all(
        words in shown
        for words in ("认定 甲某", "重新审核 丙某；单位申诉", "依据的核查记录", "SHA-256")
    )
    mediawatch(home, "review", "list", "--state", "dismissed", "--csv", str(tmp_path / "审核.csv"))
    (row,) = csv.DictReader((tmp_path / "审核.csv").read_text("utf-8-sig").splitlines())
    assert row["信息来源"] == "人工核查"
    assert (row["编号"], row["审核状态"], row["审核人"], row["理由"], row["人工核查人"]) == (
        key(home, 1),
        "排除",
        "丙某",
        "申请关停",
        "甲某",
    )


def test_what_is_confirmed_unheard_is_kept_with_its_reason(home: Home, tmp_path: Path) -> None:
    named = key(home, 1)
    refused = mediawatch(home, "review", "confirm", named, "--by", "丙某")
    assert (refused.exit_code, "核实尚未结束（现为未下发核实）" in refused.stderr) == (2, True)
    refused = mediawatch(home, "review", "confirm", named, "--by", "丙某", "--without-hearing")
    assert (refused.exit_code, "须用 --reason 写明理由" in refused.stderr, events(home)) == (
        2,
        True,
        [],
    )
    refused = mediawatch(
        home,
        "review",
        "confirm",
        "--code",
        "stale_2w",
        "--by",
        "丙某",
        "--without-hearing",
        "--reason",
        "紧急",
        "--yes",
    )
    assert (
        refused.exit_code,
        "--without-hearing goes with findings by name" in refused.stderr,
    ) == (2, True)
    done = mediawatch(
        home,
        "review",
        "confirm",
        named,
        "--by",
        "丙某",
        "--without-hearing",
        "--reason",
        "舆情紧急",
    )
    assert (done.exit_code, [event.unheard for event in events(home)]) == (0, [True])
    mediawatch(home, "review", "list", "--state", "confirmed", "--csv", str(tmp_path / "审核.csv"))
    (row,) = csv.DictReader((tmp_path / "审核.csv").read_text("utf-8-sig").splitlines())
    assert (row["核实情况"], row["备注"]) == ("未下发核实", "未经核实认定：舆情紧急")
    assert "未经核实认定；舆情紧急" in mediawatch(home, "review", "show", named).stdout


def test_an_excuse_is_a_reason_to_dismiss_and_is_listed(home: Home, tmp_path: Path) -> None:
    done = mediawatch(
        home, "review", "dismiss", key(home, 1), "--by", "丙某", "--excuse", "平台限制发布"
    )
    assert (done.exit_code, [event.excuse for event in events(home)]) == (0, [Excuse.LIMITED])
    done = mediawatch(
        home,
        "review",
        "dismiss",
        key(home, 2),
        "--by",
        "丙某",
        "--excuse",
        "moving",
        "--reason",
        "九月改名",
    )
    assert done.exit_code == 0
    mediawatch(home, "review", "list", "--csv", str(tmp_path / "审核.csv"))
    one, two = csv.DictReader((tmp_path / "审核.csv").read_text("utf-8-sig").splitlines())
    assert (one["理由"], two["理由"]) == ("平台限制发布", "迁移/更名审核中；九月改名")
    assert (
        "give one of 已发布后撤稿 (withdrawn_post)"
        in mediawatch(home, "review", "dismiss", "1", "--by", "丙", "--excuse", "x").stderr
    )


def test_who_is_dismissed_and_unproven_goes_back_to_the_worklist(
    home: Home, tmp_path: Path
) -> None:
    # As the documents: while a finding waits for its review, its account is open.
    assert mediawatch(home, "unproven").stdout.count("疑似问题待审核。") == 2
    assert (
        mediawatch(
            home, "review", "dismiss", key(home, 1), "--by", "丙某", "--reason", "看错"
        ).exit_code
        == 0
    )
    told = mediawatch(home, "unproven").stdout
    assert (told.count("疑似问题待审核。"), "示例市第1测试局" in told) == (1, True)
    out = tmp_path / "再查.xlsx"
    assert mediawatch(home, "worklist", "export", str(out)).exit_code == 0
    assert [row[Column.NAME.value] for row in table(out)] == ["示例市第1测试局"]
    # Excused, it is a case of its own that needs no other look.
    assert (
        mediawatch(
            home, "review", "reopen", key(home, 1), "--by", "丙某", "--reason", "申诉"
        ).exit_code
        == 0
    )
    assert (
        mediawatch(
            home, "review", "dismiss", key(home, 1), "--by", "丙某", "--excuse", "limited"
        ).exit_code
        == 0
    )
    assert "示例市第1测试局" not in mediawatch(home, "unproven").stdout


def test_an_empty_list_says_so_and_how_many_are_open(home: Home) -> None:
    mediawatch(home, "review", "dismiss", key(home, 1), "--by", "丙某", "--reason", "看错")
    listed = mediawatch(home, "review", "list", "--code", "banned")
    assert listed.stdout == "无。另有1个账号尚待人工核查：mediawatch unproven --sweep 1\n"
    mediawatch(home, "review", "dismiss", key(home, 2), "--by", "丙某", "--reason", "看错")
    assert (
        mediawatch(home, "flagged").stdout
        == "无。另有2个账号尚待人工核查：mediawatch unproven --sweep 1\n"
    )


def test_more_than_one_code_is_decided_and_reopened(home: Home) -> None:
    within(home, lambda store: heard(store, 1, NOW))
    both = ("--code", "banned", "--code", "stale_2w", "--by", "戊某", "--yes")
    assert mediawatch(home, "review", "confirm", *both).exit_code == 0
    assert mediawatch(home, "review", "reopen", *both, "--reason", "重看").exit_code == 0
    last = events(home)[-2:]
    assert [event.action for event in last] == [ReviewAction.REOPENED] * 2
    assert (
        "name the findings, or choose them by --code"
        in mediawatch(home, "review", "reopen", "--by", "丙", "--reason", "x").stderr
    )


def test_both_filings_of_one_account_are_decided_at_once(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()

    async def work(store: Store) -> None:
        twins = [filed(1), filed(2, original_id=filed(1).original_id), filed(3)]
        inspection, path = await exported(store, home.root, twins)
        names = {one.name: STALE for one in twins[:2]} | {
            twins[2].name: {**STALE, Column.SEEN_ID: GH[:-1] + "3"}
        }
        done = await inspection.take(
            fill(
                path, tmp_path / "答.xlsx", names, {one.name: png(n) for n, one in enumerate(twins)}
            )
        )
        assert len(done.readings) == 3
        await heard(store, 1, NOW)

    within(home, work)
    done = mediawatch(home, "review", "confirm", key(home, 1), "--by", "丙某")
    assert "that is more than one finding: add --yes" in done.stderr
    done = mediawatch(home, "review", "confirm", key(home, 1), "--by", "丙某", "--yes")
    assert (
        done.exit_code,
        "1/stale_2w 示例市第1测试局：与2/stale_2w为同一账号重复备案，一并认定" in done.stdout,
    ) == (0, True)
    assert [
        event.account_id for event in events(home) if event.action is ReviewAction.CONFIRMED
    ] == [1, 2]
    for action, word in (("reopen", ReviewAction.REOPENED), ("dismiss", ReviewAction.DISMISSED)):
        done = mediawatch(
            home, "review", action, key(home, 2), "--by", "丙某", "--reason", "申诉", "--yes"
        )
        assert done.exit_code == 0, done.stderr
        assert sorted(event.account_id for event in events(home) if event.action is word) == [1, 2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("confirm", "--by", "丙某"), "name the findings, or choose them"),
        (("confirm", "1/banned", "--by", "丙某"), "no finding 1/banned in this sweep"),
        (("confirm", "没有的账号", "--by", "丙某"), "no account"),
        (("confirm", "1/stale_2w@KEY", "--by", " "), "须写明由谁作出"),
        (
            ("confirm", "1/stale_2w", "--by", "丙某"),
            "name the version that you decide on, it is 1/stale_2w@",
        ),
        (
            ("confirm", "1/stale_2w@0000", "--by", "丙某"),
            "the finding has changed since, it is 1/stale_2w@",
        ),
        (
            ("confirm", "900001", "--by", "丙某"),
            "name the version that you decide on, it is 1/stale_2w@",
        ),
        (("dismiss", "1/stale_2w@KEY", "--by", "丙某", "--reason", " "), "排除须写明理由"),
        (("reopen", "1/stale_2w", "--by", "丙某", "--reason", "x"), "现为“疑似”，不能重新审核"),
        (("list", "--second", "--code", "banned"), "--second stands alone"),
    ],
)
def test_what_cannot_be_decided_is_two_and_changes_nothing(
    home: Home, words: tuple[str, ...], told: str
) -> None:
    done = mediawatch(
        home, "review", *(word.replace("1/stale_2w@KEY", key(home, 1)) for word in words)
    )
    assert (done.exit_code, events(home)) == (2, [])
    assert told in done.stderr


def test_surfaces_have_their_chinese_names_and_are_asked_for_by_them(home: Home) -> None:
    for words in (("review", "show", "1/stale_2w"), ("show", "1"), ("review", "list")):
        told = mediawatch(home, *words).stdout
        assert "人工核查" in told
        assert "person" not in told
    for name, found in (
        ("人工核查", True),
        ("person", True),
        ("微博手机版主页", False),
        ("weibo.mobile", False),
    ):
        assert (ONE in mediawatch(home, "review", "list", "--surface", name).stdout) is found
    refused = mediawatch(home, "review", "list", "--surface", "微博")
    assert (refused.exit_code, "no surface '微博': give one of 人工核查" in refused.stderr) == (
        2,
        True,
    )


def test_figures_have_the_office_s_order_and_decimals(home: Home) -> None:
    (home.root / "office.toml").write_text(
        'regions = ["丙示例市", "乙示例市"]\ndecimals = 1\n', encoding="utf-8"
    )
    assert (
        mediawatch(
            home, "review", "dismiss", key(home, 1), "--by", "丙某", "--reason", "核对后排除"
        ).exit_code
        == 0
    )
    told = mediawatch(home, "figures", "--by", "region", "--against", "1").stdout
    places = re.findall(r"^ *(\d) +(\S+)", told, re.MULTILINE)
    assert places == [("1", "丙示例市"), ("2", "乙示例市"), ("3", "甲示例市")]
    assert "无在管账号的地区（部门）（1个）：丙示例市" in told
    assert re.findall(r"50\.\d+%", told)[0] == "50.0%"
    assert "50.00%" in mediawatch(home, "figures", "--decimals", "2").stdout


DRAWN = next(
    number for number in range(1, 50) if is_drawn(1, number, POLICY.review.second_person_share)
)


def test_the_draw_can_be_repeated_and_takes_its_share() -> None:
    assert 800 < sum(is_drawn(3, number, 0.05) for number in range(20_000)) < 1_200
    assert [is_drawn(3, 7, share) for share in (0, 1)] == [False, True]


async def test_a_drawn_word_goes_to_a_second_person(store: Store, tmp_path: Path) -> None:
    names = [f"示例市第{number}测试局" for number in range(1, DRAWN + 1)]
    inspection, path = await exported(
        store, tmp_path, [filed(number) for number in range(1, DRAWN + 1)]
    )
    await inspection.take(fill(path, tmp_path / "甲.xlsx", dict.fromkeys(names, FRESH)))
    assert (
        await unproven(
            store, inspection.sweep, await store.sweeps.scope(inspection.sweep.id), POLICY
        )
        == []
    )
    (drawn,) = await second_looks(
        store, inspection.sweep, await store.sweeps.scope(inspection.sweep.id), POLICY
    )
    assert (drawn.account.id, drawn.by) == (DRAWN, "甲某")

    async def rows(people: str) -> list[tuple[str, int]]:
        out = tmp_path / f"复核{len(people)}.xlsx"
        written = await export(
            store,
            FormTarget(path=out),
            await judged_by(store, inspection.sweep),
            by=WorklistSplit.PERSON,
            people=people.split("、"),
        )
        return [(one.part, one.rows) for one in written]

    # Never to the one whose word it is.
    assert await rows("甲某、乙某") == [("乙某", 1)]
    assert await rows("甲某") == []
    second = tmp_path / "复核.xlsx"
    await export(
        store,
        FormTarget(path=second),
        await judged_by(store, inspection.sweep),
    )
    again = fill(
        second, tmp_path / "甲又.xlsx", {names[-1]: {**FRESH, Column.TIME: STALE[Column.TIME]}}
    )
    await inspection.take(again)
    assert await second_looks(
        store, inspection.sweep, await store.sweeps.scope(inspection.sweep.id), POLICY
    )
    no = {**STALE, Column.PERSON: "乙某", Column.SEEN_ID: GH[:-1] + str(DRAWN)}
    await inspection.take(fill(second, tmp_path / "乙.xlsx", {names[-1]: no}, {names[-1]: png()}))
    assert (
        await second_looks(
            store, inspection.sweep, await store.sweeps.scope(inspection.sweep.id), POLICY
        )
        == []
    )
    assert (await inspection.verdicts())[-1] is Verdict.UNPROVEN


def test_a_dismissed_finding_stands_in_no_list_and_no_figure(home: Home) -> None:
    def failed() -> str:
        return (
            mediawatch(home, "figures", "--by", "platform").stdout.split("不合格数")[-1].split()[0]
        )

    assert failed() == "2"
    assert "含未经审核的疑似问题" in mediawatch(home, "figures").stdout
    for number, left in ((1, "1"), (2, "0")):
        assert (
            mediawatch(
                home,
                "review",
                "dismiss",
                key(home, number),
                "--by",
                "丙某",
                "--reason",
                "核对后排除",
            ).exit_code
            == 0
        )
        assert failed() == left
        assert (f"示例市第{number}测试局" in mediawatch(home, "flagged").stdout) is False
    assert "含未经审核的疑似问题" not in mediawatch(home, "figures").stdout


def test_nobody_is_accused_on_a_look_whose_looker_is_cleared(home: Home) -> None:
    within(home, lambda store: heard(store, 1, NOW))
    with sqlite3.connect(home.database) as conn:
        conn.execute("UPDATE reading SET person = '已按期清除1' WHERE account_id = 1")
    conn.close()
    done = mediawatch(home, "review", "confirm", "--by", "丙某", "--code", "stale_2w", "--yes")
    assert done.exit_code == 2
    assert "1/stale_2w 示例市第1测试局：核查人、反馈人姓名已按期清除" in done.stderr
    assert handed_off(home) == [TWO]
