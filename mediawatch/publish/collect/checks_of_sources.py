"""What must hold of a hand-off whose office collected others' (`collected`), in Chinese. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mediawatch.ops.settings.lower_offices import OWN
from mediawatch.publish.collect.checks_of_findings import is_sha256
from mediawatch.publish.handoff.parts import Handoff

SUMMED = "由报送单位汇总并确认"
"""In the remarks on a file: its office collected others' reports."""
_LEVELS = 4
_REMARK = 100
_NAMED = 5
"""So many of the missing ones are named."""
_NAME = 40
"""As long as the name of an office in `offices.toml` may be."""


def source_faults(document: Handoff) -> Iterator[str]:
    """Whose accounts they are must be said of each, and be one of the sources."""
    told = document.collected
    accounts = document.scope.accounts if document.scope else []
    senders = {tuple(each.reported_by) for each in accounts}
    if told is None:
        if any(senders):
            yield "有所属单位报送的账号，却未列明来源（collected）"
        return
    names = Counter(each.office for each in told.sources)
    if repeated := [name for name, count in names.items() if count > 1]:
        yield f"来源单位“{repeated[0][:_NAME]}”出现两次"
    for chain in sorted(filter(None, senders)):
        if len(chain) > _LEVELS or any(not _is_name(name) for name in chain):
            yield "所属报送单位的名称不规范"
        elif chain[0] not in names:
            yield f"所属报送单位“{chain[0]}”不在来源之列"
    if any(not _is_name(name) for name in (*names, *told.missing)):
        yield "来源单位的名称不规范"
    times = [at for each in told.sources for at in (each.received_at, each.signed_at) if at]
    if any(at.tzinfo is None for at in times):
        yield "来源文件的接收或签名时间没有时区"
    if any(not is_sha256(each.sha256) for each in told.sources):
        yield "来源文件没有有效的SHA-256"
    if told.missing and not document.preliminary:
        yield "所属单位尚未报齐，却未标明初步结果"


def source_remarks(document: Handoff) -> Iterator[str]:
    """What to mind of it: by whose word the accounts of lower offices stand."""
    if (told := document.collected) is None:
        return
    accounts = document.scope.accounts if document.scope else []
    reported = sum(bool(each.reported_by) for each in accounts)
    yield (
        f"含所属{len(told.sources)}个单位报送的{reported}个账号，{SUMMED}，"
        "所属单位的原件和签名未随附"
    )
    for each in told.sources:
        if each.remark:
            remark = " ".join(each.remark.split())
            yield f"{each.office}：{remark[:_REMARK]}"
    if told.missing:
        more = f"等{len(told.missing)}个单位" if len(told.missing) > _NAMED else ""
        yield f"所属{'、'.join(told.missing[:_NAMED])}{more}尚未报送"
    if told.shared:
        contested = sum(each.contested for each in told.shared)
        more = f"，其中{contested}个结论相反，按待核查计" if contested else ""
        yield f"所属单位重复报送，或与其本级检查不一致的{len(told.shared)}个账号，各计一次{more}"


def _is_name(name: str) -> bool:
    """As `offices.toml` has them: the names stand in the text, where a digit would be a figure."""
    plain = name.isprintable() and name == name.strip() and not any(map(str.isdigit, name))
    return plain and 0 < len(name) <= _NAME and name != OWN
