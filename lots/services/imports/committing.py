"""The commit: one transaction writes the operations, the lot's version and the fate of every line."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from lots.enums import DocumentKind, ImportState, LotStatus
from lots.models import Client, Fiche, ImportBatch, Lot, LotDocument
from lots.rules.plans import Fate, ImportPlan
from lots.rules.rates import RateRow
from lots.selectors.verdicts import Law, latest_engagement
from lots.services.imports.checking import pending_batch
from lots.services.imports.errors import ImportChanged, LotIsClosed, NothingToImport, SizeWouldChange
from lots.services.imports.keeping import summary, write_rows
from lots.services.imports.operations import write_operations
from lots.services.imports.planning import plan_batch
from spekty.core import french
from spekty.core.actors import Actor
from spekty.core.engine import lock_row
from spekty.core.history import acting
from spekty.core.numbering import take_number
from spekty.core.outbox import emit

SERIES = "LOT"
KEPT = (Fate.CREATED, Fate.UPDATED, Fate.UNCHANGED)


@transaction.atomic
def commit_batch(
    *,
    batch_id: int,
    by: Actor,
    accept_size: bool = False,
    expected: Mapping[str, Any] | None = None,
    received_on: dt.date | None = None,
    filing_on: dt.date | None = None,
) -> ImportBatch:
    """Write what the preview announced; nothing is written when one line can't be.

    `expected` are the counts that were shown. `accept_size` allows a drawn lot to grow: its list takes a new
    version, the draw stays. Raises ImportChanged, NothingToImport, LotIsClosed, SizeWouldChange, NotAllowed.
    """
    batch = pending_batch(batch_id, by)
    # Two imports of one client follow one another: each sees what the other wrote.
    Client.objects.select_for_update(no_key=True).get(pk=batch.client_id)
    plan = plan_batch(batch)
    _check(plan, expected)
    with acting(by):
        lot = _target(batch, plan, received_on, filing_on)
        _check_lot(lot, plan, accept_size)
        was_empty = not lot.operations.exists()
        latest = latest_engagement(lot)
        written = write_operations(lot, plan)
        _update_lot(lot, plan, is_new=was_empty)
        _retain_rates(lot, latest)
        batch.lot, batch.fiche = lot, lot.fiche
        batch.state, batch.committed_at = ImportState.COMMITTED, timezone.now()
        batch.options |= {"created_lot": was_empty, "list_version": lot.list_version}
        batch.save()
        write_rows(batch, plan, written)
        title = f"Liste du client, version {lot.list_version}"
        LotDocument.objects.get_or_create(
            lot=lot, file=batch.file, defaults={"kind": DocumentKind.CLIENT_LIST, "title": title}
        )
        emit("search.lot", lot)
    return batch


def _check(plan: ImportPlan, expected: Mapping[str, Any] | None) -> None:
    found = summary(plan)
    names = ("read", *(str(fate) for fate in Fate), "lot")
    if expected is not None and any(expected.get(name) != found[name] for name in names):
        raise ImportChanged(
            "Des opérations ont changé depuis la vérification : relisez les lignes avant d’importer."
        )
    if not any(plan.counts[fate] for fate in KEPT):
        raise NothingToImport("Aucune ligne du fichier ne peut être importée : corrigez-en au moins une.")


def _target(
    batch: ImportBatch, plan: ImportPlan, received_on: dt.date | None, filing_on: dt.date | None
) -> Lot:
    """Return the lot that the lines join, locked; a new one takes the next number."""
    if batch.lot_id:
        return lock_row(Lot, batch.lot_id)
    if plan.lot:
        return lock_row(
            Lot, Lot.objects.values_list("pk", flat=True).get(number=plan.lot, client=batch.client)
        )
    code = next(iter(plan.fiches))
    day = received_on or timezone.localdate()
    return Lot.objects.create(
        number=new_number(day.year),
        client=batch.client,
        fiche=Fiche.objects.get(code=code),
        received_on=day,
        filing_on=filing_on,
    )


def new_number(year: int) -> str:
    """Return the next free LOT-YYYY-NNNN; must run in the transaction that uses it."""
    while True:
        number = f"{SERIES}-{year}-{take_number(code=SERIES, year=year):04d}"
        if not Lot.objects.filter(number=number).exists():
            return number


def _check_lot(lot: Lot, plan: ImportPlan, accept_size: bool) -> None:
    if not plan.changes_something:
        return
    if lot.status == LotStatus.CLOSED:
        raise LotIsClosed(f"Le lot {lot.number} est clos : rouvrez-le avant d’importer une liste corrigée.")
    created = plan.counts[Fate.CREATED]
    if lot.status == LotStatus.DRAWN and created and not accept_size:
        count = french.plural(created, "opération s’ajoute", "opérations s’ajoutent")
        raise SizeWouldChange(
            f"Le lot {lot.number} est déjà tiré et {count} : le nombre d’opérations passerait de "
            f"{french.number(lot.size)} à {french.number(lot.size + created)}. Confirmez-le pour importer."
        )


def _retain_rates(lot: Lot, latest_before: dt.date | None) -> None:
    """A drawn lot whose latest engagement changes takes the rates of the new date (R3)."""
    latest = latest_engagement(lot)
    if lot.status != LotStatus.DRAWN or latest == latest_before:
        return
    rate = Law.read({lot.fiche.code}).rates.find(lot.fiche.code, latest)
    if isinstance(rate, RateRow):
        lot.site_pct, lot.contact_pct = rate.site_pct, rate.contact_pct
        lot.save(update_fields=["site_pct", "contact_pct"])


def _update_lot(lot: Lot, plan: ImportPlan, *, is_new: bool) -> None:
    created = plan.counts[Fate.CREATED]
    # A legacy lot's announced size stays the reference: what the file adds is added to it.
    lot.size = lot.size + created if not is_new else created
    if lot.status == LotStatus.DRAWN and plan.changes_something:
        lot.list_version += 1
    emmy = {row.values.get("emmy_reference") for row in plan.rows if row.fate in KEPT} - {None}
    if len(emmy) == 1 and not lot.emmy_ref:
        lot.emmy_ref = str(emmy.pop())[:40]
    lot.save(update_fields=["size", "list_version", "emmy_ref"])
