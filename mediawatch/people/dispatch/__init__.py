"""下发核实: suspects go down to their units as an xlsx, and the units' answers come back as events
and links.
"""

from mediawatch.people.dispatch.export import Split, Written, dispatch
from mediawatch.people.dispatch.intake import UnitAnswers, import_answers, write_bad_rows
from mediawatch.people.dispatch.sheet import Field

__all__ = [
    "Field",
    "Split",
    "UnitAnswers",
    "Written",
    "dispatch",
    "import_answers",
    "write_bad_rows",
]
