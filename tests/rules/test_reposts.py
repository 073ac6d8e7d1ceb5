"""重要信息转载: which posts prove a repost, which ask for a person, and when nothing may be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from evidence_files import make_evidence
from samples import known_as

from mediawatch.domain import (
    CanaryCheck,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    PostKind,
    Reading,
    RepostAction,
    RepostEvent,
    RepostItem,
    RepostTask,
    Sight,
)
from mediawatch.domain.clock import EVER, day_end, day_start
from mediawatch.rules.known_days import Span
from mediawatch.rules.repost_links import post_key
from mediawatch.rules.repost_titles import FoldedTitle, TitleMatch, fold_title, is_whole, titles_in
from mediawatch.rules.repost_views import view
from mediawatch.rules.reposts import RepostGround, RepostResult, RepostState, judge_repost

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 6)
READ = day_end(LAST) + timedelta(hours=9)
TITLE = "国务院办公厅关于做好今冬明春防汛抗旱工作的通知"
SOURCE = "https://www.gov.cn/zhengce/content/202611/content_7000001.htm"
ITEM = RepostItem(number=1, title=TITLE, link=SOURCE)
TASK = RepostTask(
    id=1,
    name="演示任务",
    from_day=FIRST,
    until_day=LAST,
    scope="全部在管账号",
    account_ids=(1,),
    items=(ITEM,),
    by="演示员甲",
    at=day_start(FIRST),
)
FILED = Filing(name="示例发布", platform="weibo", platform_id="5000000001")
OTHERS = ("演示：今日天气", "演示：政务服务大厅开放时间")
_ids = count(1)


def posted(title: str = "", day: int = 3, **facts: Any) -> Post:
    at = datetime(2026, 11, day, 2, tzinfo=UTC)
    base = Post(on=at.date(), at=at, title=title, id=f"p{day}{title}")
    return replace(base, **facts)


def looked(*posts: Post, **facts: Any) -> Reading:
    """A complete list of the desktop, tied by the filed id, read after the last day."""
    at = facts.pop("at", READ)
    look = facts.pop("look", LookKind.FIRST)
    base = Sight(
        surface="weibo.desktop",
        read_at=at,
        name="示例发布",
        platform_id="5000000001",
        matched_by=MatchedBy.ID,
        posts=posts,
        complete_since=EVER,
    )
    return Reading(
        id=next(_ids),
        account_id=1,
        sweep_id=1,
        look=look,
        started_at=at,
        read_at=at,
        sights=(replace(base, **facts),),
    )


def pictured(answer: Reading) -> Reading:
    (sight,) = answer.sights
    shot = make_evidence("1/主页.jpg", answer.read_at)
    return replace(answer, sights=(replace(sight, evidence=(shot,)),))


def judged(
    *readings: Reading,
    item: RepostItem = ITEM,
    events: tuple[RepostEvent, ...] = (),
    filed: Filing = FILED,
    now: datetime = READ,
    pruned: datetime | None = None,
    disproved: tuple[Span, ...] = (),
    **known: Any,
) -> RepostResult:
    seen = view(known_as(filed, readings, **known), TASK, now, pruned, disproved)
    return judge_repost(item, seen, TASK, events)


QUIET = tuple(posted(title, day) for day, title in enumerate(OTHERS, 3))


@pytest.mark.parametrize(
    ("post", "ground"),
    [
        (posted(TITLE), RepostGround.TITLE),
        (posted(f"《{TITLE}》。"), RepostGround.TITLE),
        (posted("国务院办公厅 关于做好今冬明春“防汛抗旱”工作的通知 "), RepostGround.TITLE),
        (posted("转发微博", original_title=TITLE, repost=True), RepostGround.TITLE),
        (posted(f"#防汛#【{TITLE}】国务院办公厅近日印发通知。"), RepostGround.HEADING),
        (
            posted("要闻", original_link=SOURCE.replace("https://www.", "http://")),
            RepostGround.SOURCE,
        ),
        (posted("要闻", link=SOURCE + "?from=timeline"), RepostGround.LINK),
    ],
)
def test_what_proves_a_repost(post: Post, ground: RepostGround) -> None:
    result = judged(looked(post, *QUIET))
    assert (result.state, result.match and result.match.ground) == (RepostState.REPOSTED, ground)
    assert not result.late


def test_incomplete_lists_prove_a_repost_all_the_same() -> None:
    """A post is a post, wherever it was seen."""
    seen = judged(looked(posted(TITLE), complete_since=None, surface="weibo.mobile"))
    assert seen.state is RepostState.REPOSTED


@pytest.mark.parametrize(
    ("post", "ground"),
    [
        (posted(f"转发：{TITLE}，请各单位贯彻落实"), RepostGround.CONTAINED),
        (posted("做好今冬明春防汛抗旱工作的通知"), RepostGround.CONTAINED),
        (posted("国务院办公厅印发关于做好今冬明春防汛抗旱工作通知"), RepostGround.SIMILAR),
        (posted(TITLE, on=date(2026, 10, 30), at=None), RepostGround.TITLE),
    ],
)
def test_what_only_a_person_can_tell(post: Post, ground: RepostGround) -> None:
    result = judged(looked(post, *QUIET))
    assert (result.state, result.match and result.match.ground) == (RepostState.SUSPECTED, ground)


def test_another_item_of_the_task_is_not_this_one() -> None:
    parts = [RepostItem(number=n, title=f"一图读懂防汛抗旱应急预案（第{n}期）") for n in (1, 2)]
    task = replace(TASK, items=tuple(parts))
    seen = view(known_as(FILED, [looked(posted(parts[0].title), *QUIET)]), task, READ, None)
    states = [judge_repost(item, seen, task).state for item in parts]
    assert states == [RepostState.REPOSTED, RepostState.NOT_SEEN]
    alone = replace(TASK, items=(parts[1],))
    assert judge_repost(parts[1], seen, alone).state is RepostState.SUSPECTED


def test_a_later_repost_is_one_and_is_said_to_be_late() -> None:
    seen = judged(looked(posted(TITLE, 9), *QUIET, at=READ + timedelta(days=9)))
    assert (seen.state, seen.late) == (RepostState.REPOSTED, True)


def test_a_repost_in_time_stands_before_a_late_one() -> None:
    late = looked(posted(TITLE, 9, id="late"), posted(TITLE, 4), at=READ + timedelta(days=9))
    assert not judged(late).late


def test_a_withdrawn_repost_still_is_one() -> None:
    before = looked(posted(TITLE), *QUIET, at=day_start(date(2026, 11, 5)))
    seen = judged(before, looked(*QUIET))
    assert (seen.state, seen.gone) == (RepostState.REPOSTED, True)
    assert seen.match is not None
    assert seen.match.seen.reading_id == before.id


def test_a_changed_title_counts_as_it_was_seen_first() -> None:
    before = looked(posted(TITLE, id="7"), at=day_start(date(2026, 11, 5)))
    after = looked(posted("防汛提醒", id="7"), *QUIET)
    seen = judged(before, after)
    assert (seen.state, seen.gone) == (RepostState.REPOSTED, False)


def test_complete_lists_with_other_titles_show_none() -> None:
    result = judged(seen := looked(*QUIET))
    assert (result.state, result.within) == (RepostState.NOT_SEEN, 2)
    assert [each.reading_id for each in result.lists] == [seen.id]


@pytest.mark.parametrize("post", [posted(TITLE), posted(TITLE + "（摘要）")])
def test_a_homonyms_post_proves_nothing(post: Post) -> None:
    """Found by a name that several bear: a person decides."""
    named = Filing(name="示例发布", platform="weibo")
    other = looked(post, matched_by=MatchedBy.NAME, platform_id="", name="示例发布厅")
    assert judged(other, filed=named).state is RepostState.SUSPECTED


def test_a_name_that_several_bear_proves_nothing() -> None:
    named = Filing(name="示例发布", platform="weibo")
    seen = looked(posted(TITLE), matched_by=MatchedBy.NAME, platform_id="")
    shared = replace(named.identity, shares_name=True)
    assert judged(seen, filed=named, identity=shared).state is RepostState.SUSPECTED
    assert judged(seen, filed=named).state is RepostState.REPOSTED


@pytest.mark.parametrize(
    ("readings", "reason"),
    [
        ([], "2026-11-02至2026-11-06没有完整的信息列表"),
        ([looked(*QUIET, complete_since=None)], "2026-11-02至2026-11-06没有完整的信息列表"),
        (
            [looked(*QUIET, complete_since=day_start(date(2026, 11, 4)))],
            "2026-11-02至2026-11-04没有完整的信息列表",
        ),
        (
            [looked(*QUIET, at=day_start(date(2026, 11, 5)))],
            "2026-11-05至2026-11-06没有完整的信息列表",
        ),
        (
            [looked(*QUIET, matched_by=MatchedBy.URL, platform_id="")],
            "2026-11-02至2026-11-06没有完整的信息列表",
        ),
        ([looked(*QUIET, posted())], "1条信息未留存标题"),
        ([looked(*QUIET, posted("演示：长文…"))], "1条信息只见部分文字"),
        ([looked(*QUIET, posted("转发微博", repost=True))], "1条信息只见部分文字"),
        (
            [
                looked(*QUIET),
                looked(posted("演示：另一条", 4), complete_since=None, surface="weibo.mobile"),
            ],
            "2026-11-02至2026-11-06没有完整的信息列表",
        ),
    ],
)
def test_what_no_list_shows_is_open(readings: list[Reading], reason: str) -> None:
    result = judged(*readings)
    assert (result.state, result.reasons) == (RepostState.OPEN, (reason,))


def test_lists_of_several_days_together_show_the_whole_time() -> None:
    middle = day_start(date(2026, 11, 4)) + timedelta(hours=1)
    early = looked(posted(OTHERS[0], 3), at=middle)
    late = looked(posted(OTHERS[1], 5), complete_since=day_start(date(2026, 11, 4)))
    assert judged(early, late).state is RepostState.NOT_SEEN


def test_a_title_that_another_look_showed_is_known() -> None:
    bare = looked(posted(id="7"), posted(OTHERS[1], 4))
    named = looked(posted(OTHERS[0], id="7"), posted(OTHERS[1], 4), at=READ + timedelta(hours=1))
    assert judged(bare, named).state is RepostState.NOT_SEEN


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"now": day_end(LAST)}, "转载期限（2026-11-06）未到"),
        ({"pruned": READ}, "部分核查记录已按保存期限清理"),
        ({"item": replace(ITEM, title="")}, "本项未给出标题，只能按链接核对"),
        ({"item": replace(ITEM, title="通知公告")}, "标题过短，不足以核对"),
    ],
)
def test_what_our_side_lacks_is_open(given: dict[str, Any], reason: str) -> None:
    result = judged(looked(*QUIET), **given)
    assert (result.state, result.reasons) == (RepostState.OPEN, (reason,))


def test_a_platform_without_scraper_is_for_people() -> None:
    result = judged(supported=False)
    assert (result.state, result.reasons) == (RepostState.OPEN, ("该平台由人工检查",))


@pytest.mark.parametrize("item", [replace(ITEM, title=""), replace(ITEM, title="通知公告")])
def test_where_nothing_was_posted_no_title_is_needed(item: RepostItem) -> None:
    result = judged(looked(posted(OTHERS[0], 1)), item=item)
    assert (result.state, result.within) == (RepostState.NOT_SEEN, 0)


def test_a_list_that_its_canary_withdraws_shows_nothing() -> None:
    check = CanaryCheck(
        surface="weibo.desktop",
        session="",
        account_name="演示对照",
        platform_id="5000000009",
        at=READ + timedelta(minutes=5),
        fresh=False,
        outcome=Outcome.OK,
        sweep_id=1,
    )
    listed = looked(*QUIET, posted(TITLE, 4))
    assert judged(looked(*QUIET), checks=(check,)).state is RepostState.OPEN
    assert judged(listed, checks=(check,)).state is RepostState.REPOSTED


@pytest.mark.parametrize(
    ("day", "state"), [(4, RepostState.OPEN), (1, RepostState.NOT_SEEN), (9, RepostState.NOT_SEEN)]
)
def test_a_persons_list_names_no_posts(day: int, state: RepostState) -> None:
    """A person notes days: only a list without any day of the time says what was not posted."""
    seen = Post(on=date(2026, 11, day), kind=PostKind.SEEN)
    answer = pictured(
        looked(seen, look=LookKind.PERSON, surface="person", at=READ + timedelta(days=9))
    )
    titled = looked(posted(OTHERS[0], 4), complete_since=None, surface="weibo.mobile")
    readings = (answer, titled) if day == 4 else (answer,)
    assert judged(*readings).state is state


def test_a_persons_list_without_a_picture_says_nothing() -> None:
    answer = looked(look=LookKind.PERSON, surface="person", at=READ + timedelta(days=9))
    assert judged(answer).state is RepostState.OPEN
    assert judged(pictured(answer)).state is RepostState.NOT_SEEN


NONE = "2026-11-02至2026-11-06没有完整的信息列表"


@pytest.mark.parametrize(
    ("posts", "span", "reasons"),
    [
        # A dismissed silence: the list that showed it lacks posts, on the other days too.
        ((), (date(2026, 10, 20), date(2026, 11, 4)),
         (NONE, "2026-11-02至2026-11-04的未更新问题曾经复核排除，信息列表可能不完整")),
        ((), (date(2026, 10, 5), date(2026, 10, 20)), (NONE,)),
        # A list that shows posts of these days is another one; the days stay doubtful.
        (QUIET, (date(2026, 11, 2), date(2026, 11, 4)),
         ("2026-11-02至2026-11-04的未更新问题曾经复核排除，信息列表可能不完整",)),
        ((*QUIET, posted("演示", 1)), (date(2026, 10, 5), date(2026, 11, 1)), ()),
        ((*QUIET, posted("演示", 1)), (date.min, date(2026, 11, 1)), ()),
        (QUIET, (date(2026, 11, 9), date(2026, 11, 20)), ()),
    ],
)  # fmt: skip
def test_a_silence_that_was_dismissed_says_nothing(
    posts: tuple[Post, ...], span: Span, reasons: tuple[str, ...]
) -> None:
    result = judged(looked(*posts), disproved=(span,))
    assert result.reasons == reasons
    assert result.state is (RepostState.OPEN if reasons else RepostState.NOT_SEEN)


def test_a_persons_word_that_there_is_a_post_is_no_title() -> None:
    """It bounds nothing here: the complete list holds a post of that day."""
    word = looked(
        Post(on=date(2026, 11, 4), kind=PostKind.SEEN),
        look=LookKind.PERSON,
        complete_since=None,
        surface="person",
    )
    assert judged(looked(*QUIET), word).state is RepostState.NOT_SEEN


@pytest.mark.parametrize(
    ("filed", "reason"),
    [
        (replace(FILED, opened_on=date(2026, 11, 7)), "2026-11-07开设，晚于任务期限"),
        (replace(FILED, status=FiledStatus.CLOSED), "已关停"),
    ],
)
def test_who_is_not_asked(filed: Filing, reason: str) -> None:
    result = judged(looked(*QUIET), filed=filed)
    assert (result.state, result.reasons) == (RepostState.NOT_ASKED, (reason,))


def test_an_account_is_asked_from_its_opening_on() -> None:
    opened = replace(FILED, opened_on=date(2026, 11, 5))
    since = looked(posted(OTHERS[0], 5), complete_since=day_start(date(2026, 11, 5)))
    assert judged(since).state is RepostState.OPEN
    assert judged(since, filed=opened).state is RepostState.NOT_SEEN


def decision(action: RepostAction, post: Post) -> RepostEvent:
    return RepostEvent(
        task_id=1, action=action, item=1, account_id=1, post=post.id, by="演示员甲", at=READ
    )


def test_a_person_decides_about_a_similar_title() -> None:
    like = posted(f"{TITLE}（转发）各单位请落实")
    seen = looked(like, *QUIET)
    yes = judged(seen, events=(decision(RepostAction.ACCEPTED, like),))
    no = judged(seen, events=(decision(RepostAction.REJECTED, like),))
    both = decision(RepostAction.REJECTED, like), decision(RepostAction.ACCEPTED, like)
    assert (yes.state, yes.match and yes.match.ground) == (
        RepostState.REPOSTED,
        RepostGround.DECIDED,
    )
    assert no.state is RepostState.NOT_SEEN
    assert judged(seen, events=both).state is RepostState.REPOSTED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://weibo.com/2656274875/z0JH2lOMb", "https://m.weibo.cn/status/3501756485200075"),
        ("https://weibo.com/2656274875/z0JH2lOMb?from=page", "m.weibo.cn/detail/z0JH2lOMb"),
        ("https://www.douyin.com/video/7400000000000000001", "https://www.iesdouyin.com/share/video/7400000000000000001/?region=CN"),
        ("https://www.douyin.com/user/MS4?modal_id=7400000000000000001", "https://www.douyin.com/note/7400000000000000001"),
        ("https://www.toutiao.com/article/7400000000000000001/?wid=1", "https://m.toutiao.com/i7400000000000000001/"),
        ("https://t.bilibili.com/463864834570585963", "https://m.bilibili.com/opus/463864834570585963?spm_id_from=333"),
        ("https://www.bilibili.com/video/BV1234567890/?vd_source=1", "https://m.bilibili.com/video/BV1234567890"),
        ("http://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv#rd", "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv"),
        ("https://tieba.baidu.com/p/8000000001?pid=1#1", "http://tieba.baidu.com/p/8000000001"),
        ("http://www.gov.cn/a/content_1.htm", "https://gov.cn/a/content_1.htm?share=1"),
        ("https://www.kuaishou.com/short-video/3xabcdefgh?authorId=3x1", "https://v.m.chenzhongtech.com/fw/photo/3xabcdefgh?shareId=1"),
    ],
)  # fmt: skip
def test_links_of_one_post_have_one_key(one: str, other: str) -> None:
    assert post_key(one) == post_key(other) != ""


def test_links_of_two_posts_have_two_keys() -> None:
    links = [
        "https://weibo.com/2656274875/z0JH2lOMb",
        "https://weibo.com/2656274875/z0JH2lOMc",
        "https://www.gov.cn/a?id=1",
        "https://www.gov.cn/a?id=2",
        "https://www.douyin.com/video/7400000000000000001",
        "https://www.toutiao.com/video/7400000000000000001/",
        "https://t.bilibili.com/463864834570585963",
        "https://space.bilibili.com/463864834570585963",
        "https://www.bilibili.com/video/BV1234567890",
        "https://www.kuaishou.com/short-video/3xabcdefgh",
        "https://www.kuaishou.com/short-video/3xabcdefgi",
        "https://tieba.baidu.com/p/7400000000000000001",
    ]
    assert len({post_key(link) for link in links}) == len(links)
    assert post_key(" ") == ""


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("【权威发布】ＡＢＣ 第１期", "权威发布abc第1期"),
        ("“十五五”规划\u200b\u3000——解读！", "十五五规划解读"),
        ("权威发布丨关于·放假~的通知😀", "权威发布关于放假的通知"),
    ],
)
def test_titles_are_folded(text: str, folded: str) -> None:
    assert fold_title(text) == folded


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (TITLE, TitleMatch.EQUAL),
        ("国务院办公厅关于做好今冬明春森林草原防火工作的通知", TitleMatch.SIMILAR),
        ("国务院办公厅关于部分节假日安排的通知", None),
        ("防汛提醒", None),
        ("防汛抗旱", None),
        ("", None),
    ],
)
def test_titles_are_compared(text: str, match: TitleMatch | None) -> None:
    found = FoldedTitle.of(text).compare(fold_title(TITLE))
    assert (found and found[0]) == match


def test_a_cut_title_is_not_whole() -> None:
    assert is_whole(TITLE)
    assert not any(map(is_whole, ("", "演示…", "演示...", "演示。。。")))


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", ()),
        ("《演示》（国办〔2021〕11号）", ("演示",)),
        ("《关于转发〈演示〉的通知》、《演示二》", ("关于转发〈演示〉的通知", "演示二")),
        ("《关于转发《演示》的通知》", ("关于转发《演示》的通知",)),
        ("》《》《 》《演示", ()),
    ],
)
def test_titles_stand_in_their_signs(text: str, titles: tuple[str, ...]) -> None:
    assert titles_in(text) == titles
