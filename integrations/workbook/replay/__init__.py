"""Replay of the legacy workbook with the application's own rules (workbook.md). Needs no database."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from integrations.workbook.reader import Progress, Workbook, read_workbook
from integrations.workbook.reference import ReferenceRules, load_reference_rules
from integrations.workbook.replay.coherence import remark_invoice_cells
from integrations.workbook.replay.control import control
from integrations.workbook.replay.findings import Discrepancy, Kind, in_order
from integrations.workbook.replay.history import History
from integrations.workbook.replay.invoices import (
    invoice_discrepancies,
    invoiced_twice,
    mission_price_discrepancies,
    not_invoiced,
    replay_invoices,
)
from integrations.workbook.replay.lots import lot_discrepancies, operation_discrepancies
from integrations.workbook.replay.missions import mission_discrepancies
from integrations.workbook.replay.numbering import number_discrepancies
from integrations.workbook.replay.pay import paid_without_visit, pay_discrepancies, replay_pay

__all__ = ["Discrepancy", "Kind", "ReplayReport", "replay_file", "replay_workbook"]


@dataclass(frozen=True)
class ReplayReport:
    """The discrepancies in order, and the control totals."""

    discrepancies: list[Discrepancy]
    control: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the report as workbook.md shapes it, ready for JSON."""
        return {"discrepancies": [d.as_dict() for d in self.discrepancies], "control": self.control}


def replay_file(path: Path, progress: Progress = lambda _: None) -> ReplayReport:
    """Read the workbook at `path` and replay it. Raises WorkbookUnreadable."""
    return replay_workbook(read_workbook(path, progress), load_reference_rules(), progress)


def replay_workbook(
    book: Workbook, rules: ReferenceRules, progress: Progress = lambda _: None
) -> ReplayReport:
    """Recompute verdicts, pay and invoices, and report every difference with the workbook."""
    history = History(book, rules)
    progress("Recalcul de la paie…")
    pay = replay_pay(history)
    progress("Recalcul des factures…")
    invoices = replay_invoices(history)
    progress("Contrôle des missions et des lots…")
    found = [
        *pay_discrepancies(history, pay),
        *paid_without_visit(history),
        *invoice_discrepancies(history, invoices),
        *mission_price_discrepancies(history, invoices),
        *invoiced_twice(history),
        *not_invoiced(history),
        *number_discrepancies(history),
        *mission_discrepancies(history),
        *lot_discrepancies(history),
        *operation_discrepancies(history),
    ]
    remark_invoice_cells(history, invoices)
    progress(f"{len(found)} écarts.")
    ordered = in_order(found)
    totals = control(history, pay, invoices)
    return ReplayReport(ordered, {**totals, "digest": _digest(ordered, totals)})


def _digest(found: list[Discrepancy], totals: dict[str, Any]) -> str:
    """Return the SHA-256 of the whole report: two rehearsals of one workbook give the same."""
    report = {"discrepancies": [d.as_dict() for d in found], "control": totals}
    text = json.dumps(report, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
