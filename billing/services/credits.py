"""Credit notes (381): what was invoiced by mistake is corrected, never edited or deleted."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from billing.enums import InvoiceKind, LineKind
from billing.models import Invoice, InvoiceLine
from billing.rules.facts import DISCOUNTED
from billing.selectors.parties import parties_of
from billing.services.drafts import check_may_bill
from billing.services.issuing import next_in_series
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, WrongState, advance, lock_row
from spekty.core.history import acting
from spekty.core.money import ZERO, cents

COUNTED = tuple(kind.value for kind in DISCOUNTED)


class NothingToCredit(TransitionRefused):
    """None of the chosen lines stands any more."""


@transaction.atomic
def issue_credit_note(
    *,
    invoice_id: int,
    reason: str,
    on: dt.date,
    by: Actor,
    line_ids: Collection[int] | None = None,
    today: dt.date | None = None,
) -> Invoice:
    """Credit whole (`line_ids` None) or some lines of an issued invoice; its missions can be invoiced anew.

    The share of the volume discount goes with its lines, and discount and VAT are rounded on what is
    credited in all, so that credit notes of every line give back the invoice to the cent.
    Raises WrongState, NothingToCredit, WrongDate, NotAllowed.
    """
    check_may_bill(by)
    if not reason.strip():
        raise TransitionRefused("Dites pourquoi cette facture est corrigée.")
    invoice = lock_row(Invoice, invoice_id)
    if invoice.is_draft or invoice.is_credit_note:
        raise WrongState("Un avoir corrige une facture émise.")
    lines = _standing(invoice, line_ids)
    note = Invoice(
        client=invoice.client, kind=InvoiceKind.CREDIT_NOTE, corrects=invoice, reason=reason.strip()
    )
    note.vat_pct = invoice.vat_pct
    with acting(by):
        note.save()
        credit = InvoiceLine.objects.bulk_create([_reverse(note, line) for line in lines])
        _free(invoice, lines)
        _write_totals(invoice, note, sum((line.amount for line in credit), ZERO))
    changes: dict[str, object] = {
        "number": next_in_series(InvoiceKind.CREDIT_NOTE, on, today or timezone.localdate()),
        "issued_on": on,
        "parties": parties_of(invoice.client),
    }
    return advance(Invoice, note.pk, "issue", by=by, reason=reason, changes=changes)


def _standing(invoice: Invoice, line_ids: Collection[int] | None) -> list[InvoiceLine]:
    """Return the lines to credit, with their share of the discount as a last line of its amount."""
    standing = [line for line in invoice.lines.order_by("id") if not line.is_credited]
    chosen = [
        line
        for line in standing
        if line.kind != LineKind.DISCOUNT and (line_ids is None or line.pk in line_ids)
    ]
    discount = next((line for line in standing if line.kind == LineKind.DISCOUNT), None)
    if not chosen and not (line_ids is None and discount):
        raise NothingToCredit("Choisissez au moins une ligne qui n’est pas déjà annulée par un avoir.")
    if discount is not None and (share := _discount_share(invoice, discount, chosen)):
        discount.amount = share
        chosen.append(discount)
    return chosen


def _discount_share(invoice: Invoice, discount: InvoiceLine, chosen: list[InvoiceLine]) -> Decimal:
    """Return the part of the discount that goes with the chosen lines, less what was credited before."""
    counted = [line for line in invoice.lines.all() if line.kind in COUNTED]
    base = sum((line.amount for line in counted), ZERO)
    now = {line.pk for line in chosen}
    gone = sum((line.amount for line in counted if line.is_credited or line.pk in now), ZERO)
    before = -(discount.corrections.aggregate(total=Sum("amount"))["total"] or ZERO)
    return cents(discount.amount * gone / base) - before if base else discount.amount - before


def _reverse(note: Invoice, line: InvoiceLine) -> InvoiceLine:
    return InvoiceLine(
        invoice=note,
        corrects_id=line.pk,
        kind=line.kind,
        lot_id=line.lot_id,
        mission_id=line.mission_id,
        quantity=line.quantity,
        unit_amount=-(line.amount if line.kind == LineKind.DISCOUNT else line.unit_amount),
        amount=-line.amount,
        rule=line.rule,
        rule_from=line.rule_from,
        label=f"Avoir : {line.label}",
        is_credit=True,
    )


def _free(invoice: Invoice, lines: list[InvoiceLine]) -> None:
    """Mark what no longer stands; the discount falls with the last of its lines."""
    gone = [line.pk for line in lines if line.kind != LineKind.DISCOUNT]
    invoice.lines.filter(pk__in=gone).update(is_credited=True)
    if not invoice.lines.filter(kind__in=COUNTED, is_credited=False).exists():
        invoice.lines.filter(kind=LineKind.DISCOUNT, is_credited=False).update(is_credited=True)


def _write_totals(invoice: Invoice, note: Invoice, total_ht: Decimal) -> None:
    before = invoice.credit_notes.exclude(pk=note.pk).aggregate(ht=Sum("total_ht"), vat=Sum("total_vat"))
    all_ht = (before["ht"] or ZERO) + total_ht
    note.total_ht = total_ht
    # The VAT of everything credited so far, less what the earlier credit notes took.
    note.total_vat = -cents(-all_ht * invoice.vat_pct / 100) - (before["vat"] or ZERO)
    note.total_ttc = note.total_ht + note.total_vat
    note.save(update_fields=["total_ht", "total_vat", "total_ttc"])
