"""From the file a client sent to the operations of a lot: receive, check, correct, commit, undo."""

from lots.services.imports.checking import (
    check_batch,
    mark_step,
    mark_taken,
    open_import,
    refuse_batch,
    set_columns,
)
from lots.services.imports.committing import commit_batch
from lots.services.imports.correcting import RECHECK_TASK, fix_row, leave_out_row, recheck_batch
from lots.services.imports.errors import (
    ImportChanged,
    ImportRefused,
    LotIsClosed,
    NothingToImport,
    SizeWouldChange,
)
from lots.services.imports.receiving import CHECK_TASK, COMMIT_TASK
from lots.services.imports.undoing import undo_batch

__all__ = [
    "CHECK_TASK",
    "COMMIT_TASK",
    "RECHECK_TASK",
    "ImportChanged",
    "ImportRefused",
    "LotIsClosed",
    "NothingToImport",
    "SizeWouldChange",
    "check_batch",
    "commit_batch",
    "fix_row",
    "leave_out_row",
    "mark_step",
    "mark_taken",
    "open_import",
    "recheck_batch",
    "refuse_batch",
    "set_columns",
    "undo_batch",
]
