"""What a hand-off says of the hand-offs of lower offices that it is made of."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from mediawatch.publish.handoff.finding_parts import AccountAsFiled, HandoffPart


class SourceOut(HandoffPart):
    """The hand-off of one lower office, as the office of this document received it."""

    office: str = Field(description="报送单位, as the office of this document calls it")
    sha256: str = Field(description="of its hand-off, hexadecimal")
    key: str = Field(description="the public key that signed it; empty: it lay in a known folder")
    signed_at: datetime | None = Field(description="time of that signature, with Beijing offset")
    received_at: datetime = Field(description="when it was accepted, with Beijing offset")
    notice: str = Field(description="文号 of the notice that it told of; empty without one")
    version: int = Field(description="of that notice's hand-off, from 1; 0 without a notice")
    remark: str = Field(
        default="", description="what to mind of it, in Chinese: a key that is void since"
    )


class SharedOut(HandoffPart):
    """重复报送: one account that several offices reported; it counts once."""

    account: AccountAsFiled = Field(description="which one")
    reported: list[str] = Field(description="what each office says of it, in Chinese")
    counted_with: str = Field(description="报送单位 with which it counts")
    contested: bool = Field(description="true: they say opposite things, and it counts as open")


class CollectedOut(HandoffPart):
    """Where the accounts with `reported_by` come from, by the word of the office that signs."""

    sources: list[SourceOut] = Field(description="whose accounts are in it")
    missing: list[str] = Field(description="offices that had not reported; `preliminary` is true")
    shared: list[SharedOut] = Field(description="重复报送")
