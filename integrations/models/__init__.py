"""What the cut-over remembers: runs over the workbook, what they found, what people decided."""

from integrations.models.decisions import Condition, CutoverDecision, Dossier, Freeze, StepResult
from integrations.models.findings import Discrepancy, DiscrepancyNote
from integrations.models.runs import LegacyWorkbook, WorkbookRow, WorkbookRun

__all__ = [
    "Condition",
    "CutoverDecision",
    "Discrepancy",
    "DiscrepancyNote",
    "Dossier",
    "Freeze",
    "LegacyWorkbook",
    "StepResult",
    "WorkbookRow",
    "WorkbookRun",
]
