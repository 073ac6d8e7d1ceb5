"""Whose a hand-off is: by the key that signed it, or by the folder in which it lies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from mediawatch.domain.clock import beijing, chinese_day, day_of
from mediawatch.ops.settings.lower_offices import LowerOffice, LowerOffices
from mediawatch.ops.signing import HandoffSignature
from mediawatch.workbooks.parcels import SentDocument

_NOT_FITTING = "有签名文件，但与该文件不符：文件在签名后被改动，或签名文件配错"


def sender_of(
    sent: SentDocument,
    offices: LowerOffices,
    signed: Sequence[HandoffSignature],
    now: datetime,
    has_stray_signature: bool = False,
) -> tuple[LowerOffice | None, HandoffSignature | None, str]:
    """(the office, its signature, why the document is refused in Chinese).

    `signed`: the signatures for the hash of the document, whoever made them. `has_stray_signature`:
    whether a signature came beside it that is of no document at hand.
    """
    lying = office_by_folder(offices, sent.path)
    sound = [each for each in signed if each.is_sound]
    for signature in sorted(sound, key=lambda each: each.signed_at, reverse=True):
        office = offices.holder_of(signature.key)
        if office is None:
            continue
        if lying is not None and lying.name != office.name:
            return lying, None, f"文件由{office.name}签名，却放在{lying.name}的文件夹中"
        if signature.signed_at > now:
            at = beijing(signature.signed_at)
            return (
                office,
                signature,
                f"签名时间{at:%Y-%m-%d %H:%M}晚于接收时间，请校准时钟后重新签名",
            )
        revoked = office.revocation_of(signature.key)
        if revoked is not None and day_of(now) >= revoked.on:
            return (
                office,
                signature,
                f"签名所用公钥自{chinese_day(revoked.on)}起作废（{revoked.reason}），请用新公钥重新签名",
            )
        return office, signature, ""
    if signed and not sound:
        return lying, None, "签名无效：签名文件或交接文件被改动过"
    if signed:
        return lying, None, "签名所用公钥不是报送单位登记的公钥"
    if has_stray_signature and (lying is None or lying.must_sign):
        return lying, None, _NOT_FITTING
    if lying is None:
        return (
            None,
            None,
            "没有签名，也不在报送单位的文件夹中，无法确认由谁报送（签名文件须一并报送）",
        )
    if lying.must_sign:
        return lying, None, "没有签名：该单位已登记公钥，须连同签名文件一并报送"
    return lying, None, ""


def office_by_folder(offices: LowerOffices, path: Path) -> LowerOffice | None:
    """The office in whose folder a file lies, by what the disk says: a link lies where it leads."""
    place = path.resolve().parent
    return next(
        (each for each in offices.offices if each.folder and Path(each.folder).resolve() == place),
        None,
    )
