"""Article links that units hand in: found in real files, and opened at the replica.

They are kept for the account that they belong to.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwt
from browsers import facing, key
from commands import in_process
from handed_files import S, text_file, wrapped_links
from stages import composed

from mediawatch.articles import article_key
from mediawatch.cli.links import print_report
from mediawatch.domain import (
    Account,
    FiledStatus,
    Filing,
    LookKind,
    MatchedBy,
    NewAccount,
    Outcome,
    Post,
    ProvisionalId,
    RegistryChanges,
    Sight,
    Source,
    UserError,
)
from mediawatch.people.forms.link_answer import answers_of, write_answer
from mediawatch.people.link_files import FoundLink, LinkRow, collect, read_links
from mediawatch.people.link_matching import place
from mediawatch.people.link_report import ASK, LinkEntry, LinkReport, LinkResult, as_table
from mediawatch.people.links import import_links, open_links
from mediawatch.ports import Store
from mediawatch.sweep.gate.pacing import Pacing
from mediawatch.table import to_csv
from mediawatch.workbooks.places import Place
from scrapers.platforms import SiteLooker
from scrapers.replica import Replica, World

NOW = datetime.fromisoformat("2022-12-31T20:00:00+08:00")
LONG = "https://mp.weixin.qq.com/s?__biz=MzAwMDAwMDAwMQ==&mid=2247000001&idx=1&sn=ab12"
BIZ, GH, NAME = "MzAwMDAwMDAwMQ==", "gh_00000000000a", "示例市第一测试局"
NOTHING = io.BytesIO()


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (f"见{S}AbC-_123456789012345678，请查收", [f"{S}AbC-_123456789012345678"]),
        ("mp.weixin.qq.com/s/ExampleToken0000000001", [f"{S}ExampleToken0000000001"]),
        (
            "HTTP://MP.WEIXIN.QQ.COM/s/ExampleToken0000000001?scene=1#rd",
            [f"{S}ExampleToken0000000001"],
        ),
        (
            f"1、{S}ExampleToken0000000001；2、{S}ExampleToken0000000002。",
            [f"{S}ExampleToken0000000001", f"{S}ExampleToken0000000002"],
        ),
        (f"({LONG}#rd)", [LONG]),
        (LONG.replace("&", "&amp;"), [LONG]),
        (
            (
                "https://mp.weixin.qq.com/cgi-bin/home https://mp.weixin.qq.com/s "
                "https://example.com/s/ExampleToken0000000001"
            ),
            [],
        ),
        ("https://mp.weixin.qq.com/s?", []),
        ("", []),
    ],
)
def test_links_of_a_text(text: str, links: list[str]) -> None:
    assert list(read_links(text).articles) == links


def test_two_links_of_one_article_have_one_key() -> None:
    assert (
        article_key(LONG)
        == article_key(LONG + "&chksm=ff&scene=21")
        != article_key(LONG.replace("mid=2", "mid=3"))
    )
    assert article_key(f"{S}ExampleToken0000000001") != article_key(f"{S}ExampleToken0000000002")


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def letter(
    path: Path,
    body: str,
    *,
    targets: tuple[str, ...] = (),
    more: dict[str, str] | None = None,
    opening: str = "",
) -> Path:
    """A .docx as Word writes it, of its parts that matter here."""
    relations = "".join(
        (
            f'<Relationship Id="rId{number}" Type="{OFFICE}/hyperlink" '
            f'Target="{html.escape(target)}" TargetMode="External"/>'
        )
        for number, target in enumerate(targets, 1)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "word/document.xml",
            (
                f'{opening}<w:document xmlns:w="{WORD}" '
                f'xmlns:r="{OFFICE}"><w:body>{body}</w:body></w:document>'
            ),
        )
        package.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{PACKAGE}">{relations}</Relationships>',
        )
        for name, xml in (more or {}).items():
            package.writestr(name, xml)
    return path


def paragraph(*runs: str, around: str = "") -> str:
    return (
        f"<w:p>{''.join(f'<w:r><w:t>{html.escape(run)}</w:t></w:r>' for run in runs)}{around}</w:p>"
    )


def test_letters_are_read_for_their_links(tmp_path: Path) -> None:
    cell = f"<w:tbl><w:tr><w:tc>{paragraph(f'二、{S}ExampleToken0000000002')}</w:tc></w:tr></w:tbl>"
    box = f"<w:r><w:pict><w:txbxContent>{paragraph(f'{S}ExampleToken0000000004')}</w:txbxContent></w:pict></w:r>"
    behind = '<w:hyperlink r:id="rId1"><w:r><w:t>点此查看</w:t></w:r></w:hyperlink>'
    code = f'<w:r><w:instrText> HYPERLINK "{S}ExampleToken0000000005" </w:instrText></w:r>'
    body = (
        paragraph("一、https://mp.weixin", ".qq.com/s/Example", "Token0000000001，请查收")
        + cell
        + paragraph("", around=behind)
        + paragraph("又", around=box)
        + paragraph("", around=code)
        + paragraph("另有 https://weibo.com/u/9990000001")
    )
    footer = f'<w:ftr xmlns:w="{WORD}">{paragraph(f"{S}ExampleToken0000000006")}</w:ftr>'
    path = letter(
        tmp_path / "回复.docx",
        body,
        targets=(f"{S}ExampleToken0000000003?scene=1&a=2",),
        more={"word/footer1.xml": footer},
    )
    found = collect([str(path)], NOTHING)
    assert [link.url.removeprefix(f"{S}ExampleToken000000000") for link in found.links] == [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
    ]
    assert [link.places[0].row for link in found.links] == [1, 2, 3, 5, 6, 1]
    assert [(str(place), url) for place, url in found.unused] == [
        (f"{path}, row 7", "https://weibo.com/u/9990000001")
    ]


def test_a_chat_in_a_letter_is_read_message_by_message(tmp_path: Path) -> None:
    body = "".join(
        map(
            paragraph,
            (
                "张三(示例局) 2022-12-31 10:02:11",
                f"{S}ExampleToken00",
                "00000001，请查收",
                "[链接] 标题",
            ),
        )
    )
    found = collect([str(letter(tmp_path / "群聊.docx", body))], NOTHING, today=date(2022, 12, 31))
    (link,) = found.links
    assert (link.url, [said.by for said in link.sayings.values()]) == (
        f"{S}ExampleToken0000000001",
        ["张三(示例局)"],
    )
    assert found.cards == (), "the message holds a link"


@pytest.mark.parametrize("opening", ['<!DOCTYPE x [<!ENTITY a "b">]>', "<"])
def test_a_letter_of_another_make_is_refused(tmp_path: Path, opening: str) -> None:
    path = letter(tmp_path / "a.docx", paragraph(f"{S}ExampleToken0000000001"), opening=opening)
    with pytest.raises(UserError, match=r"a\.docx"):
        collect([str(path)], NOTHING)


def test_a_letter_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    many = paragraph("长" * 1000) * 25_000
    with pytest.raises(UserError, match="copy the links"):
        collect([str(letter(tmp_path / "a.docx", many))], NOTHING)


def test_wrapped_links_are_opened_and_what_is_no_article_is_told(tmp_path: Path) -> None:
    check = "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x"
    inner = "%3A%2F%2Fmp.weixin.qq.com%2Fs%2FExampleToken0000000001"
    file = tmp_path / "a.txt"
    file.write_text(
        f"推文:{check}&target_url=https{inner}，谢谢\n{check}\n{S}ExampleToken0000000001\n", "utf-8"
    )
    found = collect([str(file)], NOTHING)
    assert [(link.url, [place.row for place in link.places]) for link in found.links] == [
        (f"{S}ExampleToken0000000001", [1, 3])
    ]
    assert [(place.row, url) for place, url in found.unused] == [(2, check)]
    assert article_key(f"{check}&target_url=https{inner}") == article_key(
        f"{S}ExampleToken0000000001"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.txt").write_text(
        f"回复:\r\n{S}ExampleToken0000000001\r\n又 {S}ExampleToken0000000001\r\n", "utf-8-sig"
    )
    (tmp_path / "sub" / "b.csv").write_bytes(
        (
            f'单位,链接\r\n甲,{S}ExampleToken0000000002\r\n乙,"两行\n{S}ExampleToken0000000001"\r\n'
        ).encode("gb18030")
    )
    (tmp_path / "sub" / "wide.log").write_text(f"{S}ExampleToken0000000003", "utf-16")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "回复"
    sheet.append(["单位", "链接"])
    sheet.append(["甲", f"已发 {S}ExampleToken0000000004"])
    sheet.append(["乙", "点此查看"])
    sheet["B3"].hyperlink = f"{S}ExampleToken0000000005"
    sheet["B4"] = f'=HYPERLINK("{LONG}","文章")'
    book.create_sheet("第二页").append([f"{S}ExampleToken0000000001"])
    book.save(tmp_path / "c.xlsx")
    old = xlwt.Workbook()
    old.add_sheet("旧").write(2, 1, f"{S}ExampleToken0000000006")
    old.save(str(tmp_path / "d.xls"))
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / ".hidden").write_text(f"{S}ExampleToken0000000009")
    (tmp_path / "~$c.xlsx").write_bytes(b"\0")
    return tmp_path


def test_a_folder_is_read_file_by_file_and_every_article_once(folder: Path) -> None:
    found = collect([str(folder)], NOTHING)
    where = {
        link.url.removeprefix(S): [str(place).removeprefix(f"{folder}/") for place in link.places]
        for link in found.links
    }
    assert where == {
        "ExampleToken0000000001": [
            "a.txt, row 2",
            "a.txt, row 3",
            'c.xlsx, sheet "第二页", row 1',
            "sub/b.csv, row 3",
        ],
        "ExampleToken0000000004": ['c.xlsx, sheet "回复", row 2'],
        "ExampleToken0000000005": ['c.xlsx, sheet "回复", row 3'],
        LONG: ['c.xlsx, sheet "回复", row 4'],
        "ExampleToken0000000006": ['d.xls, sheet "旧", row 3'],
        "ExampleToken0000000002": ["sub/b.csv, row 2"],
        "ExampleToken0000000003": ["sub/wide.log, row 1"],
    }
    assert [name for name, _ in found.files] == ["a.txt", "c.xlsx", "d.xls", "b.csv", "wide.log"]
    assert len(found.skipped) == 1
    assert "picture.png" in found.skipped[0]


def test_standard_input_and_a_csv_with_an_open_quotation_mark(tmp_path: Path) -> None:
    (tmp_path / "open.csv").write_text(f'甲,"没有关上\n{S}ExampleToken0000000002', "utf-8")
    found = collect(
        ["-", str(tmp_path / "open.csv")], io.BytesIO(f"{S}ExampleToken0000000001\n".encode())
    )
    assert [str(link.places[0]) for link in found.links] == [
        "-, row 1",
        f"{tmp_path / 'open.csv'}, row 2",
    ]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("missing.txt", None),
        ("a.xlsx", b"PK\x03\x04 broken"),
        ("a.txt", b"text\0text"),
        ("a.pdf", b"%PDF-1.4 x"),
    ],
)
def test_a_named_file_that_cannot_be_read_is_refused(
    tmp_path: Path, name: str, body: bytes | None
) -> None:
    if body is not None:
        (tmp_path / name).write_bytes(body)
    with pytest.raises(UserError, match=name):
        collect([str(tmp_path / name)], NOTHING)


def account(
    number: int = 1, name: str = NAME, links: tuple[str, ...] = (), **filed: str
) -> Account:
    return Account(id=number, filed=Filing(name=name, platform="wechat", **filed), links=links)


def shown(outcome: Outcome = Outcome.OK, **seen: str) -> Sight:
    posts = (
        (Post(on=date(2022, 12, 30), link=f"{S}ExampleToken0000000001"),)
        if outcome is Outcome.OK
        else ()
    )
    known = {"name": NAME, "platform_id": BIZ, "original_id": GH, **seen}
    return Sight(surface="wechat.article", read_at=NOW, outcome=outcome, posts=posts, **known)


LINK = FoundLink(f"{S}ExampleToken0000000001", ())
ID = {"platform_id": BIZ}


@pytest.mark.parametrize(
    ("accounts", "sight", "result", "tie"),
    [
        ([account(**ID)], shown(), LinkResult.MATCHED, MatchedBy.ID),
        (
            [account(platform_id="3000000001")],
            shown(name="改名后"),
            LinkResult.MATCHED,
            MatchedBy.ID,
        ),
        ([account(original_id=GH.upper())], shown(), LinkResult.MATCHED, MatchedBy.ID),
        ([account(**ID), account(2, **ID)], shown(), LinkResult.MATCHED, MatchedBy.ID),
        ([account(links=(LINK.url,))], shown(), LinkResult.MATCHED, MatchedBy.NAME),
        (
            [account(links=(LINK.url,))],
            shown(name="示例市第一測試局"),
            LinkResult.MATCHED,
            MatchedBy.NAME,
        ),
        # A 微信号 that is filed as the id says nothing of a biz.
        (
            [account(links=(LINK.url,), platform_id="shili_fabu")],
            shown(),
            LinkResult.MATCHED,
            MatchedBy.NAME,
        ),
        ([account(links=(LINK.url,))], shown(name=""), LinkResult.MATCHED, MatchedBy.URL),
        ([account(links=(LINK.url,))], shown(name="改名后"), LinkResult.PROPOSED, None),
        (
            [account(links=(LINK.url,), alias="shili")],
            shown(name="改名后"),
            LinkResult.PROPOSED,
            None,
        ),
        (
            [account(links=(LINK.url,), **ID)],
            shown(name="改名后", platform_id="", original_id=""),
            LinkResult.PROPOSED,
            None,
        ),
        (
            [account(links=(LINK.url,), platform_id="MzAwMDAwMDAwMg==")],
            shown(name="别家"),
            LinkResult.FOREIGN,
            None,
        ),
        ([account()], shown(), LinkResult.PROPOSED, None),
        ([account(name=" 示例市第一测试局 ")], shown(), LinkResult.PROPOSED, None),
        ([account(), account(2)], shown(), LinkResult.AMBIGUOUS, None),
        (
            [account(), account(2, platform_id="MzAwMDAwMDAwMg==")],
            shown(),
            LinkResult.PROPOSED,
            None,
        ),
        ([account(platform_id="MzAwMDAwMDAwMg==")], shown(), LinkResult.FOREIGN, None),
        ([account(original_id="gh_ffffffffffff", **ID)], shown(), LinkResult.FOREIGN, None),
        ([account(name="别的")], shown(), LinkResult.FOREIGN, None),
        ([], shown(), LinkResult.FOREIGN, None),
        ([account(**ID)], shown(Outcome.NO_EVIDENCE), LinkResult.DEAD, None),
        ([account(**ID)], shown(Outcome.CANCELLED), LinkResult.DEAD, None),
        ([account(**ID)], shown(Outcome.CAPTCHA), LinkResult.NOT_OPENED, None),
        ([account(**ID)], shown(Outcome.RATE_LIMITED), LinkResult.NOT_OPENED, None),
        ([account(**ID)], shown(Outcome.CHANGED), LinkResult.UNREAD, None),
        (
            [account(**ID)],
            shown(Outcome.CHANGED, detail="unknown article page: '链接已过期'"),
            LinkResult.DEAD,
            None,
        ),
        (
            [account(**ID)],
            shown(Outcome.CHANGED, detail="unknown article page: '参数错误'"),
            LinkResult.DEAD,
            None,
        ),
        ([account(**ID)], shown(Outcome.UNREACHABLE), LinkResult.UNREAD, None),
    ],
)
def test_whose_link_it_is(
    accounts: Sequence[Account], sight: Sight, result: LinkResult, tie: MatchedBy | None
) -> None:
    entry = place(LINK, sight, accounts)
    assert entry.result is result
    assert (entry.sight and entry.sight.matched_by) is tie


@pytest.mark.parametrize("link", [LINK, replace(LINK, hinted_id=1), replace(LINK, account_id=1)])
def test_a_page_that_was_taken_for_the_account_by_mistake_waits(link: FoundLink) -> None:
    doubted = replace(account(), disowned=frozenset({BIZ.rstrip("=")}))
    entry = place(link, shown(), [doubted])
    assert (entry.result, entry.sight and entry.sight.matched_by) == (LinkResult.PROPOSED, None)
    # Another filed account of that id has it, and so has this one once the id is filed.
    for own in (account(2, **ID), replace(account(**ID), disowned=doubted.disowned)):
        entry = place(link, shown(), [own] if own.id == 1 else [doubted, own])
        assert (entry.result, entry.accounts) == (LinkResult.MATCHED, (own,))


def test_an_answered_link_counts_unless_an_id_contradicts() -> None:
    answered = FoundLink(LINK.url, (), account_id=2)
    entry = place(answered, shown(), [account(), account(2)])
    assert (entry.result, [each.id for each in entry.accounts]) == (LinkResult.MATCHED, [2])
    entry = place(answered, shown(), [account(), account(2, name="别的")])
    assert (entry.result, [each.id for each in entry.accounts]) == (LinkResult.PROPOSED, [2]), (
        "an article of somebody else, perhaps"
    )
    assert (
        place(answered, shown(), [account(2, name="别的", platform_id="MzAwMDAwMDAwMg==")]).result
        is LinkResult.FOREIGN
    )


WORLD = World.parse(
    "platform,type,name,filing_number,platform_id,truth,shown_name,true_id,posts,articles\n"
    "wechat,微信公众号,示例市第一测试局,L1,MzAwMDAwMDAwMQ==,alive,示例市第一测试局(新),,"
    "2022-12-30;2022-11-01,1;2\n"
    "wechat,微信公众号,示例县第二测试站,L2,,alive,,MzAwMDAwMDAwMg==,2022-12-29,1\n"
    "wechat,微信公众号,没有备案的号,L3,,alive,,MzAwMDAwMDAwMw==,2022-12-28,1\n"
    "wechat,微信公众号,示例乡被删文章所,L4,,alive,,MzAwMDAwMDAwNA==,2022-12-27,1:deleted\n"
)
RENAMED, UNCHECKED, FOREIGN, DELETED = (each.known_links for each in WORLD.accounts)


@pytest.fixture
async def looks(executable: Path, tmp_path: Path) -> AsyncIterator[SiteLooker]:
    async with (
        Replica(WORLD, now=lambda: NOW, key=key()) as replica,
        facing(replica, executable, lambda: NOW) as browser,
    ):
        yield SiteLooker(browser, tmp_path / "sessions")


async def filed_in(store: Store) -> list[Account]:
    filed = [
        Filing(name=each.filed["name"], platform="wechat", platform_id=each.filed["platform_id"])
        for each in WORLD.accounts
    ]
    source = Source(file="registry.xlsx", sha256="0" * 64, at=datetime(2022, 1, 1, tzinfo=UTC))
    new = tuple(NewAccount(filed=each) for each in filed if each.name != "没有备案的号")
    await store.accounts.apply(RegistryChanges(source=source, new=new))
    return await store.accounts.all()


async def test_an_import_keeps_what_is_tied_by_id_and_reports_the_rest_by_row(
    store: Store, looks: SiteLooker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    renamed, *_ = await filed_in(store)
    file = tmp_path / "replies.txt"
    file.write_text("\n".join([LONG, *RENAMED, *UNCHECKED, *FOREIGN, *DELETED, *RENAMED]), "utf-8")
    found = collect([str(file)], NOTHING)
    report = await import_links(
        found, store=store, looker=looks, gate=Pacing(scale=0), now=lambda: NOW
    )
    results = [
        LinkResult.NOT_OPENED,
        LinkResult.MATCHED,
        LinkResult.MATCHED,
        LinkResult.PROPOSED,
        LinkResult.FOREIGN,
        LinkResult.DEAD,
    ]
    assert [entry.result for entry in report.entries] == results

    kept = await store.readings.by_account()
    assert list(kept) == [renamed.id]
    reading = kept[renamed.id][0]
    assert (reading.look, reading.matched_by, reading.name) == (
        LookKind.LINK,
        MatchedBy.ID,
        "示例市第一测试局(新)",
    )
    assert reading.latest is not None
    assert (reading.latest.on, reading.latest.link) == (date(2022, 12, 30), RENAMED[0])
    assert {link for each in await store.accounts.all() for link in each.links} == set(RENAMED)
    assert [
        (source.file, kind) for source, kind in await store.accounts.sources() if kind == "links"
    ] == [("replies.txt", "links")]

    print_report(report)
    out = capsys.readouterr()
    assert (
        f'{file}, row 2; {file}, row 7: {RENAMED[0]}: now called "示例市第一测试局(新)", '
        "filed as 示例市第一测试局"
    ) in out.out
    assert f'{file}, row 5: {FOREIGN[0]}: foreign "没有备案的号"' in out.out
    assert out.out.endswith("6 links: 2 matched, 1 proposed, 1 foreign, 1 dead, 1 not opened\n")
    assert "run the same import again" in out.err
    csv = to_csv(as_table(report)).decode("utf-8-sig").splitlines()
    assert len(csv) == 1 + len(file.read_text("utf-8").splitlines())
    assert ["2022-12-29" in line and "请确认" in line for line in csv].count(True) == 1

    again = await open_links(
        found.links, store=store, looker=looks, gate=Pacing(scale=0), now=lambda: NOW
    )
    assert [entry.result for entry in again.entries if entry.result is LinkResult.KNOWN] == [
        LinkResult.KNOWN
    ] * 2
    assert len((await store.readings.by_account())[renamed.id]) == 2


async def test_after_a_captcha_nothing_more_is_opened(store: Store, looks: SiteLooker) -> None:
    await filed_in(store)
    links = [
        FoundLink(LONG, ()),
        FoundLink(LONG.replace("mid=2", "mid=3"), ()),
        FoundLink(RENAMED[0], ()),
    ]
    report = await open_links(
        links, store=store, looker=looks, gate=Pacing(scale=0), now=lambda: NOW
    )
    assert [entry.result for entry in report.entries] == [
        LinkResult.NOT_OPENED,
        LinkResult.NOT_OPENED,
        LinkResult.MATCHED,
    ]
    assert [entry.sight is None for entry in report.entries] == [False, True, False]


def test_an_article_without_a_time_is_matched_and_said_to_have_none() -> None:
    entry = place(LINK, replace(shown(), posts=()), [account(**ID)])
    assert (entry.result, entry.detail, entry.published_on) == (
        LinkResult.MATCHED,
        "the page shows no time of publishing",
        None,
    )


async def test_a_dead_link_drawn_by_a_script_is_told_as_dead(
    store: Store, executable: Path, tmp_path: Path
) -> None:
    await filed_in(store)
    words = "document.getElementById('app').textContent = '根据作者隐私设置，无法查看该内容'"
    pages = {
        "ExampleToken0000000031": (
            f'<html><body><div id="app"></div><script>setTimeout(() => {{ {words}; }}, '
            "200)</script></body></html>"
        ),
        "ExampleToken0000000032": '<html><body><div class="weui-msg__title">该内容已被删除</div></body></html>',
        "ExampleToken0000000033": '<html><body><div class="weui-msg__title">从未见过的话</div></body></html>',
    }
    case = composed(*((S + token, page) for token, page in pages.items()), platform="wechat")
    async with (
        Replica(WORLD, now=lambda: NOW, overlay=case, key=key()) as replica,
        facing(replica, executable, lambda: NOW) as browser,
    ):
        links = [FoundLink(S + token, ()) for token in pages]
        looks = SiteLooker(browser, tmp_path / "sessions")
        report = await open_links(
            links, store=store, looker=looks, gate=Pacing(scale=0), now=lambda: NOW
        )
    assert [entry.result for entry in report.entries] == [
        LinkResult.DEAD,
        LinkResult.DEAD,
        LinkResult.UNREAD,
    ]


def test_a_link_to_no_article_is_reported_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place("a.txt", "", 3)
    report = LinkReport(unused=((place, "https://weibo.com/u/1"),))
    print_report(report)
    assert (
        "a.txt, row 3: https://weibo.com/u/1: no WeChat article, not opened"
        in capsys.readouterr().err
    )
    assert "a.txt,,3,https://weibo.com/u/1,不是微信公众号文章的链接，没有打开" in to_csv(
        as_table(report)
    ).decode("utf-8-sig").replace('"', "")


def test_the_command_refuses_what_holds_no_link(tmp_path: Path) -> None:
    assert in_process("--home", tmp_path / "home", "init").returncode == 0
    done = in_process("--home", tmp_path / "home", "links", "import", "-", given="没有链接")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no article link" in done.stderr
    many = "\n".join(f"https://weibo.com/u/{number}" for number in range(30))
    done = in_process("--home", tmp_path / "home", "links", "import", "-", given=many)
    assert done.stderr.count("is none") == 3
    assert done.stderr.rstrip().endswith("; and 27 more such")


TOKEN = "ExampleToken0000000001"


@pytest.mark.parametrize("link", wrapped_links(TOKEN))
def test_a_wrapped_link_is_taken_out_of_its_page(link: str) -> None:
    assert read_links(f"请看{link}，谢谢").articles == (S + TOKEN,)


@pytest.mark.shared
def test_files_of_the_field_give_their_links() -> None:
    shared = Path(__file__).resolve().parents[3] / "shared" / "files"
    found = collect([str(shared)], NOTHING)
    assert [link.url.removeprefix(S) for link in found.links] == [
        "CaseFieldCaptchaWrap01",
        "CaseFieldDocx000000001",
    ]
    assert len(found.links[0].places) == 2
    assert found.skipped == ()


def result(kind: LinkResult, *accounts: Account, link: FoundLink = LINK, **seen: str) -> LinkEntry:
    sight = shown(**seen) if seen else None
    return LinkEntry(link=link, result=kind, accounts=accounts, sight=sight)


@pytest.mark.parametrize(
    ("entry", "sort", "reason", "ask"),
    [
        (
            result(LinkResult.MATCHED, account(), name=NAME),
            "本账号",
            "发布于2022年12月30日，已计入",
            "",
        ),
        (
            result(LinkResult.MATCHED, account(), name="改名后"),
            "本账号",
            "发布于2022年12月30日，已计入；文章页显示的名称为“改名后”，与备案名称不同，请核对备案",
            "",
        ),
        (result(LinkResult.KNOWN, account()), "本账号", "此前已核对过", ""),
        (
            result(LinkResult.MATCHED, account(2), link=replace(LINK, hinted_id=1), name=NAME),
            "他人",
            "是台账内另一账号的文章",
            ASK,
        ),
        (result(LinkResult.FOREIGN, name="别的号"), "他人", "文章页显示的账号为“别的号”", ASK),
        (result(LinkResult.DEAD), "失效", "链接已失效", ASK),
        (
            result(LinkResult.PROPOSED, account(), name=NAME),
            "待定",
            "尚无备案ID",
            "请提供该账号的原始ID",
        ),
        (
            result(LinkResult.AMBIGUOUS, account(), name=NAME),
            "待定",
            "多个账号名为",
            "请注明备案单号",
        ),
        (result(LinkResult.UNREAD), "待定", "未能读出", "无须补发，稍后再次打开"),
        (result(LinkResult.NOT_OPENED), "待定", "尚未打开", "无须补发，稍后再次打开"),
    ],
)
def test_each_result_is_answered(entry: LinkEntry, sort: str, reason: str, ask: str) -> None:
    row = LinkRow(place=Place("a.txt", "", 3), text="请查收", urls=(LINK.url,))
    (answer,) = answers_of([row], LinkReport(entries=[entry]))
    assert (answer.result, answer.ask) == (sort, ask)
    assert answer.reason.startswith(reason) or reason in answer.reason


def test_the_report_says_how_many_rows_it_has(tmp_path: Path) -> None:
    """One link that four lines hold has four rows."""
    home, out = tmp_path / "home", tmp_path / "报告.csv"
    in_process("--home", home, "init")
    filed = text_file(tmp_path, "政务新媒体名称,类型\n示例,微信公众号\n", "台账.csv")
    in_process("--home", home, "registry", "import", filed)
    file = text_file(tmp_path, f"{LINK.url}\n" * 4)
    words = ("links", "import", file, "--dry-run", "--report", out)
    done = in_process("--home", home, *words)
    assert f"{out}: 4 rows" in done.stdout, done.stderr
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 5


@pytest.mark.parametrize("status", [FiledStatus.CLOSED, FiledStatus.DEREGISTERED])
def test_no_article_is_asked_of_a_closed_account(status: FiledStatus) -> None:
    closed = Account(id=1, filed=Filing(name=NAME, platform="wechat", status=status))
    row = LinkRow(place=Place("a.txt", "", 3), text="请查收", urls=(LINK.url,))
    row = replace(row, others=("https://weibo.com/u/1",), card="标题", account=closed)
    entries = [result(LinkResult.DEAD)]
    asked = [answer.ask for answer in answers_of([row], LinkReport(entries=entries))]
    assert asked == ["", "", ""]
    row = replace(row, account=account())
    asked = [answer.ask for answer in answers_of([row], LinkReport(entries=entries))]
    assert all(asked)


def test_an_answer_keeps_the_rows_of_a_chat_in_their_order(tmp_path: Path) -> None:
    """Hostile words stay words, folders stay at home, and nothing is written over."""
    file = text_file(
        tmp_path,
        "=cmd|张三 2022-12-31 10:02\n[链接] =1+1\n"
        f"李四 2022-12-31 10:05\n{LINK.url} https://weibo.com/u/1\n",
        "群聊.txt",
    )
    found = collect([str(file)], NOTHING, today=date(2022, 12, 31))
    entry = result(LinkResult.FOREIGN, name='=HYPERLINK("http://x")')
    path = tmp_path / "答复.xlsx"
    assert write_answer(path, answers_of(found.rows, LinkReport(entries=[entry])), now=NOW) == 3
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[2], row[3], row[5], row[6]) for row in rows] == [
        ("第2行", "=cmd|张三 2022-12-31 10:02", None, "待定"),
        ("第4行", "李四 2022-12-31 10:05", LINK.url, "他人"),
        ("第4行", "李四 2022-12-31 10:05", "https://weibo.com/u/1", "待定"),
    ]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert {row[1] for row in rows} == {"群聊.txt"}
    with pytest.raises(UserError, match="exists already"):
        write_answer(path, [], now=NOW)


@pytest.mark.parametrize(
    ("hinted", "accounts", "sight", "kind"),
    [
        (1, [account()], shown(), LinkResult.MATCHED),
        (None, [account()], shown(), LinkResult.PROPOSED),
        # A page without a name is tied by nobody's word.
        (1, [account()], shown(name=""), LinkResult.FOREIGN),
        (1, [account()], shown(name="示例市第一测试局官方"), LinkResult.FOREIGN),
        (1, [account(), account(2)], shown(), LinkResult.AMBIGUOUS),
        (1, [account(platform_id="MzAwMDAwMDAwMg==")], shown(), LinkResult.FOREIGN),
        (2, [account(), account(2, name="别的")], shown(), LinkResult.PROPOSED),
        (2, [account(**ID), account(2, name="别的")], shown(), LinkResult.MATCHED),
    ],
)
def test_what_others_name_needs_the_page(
    hinted: int | None, accounts: list[Account], sight: Sight, kind: LinkResult
) -> None:
    entry = place(replace(LINK, hinted_id=hinted), sight, accounts)
    assert entry.result is kind
    if kind is LinkResult.MATCHED:
        assert [each.id for each in entry.accounts] == [1]
        assert entry.sight
        by_word = entry.sight.matched_by is MatchedBy.NAME
        assert ("依他人提供的链接" in entry.sight.detail) is by_word


def test_a_provisional_id_bears_out_what_others_name_or_leaves_it_open() -> None:
    found = ProvisionalId(account_id=1, value=BIZ, name=NAME, on=NOW.date())
    named = replace(LINK, hinted_id=1)
    own = place(named, shown(), [replace(account(), provisional=found)])
    assert own.result is LinkResult.MATCHED
    assert own.sight
    assert (own.sight.matched_by, own.sight.provisional) == (MatchedBy.NAME, BIZ)
    assert f"依暂用标识 {BIZ}" in own.sight.detail
    other = replace(found, value="MzAwMDAwMDAwMg==")
    # A gh_ id alone cannot be compared with it: the page may be a homonym's, too.
    for seen in (shown(), shown(platform_id="")):
        entry = place(named, seen, [replace(account(), provisional=other)])
        assert (entry.result, entry.sight) == (LinkResult.PROPOSED, seen)
    refused = replace(account(), disowned=frozenset({BIZ}))
    assert place(named, shown(), [refused]).result is LinkResult.PROPOSED
    nameless = place(
        named, shown(platform_id="", original_id=""), [replace(account(), provisional=other)]
    )
    assert nameless.result is LinkResult.MATCHED
    assert nameless.sight
    assert not nameless.sight.provisional
