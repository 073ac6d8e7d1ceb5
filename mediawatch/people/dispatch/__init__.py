"""下发核实: suspects go down to their units as an xlsx.

The units' answers come back as events and links.
"""

from mediawatch.people.dispatch.answers import UnitAnswers, write_bad_rows
from mediawatch.people.dispatch.export import DispatchFile, DispatchOrder, dispatch
from mediawatch.people.dispatch.intake import import_answers
from mediawatch.people.dispatch.sheet import DispatchColumn
from mediawatch.people.forms.splits import DispatchSplit

__all__ = [
    "DispatchColumn",
    "DispatchFile",
    "DispatchOrder",
    "DispatchSplit",
    "UnitAnswers",
    "dispatch",
    "import_answers",
    "write_bad_rows",
]
