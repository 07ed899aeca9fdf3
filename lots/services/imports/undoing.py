"""Undoing a whole import, while nothing happened downstream."""

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from lots.enums import ImportState, LotStatus, RowFate
from lots.models import Client, ImportBatch, ImportRow, Lot, LotDocument, Operation
from lots.permissions import may_write
from lots.services.imports.errors import ImportRefused, NotAllowed
from lots.services.imports.operations import WRITTEN, snapshot
from spekty.core.actors import Actor
from spekty.core.engine import lock_row
from spekty.core.history import acting
from spekty.core.models import StateChange
from spekty.core.outbox import emit


@transaction.atomic
def undo_batch(*, batch_id: int, by: Actor) -> ImportBatch:
    """Give the lot back as it was before the import; the file and its lines' fates stay.

    Raises NotAllowed, and ImportRefused when the lot was drawn, imported again or changed since.
    """
    if not may_write(by):
        raise NotAllowed("Annuler un import ne fait pas partie de vos droits.")
    batch = ImportBatch.objects.select_for_update(of=("self",)).select_related("client").get(pk=batch_id)
    Client.objects.select_for_update(no_key=True).get(pk=batch.client_id)
    if batch.state != ImportState.COMMITTED or batch.lot_id is None:
        raise ImportRefused("Cet import n’est pas à annuler : il n’est pas en place.")
    lot = lock_row(Lot, batch.lot_id)
    _check(batch, lot)
    with acting(by):
        _restore(batch)
        removed = _remove(batch)
        if not _same_file(batch).exists():
            LotDocument.objects.filter(lot=lot, file=batch.file).delete()
        batch.state, batch.undone_at = ImportState.UNDONE, timezone.now()
        _settle_lot(batch, lot, removed)
        batch.save()
    return batch


def _check(batch: ImportBatch, lot: Lot) -> None:
    later = ImportBatch.objects.filter(lot=lot, state=ImportState.COMMITTED, pk__gt=batch.pk)
    if later.exists():
        raise ImportRefused("Un import plus récent a touché ce lot : annulez-le d’abord.")
    if lot.draws.filter(drawn_at__gte=batch.committed_at).exists():
        raise ImportRefused("Le lot a été tiré depuis cet import : il ne peut plus être annulé.")
    moved = StateChange.objects.filter(
        aggregate=Lot._meta.label_lower, aggregate_id=lot.pk, at__gte=batch.committed_at
    )
    if lot.status == LotStatus.CLOSED or moved.exists():
        raise ImportRefused("Le lot a avancé depuis cet import : il ne peut plus être annulé.")


def _same_file(batch: ImportBatch) -> QuerySet[ImportBatch]:
    """Return the lot's other imports of the very same file: it stays among the lot's papers."""
    others = ImportBatch.objects.filter(lot=batch.lot, file=batch.file, state=ImportState.COMMITTED)
    return others.exclude(pk=batch.pk)


def _restore(batch: ImportBatch) -> None:
    """Give updated operations their former values, unless someone changed them since."""
    rows = ImportRow.objects.filter(batch=batch, fate=RowFate.UPDATED).select_related("operation")
    restored = []
    for row in rows:
        operation = row.operation
        now = snapshot(operation) if operation else {}
        if operation is None or any(now[name] != value for name, value in row.before["after"].items()):
            raise ImportRefused(
                f"La ligne {row.line} a été modifiée depuis : l’import ne peut plus être annulé."
            )
        for name, value in row.before["before"].items():
            field = Operation._meta.get_field(name.removesuffix("_id"))
            setattr(operation, name, value if name in ("installer_id", "extra") else field.to_python(value))  # type: ignore[union-attr]
        restored.append(operation)
    names = [name.removesuffix("_id") for name in WRITTEN]
    Operation.objects.bulk_update(restored, names, batch_size=1_000)


def _remove(batch: ImportBatch) -> int:
    rows = ImportRow.objects.filter(batch=batch, fate=RowFate.CREATED, operation__isnull=False)
    ids = list(rows.values_list("operation_id", flat=True))
    try:
        Operation.objects.filter(pk__in=ids).delete()
    except ProtectedError:
        raise ImportRefused("Des missions existent déjà : l’import ne peut plus être annulé.") from None
    return len(ids)


def _settle_lot(batch: ImportBatch, lot: Lot, removed: int) -> None:
    """Take the operations off the lot's count; a lot that this import made goes with it."""
    changed = bool(removed or batch.counts.get("updated"))
    if batch.options.get("created_lot") and not lot.operations.exists() and not lot.documents.exists():
        batch.lot = None
        batch.save(update_fields=["lot"])
        try:
            lot.delete()
        except ProtectedError:
            raise ImportRefused("Le lot a déjà servi ailleurs : l’import ne peut plus être annulé.") from None
        return
    lot.size = max(lot.size - removed, 0)
    if lot.status == LotStatus.DRAWN and changed and lot.list_version > 1:
        # A version number never comes back: what was shown under it must stay distinguishable.
        lot.list_version += 1
    lot.save(update_fields=["size", "list_version"])
    emit("search.lot", lot)
