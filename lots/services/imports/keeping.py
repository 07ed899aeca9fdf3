"""The fate of every line, kept beside its cells."""

from collections.abc import Iterable, Mapping
from typing import Any

from lots.models import ImportBatch, ImportRow
from lots.rules.cells import kept
from lots.rules.checks import Value
from lots.rules.fields import BY_CODE, label_of
from lots.rules.parsing import show
from lots.rules.plans import ImportPlan, RowPlan
from lots.rules.widths import clean_text
from lots.selectors.imports import stored_as
from lots.services.imports.receiving import no_counts
from spekty.core import french

CHUNK = 1_000
Written = Mapping[int, tuple[int, dict[str, Any]]]


def write_rows(batch: ImportBatch, plan: ImportPlan, written: Written | None = None) -> None:
    """Replace the batch's lines by those of the plan; `written` is line -> (operation, values before)."""
    known = ImportRow.objects.filter(batch=batch)
    decided = {row[0]: row[1:] for row in known.values_list("line", "corrected", "left_out")}
    known.delete()
    chunk: list[ImportRow] = []
    for planned in plan.rows:
        row = _import_row(batch, planned)
        row.corrected, row.left_out = decided.get(planned.row, ({}, False))
        if written and planned.row in written:
            row.operation_id, row.before = written[planned.row]
        chunk.append(row)
        if len(chunk) >= CHUNK:
            ImportRow.objects.bulk_create(chunk)
            chunk = []
    ImportRow.objects.bulk_create(chunk)
    _sum_up(batch, plan)


def update_fates(batch: ImportBatch, plan: ImportPlan) -> None:
    """Write the fates and reasons that a new check of the kept lines changed."""
    known = {row.line: row for row in ImportRow.objects.filter(batch=batch).defer("cells", "before")}
    changed = []
    for planned in plan.rows:
        row, reasons = known[planned.row], list(reasons_of(planned))
        if (row.fate, row.reasons) != (str(planned.fate), reasons):
            row.fate, row.reasons = str(planned.fate), reasons
            changed.append(row)
    ImportRow.objects.bulk_update(changed, ["fate", "reasons"], batch_size=CHUNK)
    _sum_up(batch, plan)


def _sum_up(batch: ImportBatch, plan: ImportPlan) -> None:
    batch.counts = summary(plan)
    batch.options |= {"stored": stored_as(batch)}
    batch.save(update_fields=["counts", "options"])


def summary(plan: ImportPlan) -> dict[str, Any]:
    """Return the counts and what the whole file calls for, as the batch keeps them."""
    fiches = plan.fiches
    return {
        **no_counts("ready"),
        "read": len(plan.rows),
        **{str(fate): count for fate, count in plan.counts.items()},
        "notices": list(plan.notices),
        "lot": plan.lot,
        "absent": len(plan.absent),
        "fiche": max(sorted(fiches), key=lambda fiche: fiches[fiche]) if fiches else None,
    }


def _import_row(batch: ImportBatch, planned: RowPlan) -> ImportRow:
    return ImportRow(
        batch=batch,
        line=planned.row,
        cells=kept(planned.cells),
        fate=str(planned.fate),
        reasons=list(reasons_of(planned)),
    )


def reasons_of(planned: RowPlan) -> Iterable[dict[str, Any]]:
    """Yield each remark beside its cell, errors first, then each change."""
    for issue in sorted(planned.issues, key=lambda issue: str(issue.severity)):
        yield {"field": issue.field, "severity": str(issue.severity), "text": clean_text(issue.message)}
    for field, (before, after) in planned.changes.items():
        name = label_of(field) if field in BY_CODE else field
        text = french.typo(f"{name} : {_shown(before)} → {_shown(after)}")
        yield {"field": field, "severity": "change", "text": clean_text(text)}


def _shown(value: Value) -> str:
    if value is None:
        return "—"
    return show(value) if not hasattr(value, "as_tuple") else french.number(value)  # type: ignore[arg-type]
