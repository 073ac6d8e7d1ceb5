"""The offices that are to hand in, as a table."""

from __future__ import annotations

from mediawatch.domain.clock import chinese_day
from mediawatch.ops.settings.lower_offices import LowerOffice, LowerOffices
from mediawatch.table import Table


def offices_table(offices: LowerOffices) -> Table:
    """Every office with its term, and how its files are known."""
    rows = tuple(
        (
            str(number),
            _name(each),
            each.group,
            chinese_day(deadline) if (deadline := offices.deadline_of(each)) else "",
            _ground(each),
            "本地规则" if each.own_rules else "统一规则",
        )
        for number, each in enumerate(offices.offices, 1)
    )
    said = offices.round
    return Table(
        f"{said.name}报送单位（{said.span.named}，规则{said.policy}）",
        ("序号", "报送单位", "类别", "报送期限", "凭据", "规则"),
        rows,
    )


def _name(office: LowerOffice) -> str:
    former = f"（曾用名{'、'.join(office.former_names)}）" if office.former_names else ""
    return f"{office.name}{former}"


def _ground(office: LowerOffice) -> str:
    """By what a file is known to be its; of a key its first signs."""
    keys = [f"签名（公钥{each.removeprefix('ed25519:')[:8]}…）" for each in office.keys]
    said = "、".join(keys) or (f"文件夹{office.folder}" if not office.must_sign else "")
    void = [
        f"{each.key.removeprefix('ed25519:')[:8]}…自{chinese_day(each.on)}起作废"
        for each in office.revoked
    ]
    return "；".join(filter(None, [said, *void]))
