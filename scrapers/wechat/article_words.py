"""Words of the pages that stand in the place of an article of mp.weixin.qq.com."""

from __future__ import annotations

import re

from mediawatch.domain import Outcome

# Wordings of 2023 to 2026, 帐号 and 账号 both occur. About the account; no page with one of them is
# recorded:
OF_ACCOUNT = (
    (Outcome.CANCELLED, re.compile(r"[帐账]号已(?:自主|系统)?注销|[帐账]号已?被系统回收")),
    (
        Outcome.BANNED,
        re.compile(r"此[帐账]号已被屏蔽|[帐账]号已冻结|用户投诉[^。]{0,30}已限制跳转"),
    ),
    (Outcome.MIGRATED, re.compile(r"公众号已迁移|[帐账]号处于[帐账]号迁移流程")),
)
# About this one article, hence nothing about the account.
OF_ARTICLE = re.compile(
    r"已被(?:其?发布者|其?作者|系统)?删除|deleted by (?:the|its) author|因违规无法查看|涉嫌侵[权犯]|内容发送失败|发送失败无法查看"
    r"|作者隐私设置|无法查看该内容|需要权限(?:才可)?查看|(?:内容|文章)被多人投诉|(?:内容|文章)已被[^。]{0,12}辟谣",
    re.IGNORECASE,
)
TOO_OFTEN = re.compile(r"访问过于频繁")
WANTS_PERSON = re.compile(r"环境异常|去验证|完成验证后")
WANTS_CLIENT = re.compile(r"请在微信客户端打开")
FOOTER = re.compile(r"我要反馈|微信公众平台运营中心")
# WeChat renames what is gone: such a nick is a state, not a name.
GONE_NICK = re.compile(r"该?[帐账]号已(?:自主|系统)?注销")
MOVED_NICK = re.compile(r"transfer_\w+", re.IGNORECASE)
