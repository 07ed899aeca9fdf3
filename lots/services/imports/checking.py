"""The preview: each line's fate kept in ImportRow, corrected in place, left out, checked again."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from lots.enums import ImportState
from lots.models import Client, ColumnMapping, Fiche, ImportBatch, ImportRow, Lot
from lots.permissions import may_write
from lots.rules.checks import Value
from lots.rules.fields import BY_CODE, label_of
from lots.rules.parsing import show
from lots.rules.plans import ImportPlan, RowPlan
from lots.rules.text import fold
from lots.rules.widths import clean_text
from lots.services.imports.errors import ImportRefused, NotAllowed
from lots.services.imports.planning import plan_batch
from lots.services.imports.receiving import no_counts, propose_columns, receive_file, sheets_of
from spekty.core import french
from spekty.core.actors import Actor
from spekty.core.history import acting
from spekty.core.sheets import Sheet, SheetRefused

CHUNK = 1_000


@transaction.atomic
def open_import(
    *,
    client: Client,
    path: Path,
    name: str,
    by: Actor,
    lot: Lot | None = None,
    fiche: Fiche | None = None,
    new_lot: bool = False,
    wait: bool = False,
) -> tuple[ImportBatch, ImportPlan | None]:
    """Keep a client's file and check its lines; a large one is left to a worker (plan None) unless `wait`.

    Raises NotAllowed, ImportRefused, SheetRefused: nothing is kept then.
    """
    batch, sheets = receive_file(
        client=client, path=path, name=name, by=by, lot=lot, fiche=fiche, new_lot=new_lot
    )
    if sheets is None and not wait:
        return batch, None
    plan = check_batch(batch_id=batch.pk, by=by, sheets=sheets)
    batch.refresh_from_db()
    return batch, plan


@transaction.atomic
def check_batch(*, batch_id: int, by: Actor, sheets: list[Sheet] | None = None) -> ImportPlan:
    """Run the file through the rules and keep the fate of every line; raises SheetRefused, ImportRefused.

    What was corrected or left out before is kept.
    """
    batch = pending_batch(batch_id, by)
    with acting(by):
        found = sheets if sheets is not None else sheets_of(batch)
        if not batch.mapping:
            propose_columns(batch, found)
        plan = plan_batch(batch, sheets=found)
        write_rows(batch, plan)
    return plan


def refuse_batch(batch_id: int, sentence: str) -> None:
    """Write on the batch why a worker couldn't read its file."""
    ImportBatch.objects.filter(pk=batch_id, state=ImportState.UPLOADED).update(
        counts=no_counts("refused", sentence)
    )


def mark_taken(batch: ImportBatch) -> None:
    """Write that a worker has the import in hand."""
    ImportBatch.objects.filter(pk=batch.pk).update(counts={**batch.counts, "taken": True})


def mark_step(batch_id: int, step: str, refusal: str = "") -> None:
    """Write where an import that a worker has in hand is: "reading", "committing", or "ready" again."""
    batch = ImportBatch.objects.get(pk=batch_id)
    ImportBatch.objects.filter(pk=batch_id, state=ImportState.UPLOADED).update(
        counts={**batch.counts, "step": step, "refusal": refusal, "taken": False}
    )


@transaction.atomic
def set_columns(*, batch_id: int, fields: Mapping[int, str | None], by: Actor, sheet: str = "") -> None:
    """Take the person's columns (index -> field), remember them for this client, and check again.

    Raises ImportRefused when two columns fill one field. `sheet` chooses another sheet, proposed afresh.
    """
    batch = pending_batch(batch_id, by)
    with acting(by):
        sheets = sheets_of(batch)
        if sheet and sheet != batch.mapping.get("sheet"):
            propose_columns(batch, sheets, sheet)
        else:
            _take(batch, fields)
    check_batch(batch_id=batch_id, by=by, sheets=sheets)


