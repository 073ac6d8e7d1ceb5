"""Five published circulars as inspections: their registries, what looks saw, their notices.

What the circulars tell stands as they tell it. All else is invented (演示), bodies of named accounts
that they do not tell are 通报未载. The sources are public circulars:
湖南 2022 third quarter, 四川 2022 first half, 随州 2024 first, 西藏 2022 fourth quarter, 常德 2020-08.
"""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from commands import in_process
from evidence_files import lay_down, make_evidence
from openpyxl import Workbook
from PIL import Image

import db
from mediawatch.domain import (
    Account,
    Attestation,
    Code,
    Evidence,
    EvidenceKind,
    Filing,
    LookKind,
    MatchedBy,
    Outcome,
    Post,
    ProblemAnswer,
    ProblemSeen,
    Reading,
    ReviewAction,
    ReviewEvent,
    Sight,
    Stance,
    Sweep,
    SweepKind,
    SweepState,
)
from mediawatch.domain.clock import day_end, day_start
from mediawatch.figures.printed import circulars
from mediawatch.ops.settings import Home
from mediawatch.ports import Store
from mediawatch.registry.kinds import platform_label
from mediawatch.rules.policy import load, parse
from mediawatch.sweep.clauses import Spec, clause
from mediawatch.sweep.judging import rejudge
from mediawatch.sweep.scope import draw, scope_of

T = TypeVar("T")
UNTOLD = "通报未载"
MACHINES = ("wechat", "weibo", "douyin", "toutiao")
_COLUMNS = {
    "备案单号": "filing_number", "政务新媒体名称": "name", "类型": "type", "所属组织": "organiser", "主管单位": "supervisor",
    "地市": "prefecture", "县区": "county", "层级": "level", "主体类别": "body_kind", "平台ID": "platform_id",
}  # fmt: skip
_CONTROL = "演示对照账号"
SEED = "演示"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """One filed account, and what looks see of it.

    `latest`: the day of its newest post. `absent`: a full search does not find it. `problems`: what
    two people find that no list of posts shows, with their words; `mended`: they find that it is gone.
    """

    filed: Filing
    latest: date | None = None
    name_seen: str = ""
    absent: bool = False
    problems: tuple[tuple[Code, str], ...] = ()
    mended: bool = False


@dataclass(frozen=True, kw_only=True)
class PublishedInspection:
    """One circular: what is filed, seen and issued."""

    office: str
    """`office.toml`."""
    policy: str
    as_of: date
    watched: tuple[Watched, ...]
    round: str
    title: str
    number: str
    issued_on: date
    rectify_by: date | None = None
    report_by: date | None = None
    period_from: date | None = None
    take: tuple[str, ...] = ()
    """Clauses of a draw; empty for a census."""
    drawn: frozenset[str] = frozenset()
    """Names of the accounts of a list that was drawn elsewhere; empty for a census."""
    previous: tuple[str, str, date, tuple[tuple[str, ...], ...]] | None = None
    """Number, title, day and rows of the notice before."""
    labels: tuple[tuple[str, str], ...] = ()
    """Words of the policy that this office writes otherwise."""
    more: tuple[str, ...] = field(default=())
    """Further options of `report docx`."""


def accounts(count: int, start: int = 1, *, latest: date, **filed: Any) -> Iterator[Watched]:
    """Sound accounts under invented names."""
    for number in range(start, start + count):
        yield watched(f"演示{number:05}", latest, number, **filed)


def watched(
    name: str,
    latest: date | None,
    number: int,
    *,
    see: str = "",
    absent: bool = False,
    problems: tuple[tuple[Code, str], ...] = (),
    **filed: Any,
) -> Watched:
    platform = filed.pop("platform", "wechat")
    values: dict[str, Any] = {
        "type": platform_label(platform), "filing_number": f"{number:06}", "organiser": f"演示单位{number}",
        "platform_id": f"{_PREFIX.get(platform, '')}{number:010}",
    } | filed  # fmt: skip
    given = Filing(name=name, platform=platform, **values)
    return Watched(filed=given, latest=latest, name_seen=see, absent=absent, problems=problems)


_PREFIX = {"wechat": "MzA", "douyin": "MS4wLjABAAAA", "weibo": "1", "toutiao": "5"}
"""How ids of these platforms begin, so that the registry takes them."""


