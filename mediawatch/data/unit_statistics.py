#!/usr/bin/env python3
"""公众号发布情况自查（单位使用）

一、用途
    用微信官方的数据接口，查本单位公众号近几日哪些天有发表内容，写成一个表格（csv），
    交给检查机关作为线索。AppID和AppSecret只在本机使用，不写入结果，不要发给任何人，
    包括检查机关。

二、准备
    1. 一台装有Python（3.8或以上）的电脑，能够访问 api.weixin.qq.com。不需要安装别的软件。
    2. 公众号后台“设置与开发”中的AppID、AppSecret，并把这台电脑的公网地址加入“IP白名单”。
       只有已认证的公众号可以使用该接口。不会使本单位其他系统正在使用的凭证失效。

三、使用
    1. 打开命令行，进入本文件所在的文件夹，输入：python unit_statistics.py
    2. 按提示输入公众号名称、原始ID（gh_开头，可不填）、AppID、AppSecret（输入时不显示）和天数。
    3. 结果写入同一文件夹的“发布情况-公众号名称-日期.csv”。核对后交给检查机关。

四、说明
    接口的数据截至昨日，可能有延迟。没有列出的日期不等于没有更新，请另附最新一篇文章的链接。
"""

from __future__ import annotations

import csv
import getpass
import http.client
import io
import json
import re
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, NoReturn

TOKEN = "https://api.weixin.qq.com/cgi-bin/stable_token"
DAY = "https://api.weixin.qq.com/datacube/getarticletotaldetail"
COLUMNS = ("公众号名称", "原始ID", "日期", "标题", "链接")
BEIJING = timezone(timedelta(hours=8))
MOST_DAYS = 90
PAUSE = 1.0
"""两次查询之间的秒数。"""
TEXTS = {
    40001: "AppSecret或凭证无效",
    40013: "AppID无效",
    40125: "AppSecret无效",
    40164: "这台电脑的公网地址不在公众号的IP白名单中",
    42001: "凭证已过期，请重新运行",
    45009: "今天的查询次数已用完，请明天再试",
    48001: "该公众号不能使用此接口（未认证或没有权限）",
}


class Trouble(Exception):
    """一句话说明哪里出了问题。不含凭证。"""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """接口不会转到别的地址：凭证不跟去。"""

    def redirect_request(self, *given: Any, **named: Any) -> None:
        return None