def _take(batch: ImportBatch, fields: Mapping[int, str | None]) -> None:
    chosen = [field for field in fields.values() if field]
    double = next((field for field in chosen if chosen.count(field) > 1), None)
    if double:
        raise ImportRefused(french.typo(f"Deux colonnes remplissent « {label_of(double)} » : gardez-en une."))
    memory: dict[str, str | None] = {}
    for column in batch.mapping["columns"]:
        index = column["index"]
        if index in fields:
            field = fields[index]
            if field != column["field"]:
                column["confidence"] = 1.0
            column["field"] = field if field in BY_CODE else None
        memory[fold(column["name"])] = column["field"]
    batch.save(update_fields=["mapping"])
    ColumnMapping.objects.update_or_create(
        client=batch.client,
        signature=batch.mapping["signature"],
        defaults={"mapping": memory, "updated_at": timezone.now()},
    )


@transaction.atomic
def fix_row(*, batch_id: int, line: int, field: str, text: str, by: Actor) -> ImportPlan:
    """Retype one cell of one line (kept beside what was read), and check the whole file again."""
    batch = pending_batch(batch_id, by)
    if field not in BY_CODE:
        raise ImportRefused("Cette colonne est inconnue.")
    row = _row(batch, line)
    row.corrected = {**row.corrected, field: clean_text(text).strip()}
    row.save(update_fields=["corrected"])
    return check_batch(batch_id=batch_id, by=by)


@transaction.atomic
def leave_out_row(*, batch_id: int, line: int, left_out: bool, by: Actor) -> ImportPlan:
    """Leave a line out of the import, or take it back, and check the whole file again."""
    batch = pending_batch(batch_id, by)
    row = _row(batch, line)
    row.left_out = left_out
    row.save(update_fields=["left_out"])
    return check_batch(batch_id=batch_id, by=by)


def pending_batch(batch_id: int, by: Actor) -> ImportBatch:
    """Return the batch, locked, if it is still to be committed; raises NotAllowed, ImportRefused."""
    if not may_write(by):
        raise NotAllowed("Importer un lot ne fait pas partie de vos droits.")
    batches = ImportBatch.objects.select_related("client", "lot__fiche", "fiche", "file")
    batch = batches.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != ImportState.UPLOADED:
        raise ImportRefused("Cet import est déjà terminé : rien n’a été changé.")
    return batch


def _row(batch: ImportBatch, line: int) -> ImportRow:
    row = ImportRow.objects.filter(batch=batch, line=line).first()
    if row is None:
        raise ImportRefused("Cette ligne n’est pas dans le fichier.")
    return row


def write_rows(
    batch: ImportBatch,
    plan: ImportPlan,
    written: Mapping[int, tuple[int, dict[str, Any]]] | None = None,
) -> None:
    """Replace the batch's lines by those of the plan; `written` is line -> (operation, values before)."""
    known = ImportRow.objects.filter(batch=batch)
    decided = {row[0]: row[1:] for row in known.values_list("line", "corrected", "left_out")}
    known.delete()
    headers = {column["index"]: column["header"] for column in batch.mapping.get("columns", [])}
    chunk: list[ImportRow] = []
    for planned in plan.rows:
        row = _import_row(batch, planned, headers)
        row.corrected, row.left_out = decided.get(planned.row, ({}, False))
        if written and planned.row in written:
            row.operation_id, row.before = written[planned.row]
        chunk.append(row)
        if len(chunk) >= CHUNK:
            ImportRow.objects.bulk_create(chunk)
            chunk = []
    ImportRow.objects.bulk_create(chunk)
    batch.counts = summary(plan)
    batch.save(update_fields=["counts"])


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


def _import_row(batch: ImportBatch, planned: RowPlan, headers: Mapping[int, str]) -> ImportRow:
    cells = (clean_text(show(cell)) for cell in planned.cells)
    # A list of pairs: the columns keep the order of the file.
    raw = [[_header(index, headers), text] for index, text in enumerate(cells) if text]
    return ImportRow(
        batch=batch, line=planned.row, raw=raw, fate=str(planned.fate), reasons=list(_reasons(planned))
    )


def _header(index: int, headers: Mapping[int, str]) -> str:
    return headers.get(index) or f"Colonne {index + 1}"


def _reasons(planned: RowPlan) -> Iterable[dict[str, Any]]:
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


__all__ = ["SheetRefused", "check_batch", "fix_row", "leave_out_row", "refuse_batch", "set_columns"]
