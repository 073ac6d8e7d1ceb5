"""The scenes of the fault table: how accounts are filed, what logins there are, and which surfaces
look at them then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class TruthOf(StrEnum):
    FRESH = "fresh"
    STALE = "stale"
    GONE = "gone"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """How accounts of a platform are filed and what logins there are: by this, which of its
    surfaces look at them.
    """

    name: str
    platform: str
    surfaces: tuple[str, ...]
    logins: tuple[str, ...] = ()
    by_name: bool = False
    """Filed under a name alone. Then a renamed account is one that is not there."""
    lists_open: bool = True
    """Whether WeChat's back office lists the articles of other accounts."""
    aside: bool = True
    tells_gone: bool = True
    """Whether these surfaces can prove that an account is not there."""
    tells_stale: bool = True
    """Whether these surfaces can prove that an account is silent."""
    owns: bool = False
    """Whether the login is the account's own (Tieba)."""
    newest: date | None = date(2022, 12, 30)
    """What a look reads of a sound account that posted on 2022-12-30; None where these surfaces
    show no date.
    """

    @property
    def own(self) -> bool:
        """Whether its accounts are the operator's own: a login has one."""
        return self.owns or "wechat.own" in self.surfaces or self.by_key

    @property
    def by_key(self) -> bool:
        """Whether its surface asks an official interface, by the key of the operator's account."""
        return "wechat.statistics" in self.surfaces

    @property
    def site(self) -> str:
        """Whose answers are spoiled."""
        if self.by_key:
            return "wechat-api"
        reads = any(name.startswith("wechat.reader_") for name in self.surfaces)
        return "weread" if reads else self.platform

    @property
    def truths(self) -> tuple[TruthOf, ...]:
        without = (
            {TruthOf.RENAMED}
            if self.by_name
            else {TruthOf.RENAMED, TruthOf.GONE}
            if self.own
            else {}
        )
        return tuple(truth for truth in TruthOf if truth not in without)


SCENES = {
    scene.platform: scene
    for scene in (
        Scene(name="toutiao", platform="toutiao", surfaces=("toutiao.profile",), aside=False),
        Scene(
            name="weibo",
            platform="weibo",
            surfaces=("weibo.mobile", "weibo.desktop"),
            logins=("weibo",),
            aside=False,
        ),
        Scene(
            name="douyin",
            platform="douyin",
            surfaces=("douyin.profile",),
            logins=("douyin",),
            aside=False,
        ),
        Scene(
            name="wechat",
            platform="wechat",
            surfaces=("wechat.article", "wechat.search", "wechat.list"),
            logins=("wechat",),
            aside=False,
        ),
        Scene(
            name="bilibili",
            platform="bilibili",
            surfaces=("bilibili.dynamic", "bilibili.space"),
            logins=("bilibili",),
            aside=False,
            tells_gone=False,
        ),
        Scene(
            name="kuaishou",
            platform="kuaishou",
            surfaces=("kuaishou.profile",),
            logins=("kuaishou",),
            aside=False,
            tells_gone=False,
        ),
        Scene(
            name="tieba",
            platform="tieba",
            surfaces=("tieba.home",),
            logins=("tieba",),
            aside=False,
            tells_stale=False,
        ),
    )
}
"""The columns of the table, by platform."""
SURFACES = {platform: scene.surfaces for platform, scene in SCENES.items()}
ASIDE = (
    Scene(name="Weibo, a visitor", platform="weibo", surfaces=("weibo.mobile",)),
    Scene(
        name="Weibo, name search",
        platform="weibo",
        surfaces=("weibo.search",),
        logins=("weibo",),
        by_name=True,
        newest=None,
    ),
    Scene(name="Douyin, a visitor", platform="douyin", surfaces=("douyin.profile",)),
    Scene(
        name="Douyin, name search",
        platform="douyin",
        surfaces=("douyin.search", "douyin.profile"),
        logins=("douyin",),
        by_name=True,
    ),
    Scene(
        name="Kuaishou, a visitor",
        platform="kuaishou",
        surfaces=("kuaishou.profile",),
        tells_gone=False,
    ),
    Scene(
        name="Kuaishou, name search",
        platform="kuaishou",
        surfaces=("kuaishou.search", "kuaishou.profile"),
        logins=("kuaishou",),
        by_name=True,
        tells_gone=False,
    ),
    Scene(name="WeChat, albums", platform="wechat", surfaces=("wechat.article", "wechat.album")),
    Scene(
        name="WeChat, reader cover",
        platform="wechat",
        surfaces=("wechat.article", "wechat.reader_cover"),
        logins=("weread",),
    ),
    Scene(
        name="WeChat, reader list",
        platform="wechat",
        surfaces=("wechat.article", "wechat.reader_list"),
        logins=("weread",),
    ),
    Scene(
        name="WeChat, the office's own account",
        platform="wechat",
        surfaces=("wechat.own",),
        logins=("wechat",),
    ),
    Scene(
        name="WeChat, official interface",
        platform="wechat",
        surfaces=("wechat.statistics",),
        logins=("wechat-api",),
    ),
    Scene(
        name="WeChat, lists closed",
        platform="wechat",
        surfaces=SURFACES["wechat"],
        logins=("wechat",),
        lists_open=False,
        newest=date(2022, 11, 10),
    ),
    Scene(
        name="Bilibili, a visitor",
        platform="bilibili",
        surfaces=("bilibili.dynamic",),
        tells_gone=False,
    ),
    Scene(
        name="Bilibili, name search",
        platform="bilibili",
        surfaces=("bilibili.search", "bilibili.dynamic", "bilibili.space"),
        logins=("bilibili",),
        by_name=True,
        tells_gone=False,
    ),
    Scene(name="Tieba, a visitor", platform="tieba", surfaces=("tieba.home",), tells_stale=False),
    Scene(
        name="Tieba, the account's own login",
        platform="tieba",
        surfaces=("tieba.home",),
        logins=("tieba",),
        owns=True,
    ),
)
"""What the searches, albums, 微信读书, the own back office, the official interface, visitors and
closed lists are played in.
"""
