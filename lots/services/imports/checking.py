"""The preview: each line's fate kept in ImportRow, checked again when the columns change."""

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from lots.enums import ImportState
from lots.models import Client, ColumnMapping, Fiche, ImportBatch, Lot
from lots.permissions import may_write
from lots.rules.fields import BY_CODE, label_of
from lots.rules.plans import ImportPlan
from lots.rules.text import fold
from lots.services.imports.errors import ImportRefused, NotAllowed
from lots.services.imports.keeping import write_rows
from lots.services.imports.planning import plan_batch
from lots.services.imports.receiving import no_counts, propose_columns, receive_file, sheets_of
from spekty.core import french
from spekty.core.actors import Actor
from spekty.core.history import acting
from spekty.core.sheets import Sheet


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
        if not batch.mapping:
            sheets = sheets if sheets is not None else sheets_of(batch)
            propose_columns(batch, sheets)
        plan = plan_batch(batch, sheets=sheets)
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
    sheets = None
    with acting(by):
        if sheet and sheet != batch.mapping.get("sheet"):
            sheets = sheets_of(batch)
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


def pending_batch(batch_id: int, by: Actor) -> ImportBatch:
    """Return the batch, locked, if it is still to be committed; raises NotAllowed, ImportRefused."""
    if not may_write(by):
        raise NotAllowed("Importer un lot ne fait pas partie de vos droits.")
    batches = ImportBatch.objects.select_related("client", "lot__fiche", "fiche", "file")
    batch = batches.select_for_update(of=("self",)).get(pk=batch_id)
    if batch.state != ImportState.UPLOADED:
        raise ImportRefused("Cet import est déjà terminé : rien n’a été changé.")
    return batch