class BuiltInspection:
    """A home in which one of them was carried out, up to the confirmed findings.

    Not `decided`: what people found is still to be heard and reviewed.
    """

    def __init__(self, folder: Path, told: PublishedInspection, *, decided: bool = True) -> None:
        self.told, self.decided = told, decided
        self.home = Home(folder / "home")
        self.run("init")
        (self.home.root / "office.toml").write_text(told.office, "utf-8")
        self._register(folder / "台账.xlsx")
        self.sweep = self.inspect(told)
        if told.previous:
            self._follow_up(folder)

    def inspect(self, told: PublishedInspection) -> int:
        """Carry one inspection out, of the accounts that are filed; its number."""
        return self.within(lambda store: self._carry_out(store, told))

    def within(self, work: Callable[[Store], Awaitable[T]]) -> T:
        async def opened() -> T:
            store = await db.open_store(f"sqlite:///{self.home.database}")
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(opened())

    def run(self, *words: str | Path) -> str:
        done = in_process("--home", self.home.root, *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def issue(self) -> None:
        told = self.told
        words = ["notice", "issue", "--sweep", str(self.sweep), "--number", told.number]
        words += ["--title", told.title, "--date", str(told.issued_on), "--by", "演示经办人"]
        words += ["--rectify-by", str(told.rectify_by)] if told.rectify_by else []
        words += ["--report-by", str(told.report_by)] if told.report_by else []
        self.run(*words)

    def _register(self, file: Path) -> None:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(list(_COLUMNS))
        for each in self.told.watched:
            sheet.append([getattr(each.filed, name) for name in _COLUMNS.values()])
            sheet.cell(sheet.max_row, 1).number_format = "@"
        book.save(file)
        self.run("registry", "import", file)

    async def _carry_out(self, store: Store, told: PublishedInspection) -> int:
        known = await store.accounts.all()
        policy = parse(_policy_text(told), told.policy)
        sweep = await store.sweeps.open(*_opened(told, known, policy.toml))
        of_name = {(each.filed.name, each.filed.type): each for each in told.watched}
        for entry in await store.sweeps.scope(sweep.id):
            account = entry.account
            seen = of_name[account.filed.name, account.filed.type]
            for reading in (
                *_readings(account, seen, told, sweep),
                *problem_looks(account, seen, _read_at(told), sweep, self.home.evidence),
            ):
                lay_down(self.home.evidence, *(await store.readings.keep(reading)).evidence)
        scope = await rejudge(store, lambda platform: platform in MACHINES, sweep.id)
        events = list(confirmations(scope, sweep, told))
        if not self.decided:
            events = [each for each in events if not each.code.found_by_people]
        await store.reviews.add(sweep.id, events, after=0)
        await store.sweeps.close(sweep.id, SweepState.FINISHED, _read_at(told) + timedelta(hours=4))
        return sweep.id

    def _follow_up(self, folder: Path) -> None:
        """The notice before, and its re-check by what this inspection saw."""
        assert self.told.previous
        number, title, day, rows = self.told.previous
        annex = folder / "上期附件.csv"
        with annex.open("w", encoding="utf-8", newline="") as file:
            heading = ("备案单号", "政务新媒体名称", "类型", "所属组织", "存在的突出问题")
            csv.writer(file).writerows([heading, *rows])
        self.run(
            "notice", "import", annex, "--number", number, "--title", title, "--date", str(day),
            "--by", "演示经办人",
        )  # fmt: skip
        self.run("recheck", number, "--sweep", str(self.sweep))


def _opened(
    told: PublishedInspection, known: Sequence[Account], toml: str
) -> tuple[Sweep, list[Account]]:
    as_of = day_end(told.as_of)
    begun = Sweep(
        as_of=as_of, policy=told.policy, policy_toml=toml, started_at=as_of, round=told.round,
        period_from=told.period_from,
    )  # fmt: skip
    if told.take:
        scope = draw(known, Spec(tuple(map(clause, told.take)), seed=SEED))
    elif told.drawn:
        scope = scope_of(known, [one for one in known if one.filed.name in told.drawn])
        scope = replace(scope, kind=SweepKind.SAMPLE)
    else:
        return begun, list(known)
    begun = replace(
        begun, kind=scope.kind, scope=scope.words, scope_spec=scope.spec, totals=scope.totals
    )
    return begun, list(scope.accounts)


def _policy_text(told: PublishedInspection) -> str:
    text = load(told.policy).toml
    for old, new in told.labels:
        assert f'"{old}"' in text
        text = text.replace(f'"{old}"', f'"{new}"')
    return text


def _read_at(told: PublishedInspection) -> datetime:
    return day_end(told.as_of) + timedelta(hours=9)


def _readings(
    account: Account, seen: Watched, told: PublishedInspection, sweep: Sweep
) -> Iterable[Reading]:
    """One look at a sound account, two at another; by a person where no machine looks."""
    fresh = seen.latest is not None and seen.latest >= told.as_of - timedelta(days=14)
    machine = account.platform in MACHINES
    twice = machine and not (fresh and not seen.name_seen)
    for turn, kind in enumerate((LookKind.FIRST, LookKind.SECOND) if twice else (LookKind.FIRST,)):
        at = _read_at(told) + timedelta(hours=turn)
        sight = Sight(
            surface=f"{account.platform}.演示" if machine else "person",
            read_at=at,
            attested=Attestation.RECORDED,
            outcome=Outcome.NOT_FOUND if seen.absent else Outcome.OK,
            name="" if seen.absent else seen.name_seen or account.filed.name,
            platform_id="" if seen.absent else account.filed.platform_id,
            matched_by=MatchedBy.ID,
            control=_CONTROL if seen.absent else "",
            posts=tuple(_posts(seen, told)),
            complete_since=None if seen.absent else day_start(told.as_of - timedelta(days=900)),
            evidence=(make_evidence(f"{account.id}/{turn}.jpg", at),) if twice or not fresh else (),
        )
        yield Reading(
            account_id=account.id,
            look=kind if machine else LookKind.PERSON,
            started_at=at,
            read_at=at,
            sights=(sight,),
            sweep_id=sweep.id,
            by="" if machine else "演示核查员",
            filed_as=account.filed.identity,
        )


def problem_looks(
    account: Account,
    seen: Watched,
    at: datetime,
    sweep: Sweep,
    evidence: Path,
) -> Iterator[Reading]:
    """Two people look for each of its problems, an hour apart, each with a picture in `evidence`."""
    answer = ProblemAnswer.ABSENT if seen.mended else ProblemAnswer.FOUND
    for code, words in seen.problems:
        for turn, person in enumerate(LOOKERS, 1):
            moment = at + timedelta(hours=turn)
            sight = Sight(
                surface="person",
                read_at=moment,
                name=account.filed.name,
                platform_id=account.filed.platform_id,
                matched_by=MatchedBy.ID,
                url=f"https://example.org/{account.id}",
                evidence=(_picture(evidence, f"{account.id}/{code}-{moment:%m%d%H}.png", moment),),
            )
            yield Reading(
                account_id=account.id,
                look=LookKind.PERSON,
                started_at=moment,
                read_at=moment,
                sights=(sight,),
                sweep_id=sweep.id,
                by=person,
                filed_as=account.filed.identity,
                problem=ProblemSeen(code=code, answer=answer, words=words),
            )


def _picture(folder: Path, path: str, at: datetime) -> Evidence:
    """A person's picture, in a colour of its own."""
    stream = io.BytesIO()
    Image.new("RGB", (320, 480), f"#{hashlib.sha256(path.encode()).hexdigest()[:6]}").save(
        stream, "PNG"
    )
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(stream.getvalue())
    return Evidence(
        kind=EvidenceKind.PICTURE,
        media_type="image/png",
        path=path,
        sha256=hashlib.sha256(stream.getvalue()).hexdigest(),
        size=len(stream.getvalue()),
        taken_at=at,
    )


LOOKERS = ("演示检查员一", "演示检查员二")


def _posts(seen: Watched, told: PublishedInspection) -> Iterator[Post]:
    """Its newest post; in a period one a week back to before the period's first day."""
    day = seen.latest
    while day is not None:
        yield Post(on=day, at=day_start(day) + timedelta(hours=9), id=f"p{day}")
        again = told.period_from is not None and day >= told.period_from
        day = day - timedelta(days=7) if again else None


def confirmations(
    scope: Iterable[Any], sweep: Sweep, told: PublishedInspection
) -> Iterator[ReviewEvent]:
    """Every finding confirmed; what people found was sent down and answered before."""
    answers = (
        (ReviewAction.DISPATCHED, "演示经办人", None, ""),
        (ReviewAction.ANSWERED, "演示联络员", Stance.AGREES, "属实，正在整改"),
    )
    confirmed = (ReviewAction.CONFIRMED, "演示审核员", None, "属实")
    for entry in scope:
        for finding in entry.judgement.findings if entry.judgement else ():
            heard = answers if finding.code.found_by_people else ()
            for action, by, stance, reason in (*heard, confirmed):
                yield ReviewEvent(
                    sweep_id=sweep.id, account_id=entry.account.id, code=finding.code, action=action, stance=stance,
                    at=_read_at(told) + timedelta(hours=3), by=by, reason=reason, sentence=finding.sentence, facts=finding.facts,
                )  # fmt: skip


def hunan(sound_ones: int = 2428) -> PublishedInspection:
    """2022 third quarter: 2 432 accounts, 4 failed, 99.84 %; the fourth one is not named there."""
    as_of = date(2022, 9, 15)
    places = (
        "长沙市", "株洲市", "湘潭市", "衡阳市", "邵阳市", "岳阳市", "常德市", "张家界市", "益阳市", "郴州市", "永州市", "怀化市", "娄底市",
        "湘西自治州",
    )  # fmt: skip
    sound = [
        replace(each, filed=replace(each.filed, prefecture=places[index % 14], level="县级"))
        for index, each in enumerate(
            accounts(sound_ones - 28, 101, latest=as_of - timedelta(days=2))
        )
    ]
    direct = accounts(
        28, 3001, latest=as_of - timedelta(days=1), supervisor="演示省直部门", level="省级"
    )
    failed = (
        watched("衡阳城管", date(2022, 2, 8), 1, type="微信服务号", organiser=UNTOLD, prefecture="衡阳市", level="市级"),
        watched(
            "湖南网警巡查执法", date(2022, 5, 3), 2, platform="tieba", type="贴吧号", organiser=UNTOLD, supervisor=UNTOLD,
            level="省级",
        ),
        watched(
            "衡阳网警执法巡查", date(2022, 4, 20), 3, platform="toutiao", type="头条号", organiser=UNTOLD, prefecture="衡阳市",
            level="市级",
        ),
        watched("演示第四个", date(2022, 8, 20), 4, prefecture="永州市", level="县级"),
    )  # fmt: skip
    return PublishedInspection(
        office=_office(
            issuer="湖南省政务管理服务局", reach="全省", level="省", measure="个",
            addressees="各市州人民政府，省政府各厅委、各直属机构：",
            annexes="{ table = 3, list = 4 }", regions=places,
        ),
        policy="hunan",
        as_of=as_of,
        watched=(*failed, *sound, *direct),
        round="2022年第三季度",
        title="湖南省政务管理服务局关于2022年第三季度全省政府网站与政务新媒体检查情况的通报",
        number="湘政务函〔2022〕36号",
        issued_on=date(2022, 9, 23),
        rectify_by=date(2022, 10, 14),
        previous=(
            "演示湘政务函〔2022〕0号",
            "湖南省政务管理服务局关于2022年第二季度全省政府网站与政务新媒体检查情况的通报",
            date(2022, 6, 24),
            (("000001", "衡阳城管", "微信服务号", UNTOLD, "超过3个月无内容更新"),),
        ),
    )  # fmt: skip


def sichuan(
    governments: int = 755, departments: int = 5451, drawn: int = 645
) -> PublishedInspection:
    """2022 first half: every account of a government, and departments drawn: 1 400 of 6 206.

    4 accounts of governments fail and 19 of departments.
    """
    as_of = date(2022, 6, 15)
    fresh, silent = as_of - timedelta(days=3), date(2022, 3, 20)
    take = ("政府 全部", f"部门 {drawn}个")
    registry = [
        *_of_kind("政府", governments, 1, fresh),
        *_of_kind("部门", departments - 1, 1001, fresh),
    ]
    police = watched(
        "演示交警", fresh, 900_000, see="演示另一名称", organiser="成都市公安局交通管理局", body_kind="部门", prefecture="成都市",
        filing_number=_ON_WHICH_THE_LOT_FALLS[drawn],
    )  # fmt: skip
    registry.append(police)
    chosen = draw_of(registry, take)
    fails = {*range(4)} | set([n for n in chosen if governments <= n < len(registry) - 1][:19])
    registry = [
        replace(one, latest=silent) if number in fails else one
        for number, one in enumerate(registry)
    ]
    return PublishedInspection(
        office=_office(
            issuer="四川省人民政府办公厅", reach="全省", level="省", regions=_SICHUAN, annexes="{ table = 3, list = 5 }",
        ),
        policy="national",
        as_of=as_of,
        watched=tuple(registry),
        round="2022年上半年",
        title="四川省人民政府办公厅关于2022年上半年全省政府网站与政务新媒体检查情况的通报",
        number="演示川办函〔2022〕0号",
        issued_on=date(2022, 6, 30),
        rectify_by=date(2022, 7, 31),
        take=take,
    )  # fmt: skip


_ON_WHICH_THE_LOT_FALLS = {645: "9964529", 60: "996003"}
"""Filing numbers by which the police's account is drawn, by how many departments are."""
_SICHUAN = (
    "成都市", "自贡市", "攀枝花市", "泸州市", "德阳市", "绵阳市", "广元市", "遂宁市", "内江市", "乐山市", "南充市", "宜宾市", "广安市",
    "达州市", "雅安市", "巴中市", "眉山市", "资阳市", "阿坝州", "甘孜州", "凉山州",
)  # fmt: skip


def _of_kind(kind: str, count: int, start: int, latest: date) -> Iterator[Watched]:
    for index, each in enumerate(accounts(count, start, latest=latest, body_kind=kind)):
        place = _SICHUAN[index % len(_SICHUAN)]
        yield replace(each, filed=replace(each.filed, prefecture=place))


def draw_of(registry: Sequence[Watched], take: Sequence[str]) -> list[int]:
    """The places of those whom the lot takes."""
    known = [Account(id=number, filed=one.filed) for number, one in enumerate(registry, 1)]
    drawn = draw(known, Spec(tuple(map(clause, take)), seed=SEED))
    return [account.id - 1 for account in drawn.accounts]


def suizhou() -> PublishedInspection:
    """2024 first: 113 accounts, 1 failed, two of the notice before rectified.

    Who did not repost is invented: the annexes do not tell.
    """
    as_of = date(2024, 2, 20)
    fresh = as_of - timedelta(days=4)
    label = "信息超2周未更新"
    named = (
        watched("随州统计", date(2024, 1, 31), 1, filing_number="71244", type="微信", organiser="随州市统计局"),
        watched("随州出入境", fresh, 2, filing_number="3025716006566021", type="微信", organiser="随州市公安局出入境支队"),
        watched("随州普法", fresh, 3, filing_number="70125", type="微信", organiser="随州市司法局"),
    )  # fmt: skip
    before = tuple(
        (one.filed.filing_number, one.filed.name, one.filed.type, one.filed.organiser, label)
        for one in named[1:]
    )
    places = ("曾都区", "随县", "广水市")
    sound = (
        replace(each, filed=replace(each.filed, county=places[index % 3], prefecture="随州市"))
        for index, each in enumerate(accounts(109, 102, latest=fresh))
    )
    missing = watched(
        "演示00101", fresh, 101, type="微信", county="曾都区", prefecture="随州市", supervisor="演示单位101",
        problems=((Code.NOT_REPOSTED, "《演示信息》"),),
    )  # fmt: skip
    named = tuple(replace(one, filed=replace(one.filed, prefecture="随州市", supervisor=one.filed.organiser)) for one in named)  # fmt: skip
    return PublishedInspection(
        office=_office(
            issuer="随州市政务服务和大数据管理局",
            reach="全市",
            level="市",
            annexes="{ table = 2, list = 3, recheck = 4 }",
            regions=places,
        ),
        policy="national",
        labels=(("超2周未更新", label),),
        as_of=as_of,
        watched=(*named, missing, *sound),
        round="2024年第一次",
        title="关于2024年第一次全市政府网站与政务新媒体检查情况的通报",
        number="演示随政务函〔2024〕0号",
        issued_on=date(2024, 2, 28),
        rectify_by=date(2024, 3, 6),
        report_by=date(2024, 3, 8),
        previous=("演示随政务函〔2023〕0号", "演示上期通报", date(2023, 11, 30), before),
    )


def tibet() -> PublishedInspection:
    """2022 fourth quarter: 146 of 1 203 drawn, 59 failed, by the list of its annex."""
    as_of, circular = date(2022, 12, 31), circulars.load_shipped("tibet-2022q4-circular")
    platforms = {
        "微信公众号": "wechat",
        "新浪微博": "weibo",
        "抖音短视频": "douyin",
        "今日头条": "toutiao",
    }
    silent = {
        "长期未更新": as_of - timedelta(days=500),
        "半年以上未更新": as_of - timedelta(days=250),
        "超过2周及以上未更新": as_of - timedelta(days=40),
    }
    places = _tibet_places()
    named = [
        watched(
            one.name, silent.get(one.kind, as_of - timedelta(days=3)), number, platform=platforms[one.type],
            type=one.type, organiser=UNTOLD, see="演示另一名称" if one.kind == "名称变动未报备" else "",
            absent=one.kind == "搜索不到", prefecture=places[one.name, one.type],
        )
        for number, one in enumerate(circular.named, 1)
    ]  # fmt: skip
    named = [replace(one, latest=None) if one.absent else one for one in named]
    # Its own list holds 7 Douyin accounts where it counts 6: so one sound one less.
    drawn = [*named]
    for kind, platform in platforms.items():
        there = sum(one.filed.platform == platform for one in named)
        drawn += accounts(
            circular.checked[kind] - there, 1000 * (1 + list(platforms).index(kind)),
            latest=as_of - timedelta(days=5), platform=platform, prefecture="那曲市",
        )  # fmt: skip
    rest = 146 - len(drawn)
    drawn += accounts(
        rest,
        9000,
        latest=as_of - timedelta(days=5),
        platform="kuaishou",
        platform_id="",
        prefecture="那曲市",
    )
    others = accounts(1203 - 146, 10001, latest=as_of - timedelta(days=5), prefecture="阿里地区")
    return PublishedInspection(
        office=_office(
            issuer="西藏自治区人民政府办公厅",
            reach="全区",
            level="省",
            decimals=0,
            annexes="{ list = 2 }",
        ),
        policy="tibet",
        as_of=as_of,
        watched=(*drawn, *others),
        drawn=frozenset(one.filed.name for one in drawn),
        round="2022年第四季度",
        title="西藏自治区人民政府办公厅关于2022年第四季度全区政府网站和政务新媒体抽查情况的通报",
        number="演示藏政办函〔2023〕0号",
        issued_on=date(2023, 2, 9),
        rectify_by=date(2023, 3, 31),
    )


def _tibet_places() -> dict[tuple[str, str], str]:
    file = resources.files("mediawatch") / "data" / "tibet-2022q4-circular.csv"
    rows = csv.DictReader(file.read_text("utf-8").splitlines())
    return {(row["政务新媒体名称"], row["类型"]): row["地市"] for row in rows}


def changde(sound_ones: int = 198) -> PublishedInspection:
    """2020-08: a month as a period, by machine and by people. How many accounts is not told.

    Which accounts offer no interaction that works is not told either: both are invented.
    """
    first, last = date(2020, 8, 1), date(2020, 8, 31)
    places = (
        "武陵区",
        "鼎城区",
        "安乡县",
        "汉寿县",
        "桃源县",
        "临澧县",
        "石门县",
        "澧县",
        "津市市",
    )
    sound = [
        replace(each, filed=replace(each.filed, prefecture="常德市", county=places[index % 9]))
        for index, each in enumerate(accounts(sound_ones, 101, latest=last - timedelta(days=1)))
    ]
    mute = [
        watched(
            name, last, number, prefecture="常德市", county=county, platform=platform, type=type_,
            problems=((Code.INTERACTION_POOR, words),),
        )
        for number, (name, county, platform, type_, words) in enumerate(
            (
                ("演示互动", "鼎城区", "wechat", "微信", "菜单“互动交流”无内容"),
                ("演示留言", "石门县", "weibo", "微博", "评论功能关闭，私信无人回复"),
            ),
            3,
        )
    ]  # fmt: skip
    silent = watched(
        "演示沉默", date(2020, 7, 30), 1, prefecture="常德市", county="澧县", platform="weibo"
    )
    people = watched(
        "演示视频号", last, 2, platform="channels", platform_id="", prefecture="常德市", supervisor="演示市直部门",
    )  # fmt: skip
    return PublishedInspection(
        office=_office(
            issuer="常德市政务公开领导小组办公室",
            reach="全市",
            level="市",
            annexes="{ list = 2 }",
            regions=places,
        ),
        policy="national",
        as_of=last,
        period_from=first,
        watched=(silent, people, *mute, *sound),
        round="2020年8月",
        title="关于2020年8月全市政府网站与政务新媒体监测情况的通报",
        number="演示常公开办〔2020〕0号",
        issued_on=date(2020, 10, 10),
        rectify_by=date(2020, 10, 16),
    )


def _office(**given: Any) -> str:
    def line(value: Any) -> str:
        if isinstance(value, str) and value.startswith("{"):
            return value
        if isinstance(value, tuple):
            return "[" + ", ".join(f'"{each}"' for each in value) + "]"
        return f'"{value}"' if isinstance(value, str) else str(value)

    return "".join(f"{key} = {line(value)}\n" for key, value in given.items())
