"""What to mind of a finding by whom it was looked for: which filed keys were asked for. Pure.

An account may hide from a search, and one key may be mistyped. Neither is the account's absence.
What people found under a name alone may be another account's.
"""

from __future__ import annotations

from collections.abc import Iterable

from mediawatch.domain import (
    Code,
    Filing,
    Finding,
    LookKind,
    MatchedBy,
    Outcome,
    Reading,
    Sight,
    Tie,
)

_LOGINS = {
    "wechat": "微信读书登录",
    "weibo": "微博登录",
    "douyin": "抖音登录",
    "bilibili": "哔哩哔哩登录",
    "kuaishou": "快手登录",
}
"""With which the other key is asked for: WeChat's number by its reader, elsewhere the name."""
_MAY_BE = "可能因隐藏检索或标识填报有误，请人工核实"


def of_finding(finding: Finding, filed: Filing, readings: Iterable[Reading]) -> str:
    """In Chinese, without a full stop; "" where two filed ids were asked for in vain, or one was seen.

    `readings`: among them those that prove the finding. A person's own search needs no caution.
    """
    if finding.code.found_by_people:
        by_name = finding.tie is Tie.SEARCH and not filed.is_application
        return "仅以名称对应，未经备案标识核对，所见可能是同名账号，请人工核实" if by_name else ""
    proving = [reading for reading in readings if reading.id in finding.reading_ids]
    if finding.code is not Code.NOT_FOUND or any(
        reading.look is LookKind.PERSON for reading in proving
    ):
        return ""
    sights = [sight for reading in proving for sight in reading.sights]
    by_id = any(
        sight.outcome is Outcome.NOT_FOUND and sight.matched_by is MatchedBy.ID for sight in sights
    )
    searched = any(_is_search(sight) and _answered(sight) for sight in sights)
    if by_id and searched:
        # A name is no id: who hides from the search, and whose id is mistyped, looks the same.
        return "" if filed.alias.strip() else f"仅以备案的平台ID和名称核对，{_MAY_BE}"
    return _by_id_alone(filed) if by_id else _by_search_alone(filed, sights)


def _by_id_alone(filed: Filing) -> str:
    login = _LOGINS.get(filed.platform, "")
    unused = f"（名称检索须用{login}，核查时未用）" if login else ""
    return f"仅以备案的平台ID核对，未能以名称核对{unused}，{_MAY_BE}"


def _by_search_alone(filed: Filing, sights: Iterable[Sight]) -> str:
    number = filed.platform_id if not filed.identity.filed_word else ""
    untried = [
        word for word, value in (("平台ID", number), ("原始ID", filed.original_id)) if value.strip()
    ]
    if not untried:
        keys = "名称和微信号" if filed.platform == "wechat" else "名称"
        return f"仅以{keys}检索，未能以其他备案标识核对，{_MAY_BE}"
    read = any(sight.surface.startswith("wechat.reader") and _answered(sight) for sight in sights)
    login = _LOGINS.get(filed.platform, "")
    unused = f"（平台ID可用{login}核对，核查时未用）" if number and login and not read else ""
    return f"仅以名称和微信号检索，未能以备案的{'、'.join(untried)}核对{unused}，{_MAY_BE}"


def _is_search(sight: Sight) -> bool:
    return sight.surface.endswith(".search")


def _answered(sight: Sight) -> bool:
    return not sight.outcome.about_us or sight.outcome is Outcome.NO_EVIDENCE
