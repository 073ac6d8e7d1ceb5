"""人工核查清单: what the machine cannot prove goes to people as an xlsx.

It comes back as readings like any other.
"""

from mediawatch.people.forms.book import FormCover
from mediawatch.people.forms.columns import ANSWERS, Column
from mediawatch.people.forms.package import BadFile
from mediawatch.people.forms.read import WorklistRow, read_rows
from mediawatch.people.forms.rowkey import Window
from mediawatch.people.worklist.answers import SURFACE, answer
from mediawatch.people.worklist.export import WorklistFile, WorklistSplit, export, to_line
from mediawatch.people.worklist.imported import Conflict, WorklistImport, write_bad_rows
from mediawatch.people.worklist.intake import import_files
from mediawatch.people.worklist.parse import RowQuestion
from mediawatch.people.worklist.sheet import WorklistLine, write_book
from mediawatch.people.worklist.states import State
from mediawatch.people.worklist.todo import NOT_LOOKED_AT, Unproven, as_table, open_ones, unproven

__all__ = [
    "ANSWERS",
    "NOT_LOOKED_AT",
    "SURFACE",
    "BadFile",
    "Column",
    "Conflict",
    "FormCover",
    "RowQuestion",
    "State",
    "Unproven",
    "Window",
    "WorklistFile",
    "WorklistImport",
    "WorklistLine",
    "WorklistRow",
    "WorklistSplit",
    "answer",
    "as_table",
    "export",
    "import_files",
    "open_ones",
    "read_rows",
    "to_line",
    "unproven",
    "write_bad_rows",
    "write_book",
]
