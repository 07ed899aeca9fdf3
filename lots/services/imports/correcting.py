"""Lines corrected in place or left out on the preview.

A small file is checked whole at once. In a large one the line is checked alone, which answers at once, and a
worker checks the whole file again: what one line says of another (duplicates) follows.
"""

from django.db import transaction

from lots.enums import ImportState
from lots.models import ImportBatch, ImportRow
from lots.rules.fields import BY_CODE
from lots.rules.widths import clean_text
from lots.services.imports.checking import check_batch, pending_batch
from lots.services.imports.errors import ImportRefused
from lots.services.imports.keeping import reasons_of, update_fates
from lots.services.imports.planning import plan_batch, plan_line
from spekty.core.actors import Actor

# Lines beyond which the whole file is checked by a worker.
AT_ONCE = 1_500
RECHECK_TASK = "lots.recheck_import"
# Corrections made while the worker checks start it again; it gives up after so many and is asked again.
MOST_PASSES = 20


def fix_row(*, batch_id: int, line: int, field: str, text: str, by: Actor) -> bool:
    """Retype one cell of one line, kept beside what was read; return whether a worker has to be asked."""
    if field not in BY_CODE:
        raise ImportRefused("Cette colonne est inconnue.")
    return _decide(batch_id, line, by, {field: clean_text(text).strip()}, None)


def leave_out_row(*, batch_id: int, line: int, left_out: bool, by: Actor) -> bool:
    """Leave a line out of the import, or take it back; return whether a worker has to be asked."""
    return _decide(batch_id, line, by, {}, left_out)


@transaction.atomic
def _decide(batch_id: int, line: int, by: Actor, cells: dict[str, str], left_out: bool | None) -> bool:
    batch = pending_batch(batch_id, by)
    row = ImportRow.objects.filter(batch=batch, line=line).first()
    if row is None:
        raise ImportRefused("Cette ligne n’est pas dans le fichier.")
    row.corrected = {**row.corrected, **cells}
    row.left_out = row.left_out if left_out is None else left_out
    row.save(update_fields=["corrected", "left_out"])
    if batch.counts.get("read", 0) <= AT_ONCE:
        check_batch(batch_id=batch_id, by=by)
        return False
    return _check_alone(batch, row)


def _check_alone(batch: ImportBatch, row: ImportRow) -> bool:
    """Write the fate of one line; return whether the worker isn't under way already."""
    planned, before = plan_line(batch, row), row.fate
    row.fate, row.reasons = str(planned.fate), list(reasons_of(planned))
    row.save(update_fields=["fate", "reasons"])
    counts = dict(batch.counts)
    counts[before] -= 1
    counts[row.fate] += 1
    was_ready = bool(counts["step"] == "ready")
    batch.counts = counts | {"step": "rechecking", "refusal": ""}
    batch.options |= {"edits": batch.options.get("edits", 0) + 1}
    batch.save(update_fields=["counts", "options"])
    return was_ready


def recheck_batch(*, batch_id: int) -> bool:
    """Check the whole file again from its kept lines; return False when corrections never stopped coming.

    The file is locked only while its fates are written: corrections go on meanwhile.
    """
    for _ in range(MOST_PASSES):
        batches = ImportBatch.objects.select_related("client", "lot__fiche", "fiche", "file")
        batch = batches.get(pk=batch_id)
        if batch.state != ImportState.UPLOADED or batch.counts.get("step") != "rechecking":
            return True
        plan = plan_batch(batch)
        with transaction.atomic():
            locked = batches.select_for_update(of=("self",)).get(pk=batch_id)
            same = locked.options.get("edits") == batch.options.get("edits")
            if same and locked.state == ImportState.UPLOADED and locked.mapping == batch.mapping:
                update_fates(locked, plan)
                return True
    return False