def post(url: str, body: dict[str, Any], query: dict[str, str] | None = None) -> dict[str, Any]:
    """查询一次。地址里有凭证，所以出错时只说原因，不说地址。"""
    address = url + ("?" + urllib.parse.urlencode(query) if query else "")
    request = urllib.request.Request(
        address,
        data=json.dumps(body).encode("utf-8"),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.build_opener(NoRedirect).open(request, timeout=30) as reply:
            answer = json.loads(reply.read(20_000_000).decode("utf-8"))
    except urllib.error.HTTPError as error:
        raise Trouble(f"接口回答异常（HTTP {error.code}）") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise Trouble("接口的证书不被信任，请与网络管理员联系") from None
        raise Trouble("无法连接api.weixin.qq.com，请检查网络和代理") from None
    except (OSError, ValueError, http.client.HTTPException):
        raise Trouble("接口的回答读不出来，请稍后再试") from None
    if not isinstance(answer, dict):
        raise Trouble("接口的回答格式不符")
    code = answer.get("errcode")
    if code:
        raise Trouble(f"接口拒绝（{code}）：{TEXTS.get(code, '请按此代码查阅微信官方文档')}")
    return answer


def draw_token(app_id: str, app_secret: str) -> str:
    """取凭证。force_refresh为假：正在使用的凭证不会失效。"""
    answer = post(
        TOKEN,
        {
            "grant_type": "client_credential",
            "appid": app_id,
            "secret": app_secret,
            "force_refresh": False,
        },
    )
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        raise Trouble("没有取得凭证")
    return token


def read_day(token: str, on: date) -> tuple[list[tuple[str, str]], bool]:
    """某一日的标题和链接，以及该日数据是否有延迟。"""
    day = on.isoformat()
    answer = post(DAY, {"begin_date": day, "end_date": day}, {"access_token": token})
    entries, late = answer.get("list"), answer.get("is_delay")
    if not isinstance(entries, list) or not isinstance(late, bool):
        raise Trouble("接口的回答格式不符")
    found = []
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("ref_date") != day:
            raise Trouble("接口的回答格式不符")
        found.append((text_of(entry.get("title")), text_of(entry.get("content_url"))))
    return found, late


def text_of(value: object) -> str:
    """写入表格的文字：不换行，不会被电子表格当作公式。"""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def read_days(token: str, today: date, count: int) -> tuple[list[tuple[date, str, str]], int, str]:
    """从昨日往前逐日查。返回各条，有延迟的天数，以及中断的原因。"""
    found: list[tuple[date, str, str]] = []
    late = 0
    for number in range(1, count + 1):
        on = today - timedelta(days=number)
        time.sleep(PAUSE)
        try:
            entries, is_late = read_day(token, on)
        except Trouble as trouble:
            return found, late, f"{on.isoformat()}及以前没有查到：{trouble}"
        late += is_late
        found.extend((on, title, link) for title, link in entries)
    return found, late, ""


def write(name: str, original_id: str, today: date, found: list[tuple[date, str, str]]) -> Path:
    """写结果表格，不覆盖已有的文件。"""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for on, title, link in found:
        writer.writerow((name, original_id, on.isoformat(), title, link))
    shown = re.sub(r'[\\/:*?"<>|\s]', "", name)[:40]
    for number in range(1, 100):
        again = "" if number == 1 else f"-{number}"
        path = Path(f"发布情况-{shown}-{today.isoformat()}{again}.csv")
        try:
            with path.open("x", encoding="utf-8-sig", newline="") as file:
                file.write(table.getvalue())
        except FileExistsError:
            continue
        except OSError:
            raise Trouble("不能在这个文件夹写文件，请换一个文件夹") from None
        return path
    raise Trouble("这个文件夹里已有太多结果文件，请先移走")


def ask(label: str, shape: str, wanted: str, hidden: bool = False) -> str:
    """问到符合要求为止。"""
    while True:
        given = (getpass.getpass(label) if hidden else input(label)).strip()
        if re.fullmatch(shape, given):
            return given
        print("请输入" + wanted)


def main() -> None:
    print("公众号发布情况自查。AppSecret只在本机使用，不写入结果，不要发给任何人。")
    name = ask("公众号名称：", r".{1,60}", "公众号名称")
    original_id = ask("原始ID（gh_开头，可不填）：", r"(gh_\w{6,40})?", "gh_开头的原始ID，或者不填")
    app_id = ask("AppID：", r"wx\w{16}", "wx开头的18位AppID")
    app_secret = ask("AppSecret（输入时不显示）：", r"\w{32}", "32位AppSecret", hidden=True)
    days = int(ask(f"查近多少天（1-{MOST_DAYS}，一般填15）：", r"[1-9]|[1-8]\d|90", "1到90的整数"))
    today = datetime.now(BEIJING).date()
    found, late, broken = read_days(draw_token(app_id, app_secret), today, days)
    path = write(name, original_id, today, found)
    print(f"共{len(found)}条，已写入{path}")
    if late:
        print(f"其中{late}天的数据有延迟，可以过一天再查。")
    if broken:
        stop(broken)
    if not found:
        print("接口没有列出这些天的发表内容。这不等于没有更新，请提供最新一篇文章的链接。")


def stop(reason: str) -> NoReturn:
    print(reason, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        stop(str(trouble))
    except (KeyboardInterrupt, EOFError):
        stop("已中断，没有写结果。")
