"""What an import is compared with, and what its pages show."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from lots.enums import ImportState, LotStatus, RowFate
from lots.models import Client, ColumnMapping, ImportBatch, ImportRow, Lot, Operation
from lots.rules.cells import given_back
from lots.rules.checks import CheckContext
from lots.rules.parsing import Cell
from lots.rules.plans import ExistingOperation
from lots.rules.stored import values_of
from lots.selectors.reference import known_fiches
from spekty.accounts.models import User
from spekty.core import presence

COLUMNS = (
    *("last_name", "first_name", "company", "company_siren", "address", "postcode", "city", "phone", "email"),
    *("engaged_on", "completed_on", "volume_kwhc", "area_declared"),
)
ROWS_PER_PAGE = 50
# The place of the one worker who has an import in hand (spekty.core.presence).
AT_WORK = "lots.import"


def existing_operations(client: Client, only: Q | None = None) -> Iterator[ExistingOperation]:
    """Yield the operations of a client (those that `only` keeps), with their values by field."""
    rows = Operation.objects.filter(only or Q(), lot__client=client).order_by("lot_id", "id")
    names = ("reference", "lot__number", "lot__fiche__code", "installer__siren", "installer__name", "extra")
    for reference, lot, fiche, siren, name, extra, *columns in rows.values_list(*names, *COLUMNS).iterator():
        installer = (siren, name) if siren else None
        values = values_of(dict(zip(COLUMNS, columns, strict=True)), extra or {}, fiche, installer)
        yield ExistingOperation(reference, lot, {**values, "reference": reference})


def check_context(batch: ImportBatch, today: dt.date, fiche: str | None = None) -> CheckContext:
    """Return what the batch's lines are checked against; `fiche` is that of the new lot, when it is known."""
    lot_fiche = fiche or (batch.lot.fiche.code if batch.lot else batch.fiche.code if batch.fiche else None)
    return CheckContext(
        today=today, fiches=known_fiches(), client_siren=batch.client.siren or None, lot_fiche=lot_fiche
    )


def stored_cells(batch: ImportBatch) -> list[tuple[int, list[Cell]]] | None:
    """Return (line, cells) of every line kept from the file; None when its sheet wasn't read yet."""
    if batch.options.get("stored") != stored_as(batch):
        return None
    rows = ImportRow.objects.filter(batch=batch).order_by("line").values_list("line", "cells")
    return [(line, given_back(cells)) for line, cells in rows.iterator(chunk_size=5_000)]


def stored_as(batch: ImportBatch) -> list[object]:
    """Return which part of the file the kept lines are: a sheet, from a row on."""
    return [batch.mapping.get("sheet", ""), batch.mapping.get("first_data_row", 0)]


def drawn_lots(client: Client) -> list[str]:
    """Return the numbers of the client's lots that are drawn or closed."""
    lots = Lot.objects.filter(client=client).exclude(status=LotStatus.RECEIVED)
    return list(lots.values_list("number", flat=True))


def column_memory(client: Client, signature: str) -> dict[str, str | None]:
    """Return header -> field as the client's files were read before; the same headers win."""
    memory: dict[str, str | None] = {}
    known = list(ColumnMapping.objects.filter(client=client).order_by("updated_at", "id"))
    for mapping in sorted(known, key=lambda row: row.signature == signature):
        memory |= mapping.mapping
    return memory


def visible_batches(user: User) -> QuerySet[ImportBatch]:
    """Return the imports of the clients that `user` may see, the latest first."""
    batches = ImportBatch.objects.select_related("client", "lot", "fiche", "file").order_by("-id")
    return batches if user.sees_everything else batches.filter(client__in=Client.objects.visible_to(user))


def target_of(batch: ImportBatch) -> Lot | None:
    """Return the lot that the lines would join: the one chosen, or recognised by its references."""
    number = batch.counts.get("lot")
    return batch.lot or (Lot.objects.filter(client=batch.client, number=number).first() if number else None)


def is_lost(batch: ImportBatch) -> bool:
    """Tell whether the worker that had the import in hand died: nothing of its work is written then."""
    if not batch.counts.get("taken") or presence.is_at_work(AT_WORK, batch.pk):
        return False
    # It may have ended between the two looks.
    now = ImportBatch.objects.get(pk=batch.pk)
    return now.state == ImportState.UPLOADED and bool(now.counts.get("taken"))


@dataclass(frozen=True)
class RowPage:
    """Lines of an import from `after` on, and where the next page starts (None: the last)."""

    rows: list[ImportRow]
    next_after: int | None


def rows_page(batch: ImportBatch, fate: str, after: int) -> RowPage:
    """Return up to 50 lines of one fate ("" for all) whose number is above `after`."""
    rows = ImportRow.objects.filter(batch=batch, line__gt=after).order_by("line")
    if fate in RowFate.values:
        rows = rows.filter(fate=fate)
    found = list(rows[: ROWS_PER_PAGE + 1])
    for row in found:
        row.batch = batch
    more = len(found) > ROWS_PER_PAGE
    return RowPage(found[:ROWS_PER_PAGE], found[ROWS_PER_PAGE - 1].line if more else None)
