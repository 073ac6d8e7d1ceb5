"""台账: the filed accounts, from files of any make to the store, and the registry's own errors."""

from mediawatch.registry.check import AbolishedBody, RegistryFinding, check, read_bodies
from mediawatch.registry.find import find_account
from mediawatch.registry.plan import ImportPlan, parse_cover, plan
from mediawatch.registry.problems import Place, RowProblem, Unusable
from mediawatch.registry.rows import RegistryRow, RowsResult, read_rows
from mediawatch.registry.service import ImportReport, import_files
from mediawatch.registry.template import write_template
from mediawatch.registry.undo import UndoResult, undo
from mediawatch.registry.workbook import File, read_files

__all__ = [
    "AbolishedBody",
    "File",
    "ImportPlan",
    "ImportReport",
    "Place",
    "RegistryFinding",
    "RegistryRow",
    "RowProblem",
    "RowsResult",
    "UndoResult",
    "Unusable",
    "check",
    "find_account",
    "import_files",
    "parse_cover",
    "plan",
    "read_bodies",
    "read_files",
    "read_rows",
    "undo",
    "write_template",
]
