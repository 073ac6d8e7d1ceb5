"""人工核查清单: what the machine cannot prove goes to people as an xlsx, and comes back as readings like any other."""

from mediawatch.worklist.answers import SURFACE, Asked, answer
from mediawatch.worklist.book import Cover
from mediawatch.worklist.columns import ANSWERS, Column
from mediawatch.worklist.export import Split, Written, export, to_line
from mediawatch.worklist.intake import Conflict, Imported, import_files, write_bad_rows
from mediawatch.worklist.package import BadFile
from mediawatch.worklist.read import Problem, Row, read_rows
from mediawatch.worklist.rowkey import Window
from mediawatch.worklist.sheet import Line, write_book
from mediawatch.worklist.states import State
from mediawatch.worklist.todo import NOT_LOOKED_AT, Unproven, as_table, open_ones, unproven

__all__ = [
    "ANSWERS", "NOT_LOOKED_AT", "SURFACE", "Asked", "BadFile", "Column", "Conflict", "Cover", "Imported", "Line", "Problem", "Row",
    "Split", "State", "Unproven", "Window", "Written", "answer", "as_table", "export", "import_files", "open_ones", "read_rows",
    "to_line", "unproven", "write_bad_rows", "write_book",
]  # fmt: skip
