"""WeChat official accounts: the surfaces in order of cost, and known article links among them.

No open surface lists an account completely: articles, albums and 微信读书 give lower bounds. Only the
operator's own accounts can be read exactly, in their back office. `appmsgpublish` of other accounts
answers 200013 since 2026-07-29, at any pace: 200013 never says anything about an account. What
identifies one is `biz` (fakeid, the base64 of a number), `gh_…` and the 微信号; names change. Sources:
docs/platforms/wechat.md.
"""

from __future__ import annotations

from scrapers.privacy import viewers
from scrapers.surface import Scraper
from scrapers.wechat import back_office, reader, statistics
from scrapers.wechat.albums import Album
from scrapers.wechat.articles import SHORT_LINK, Article, LoneArticle
from scrapers.wechat.back_office import Search
from scrapers.wechat.back_office_lists import List, OwnAccount
from scrapers.wechat.reader_cover import ReaderArticle, ReaderCover
from scrapers.wechat.reader_list import ReaderList
from scrapers.wechat.statistics import StatisticsInterface

SCRAPER = Scraper(
    platform="wechat",
    surfaces=(
        StatisticsInterface(),
        OwnAccount(),
        Article(),
        Album(),
        ReaderCover(),
        ReaderArticle(ReaderCover.name),
        ReaderList(),
        ReaderArticle(ReaderList.name),
        Search(),
        List(),
    ),
    hosts=frozenset({"mp.weixin.qq.com"}),
    front="mp.weixin.qq.com",
    logins=(back_office.LOGIN, reader.LOGIN),
    keys=(statistics.KEY,),
    examples={
        "platform_id": "MzAwMDAwMDAwMA==",
        "article_links": "https://mp.weixin.qq.com/s/AAAAAAAAAAAAAAAAAAAAAA",
    },
    links=LoneArticle(),
    lasting=SHORT_LINK,
    viewer=viewers.wechat,
    others_marks=("#js_cmt_area", "#js_friend_cmt_area", ".discuss_container"),
    heavy=frozenset(
        {
            "*://mmbiz.qpic.cn/*",
            "*://mmbiz.qlogo.cn/*",
            "*://wx.qlogo.cn/*",
            "*://mpvideo.qpic.cn/*",
        }
    ),
)
