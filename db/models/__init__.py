"""The tables. Column names are the words of the domain.

Every instant is UTC, every `date` a day in Beijing. SQLite and PostgreSQL share these models. A
change here needs a migration: a test compares the two.
"""

from db.models.accounts import (
    LEDGER,
    AccountChangeRow,
    AccountLinkRow,
    AccountRow,
    ClosureNoteRow,
    ContactRow,
    FiledColumns,
    FilingRemarkRow,
    ProposalRefusalRow,
    ProvisionalIdRow,
    SourceRow,
)
from db.models.hints import HintRow, LinkReceiptRow
from db.models.notices import (
    ISSUED,
    NoticeAccountRow,
    NoticeAppealRow,
    NoticeDocumentRow,
    NoticeEventRow,
    NoticeFindingRow,
    NoticeItemRow,
    NoticeReadingRow,
    NoticeRow,
)
from db.models.operator import CanaryCheckRow, HomeRow, SessionEventRow
from db.models.readings import (
    IMMUTABLE,
    POSTS,
    AccountStateRow,
    EvidenceRow,
    FirstSeen,
    FirstSeenRow,
    IdentitySeenRow,
    PostRow,
    ReadingIdentityRow,
    ReadingRow,
    SightRow,
)
from db.models.reviews import ReviewEventRow, ReviewPictureRow
from db.models.runs import AlertRow, BackupRow, ClearingRow, NightRow, PruningRow
from db.models.sweeps import FindingReadingRow, FindingRow, SweepAccountRow, SweepRow

__all__ = [
    "IMMUTABLE",
    "ISSUED",
    "LEDGER",
    "POSTS",
    "AccountChangeRow",
    "AccountLinkRow",
    "AccountRow",
    "AccountStateRow",
    "AlertRow",
    "BackupRow",
    "CanaryCheckRow",
    "ClearingRow",
    "ClosureNoteRow",
    "ContactRow",
    "EvidenceRow",
    "FiledColumns",
    "FilingRemarkRow",
    "FindingReadingRow",
    "FindingRow",
    "FirstSeen",
    "FirstSeenRow",
    "HintRow",
    "HomeRow",
    "IdentitySeenRow",
    "LinkReceiptRow",
    "NightRow",
    "NoticeAccountRow",
    "NoticeAppealRow",
    "NoticeDocumentRow",
    "NoticeEventRow",
    "NoticeFindingRow",
    "NoticeItemRow",
    "NoticeReadingRow",
    "NoticeRow",
    "PostRow",
    "ProposalRefusalRow",
    "ProvisionalIdRow",
    "PruningRow",
    "ReadingIdentityRow",
    "ReadingRow",
    "ReviewEventRow",
    "ReviewPictureRow",
    "SessionEventRow",
    "SightRow",
    "SourceRow",
    "SweepAccountRow",
    "SweepRow",
]  # fmt: skip
