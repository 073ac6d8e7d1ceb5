"""台账: the filed accounts, from files of any make to the store, and what the registry itself gets
wrong.
"""

from mediawatch.registry.check import AbolishedBody, RegistryFinding, check, read_bodies
from mediawatch.registry.find import find_account
from mediawatch.registry.plan import Plan, covered, plan
from mediawatch.registry.problems import Place, RowProblem, Unusable
from mediawatch.registry.rows import Row, RowsResult, read_rows
from mediawatch.registry.service import ImportReport, import_files
from mediawatch.registry.template import write_template
from mediawatch.registry.undo import Undone, undo
from mediawatch.registry.workbook import File, read_files

__all__ = [
    "AbolishedBody",
    "File",
    "ImportReport",
    "Place",
    "Plan",
    "RegistryFinding",
    "Row",
    "RowProblem",
    "RowsResult",
    "Undone",
    "Unusable",
    "check",
    "covered",
    "find_account",
    "import_files",
    "plan",
    "read_bodies",
    "read_files",
    "read_rows",
    "undo",
    "write_template",
]
