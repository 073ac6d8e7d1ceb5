"""整改情况反馈: a notice's items go out, and come back as reports of what was done.

A report settles nothing: it is an event for the re-check, and its links are opened.
"""

from mediawatch.people.feedback.export import FeedbackReceivers, export
from mediawatch.people.feedback.intake import UnitReports, take, write_bad_rows
from mediawatch.people.feedback.sheet import FeedbackColumn

__all__ = [
    "FeedbackColumn",
    "FeedbackReceivers",
    "UnitReports",
    "export",
    "take",
    "write_bad_rows",
]
