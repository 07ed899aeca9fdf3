"""Issuing: the draft is recomputed a last time, takes its number, and never changes again."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from billing.enums import InvoiceKind
from billing.models import Invoice
from billing.rules import due_on, format_number
from billing.selectors.parties import missing_mention, parties_of
from billing.services.drafts import check_may_bill, refresh_draft
from lots.models import Client
from spekty.core import french
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, WrongState, advance, lock_row
from spekty.core.months import month_end
from spekty.core.numbering import take_number

INVOICES, CREDITS = "FA", "AV"


class WrongDate(TransitionRefused):
    """The date would break the order of the numbers, or lies in the future, or before the month's end."""


class MentionMissing(TransitionRefused):
    """The client's record lacks what the law wants on an invoice."""


class DraftChanged(TransitionRefused):
    """The amount is no longer the one that was shown."""


@transaction.atomic
def issue_invoice(
    *,
    invoice_id: int,
    on: dt.date,
    by: Actor,
    expected_ttc: Decimal | None = None,
    today: dt.date | None = None,
) -> Invoice:
    """Issue a draft dated `on`: it takes the next number FA-YYYY-NNNN, in chronological order.

    `expected_ttc` is the amount the person saw, in euros: another one refuses the issue. Raises WrongState,
    WrongDate, MentionMissing, DraftChanged, LotNotReady, NothingToInvoice, PriceMissing, NotAllowed.
    """
    check_may_bill(by)
    client_id = Invoice.objects.values_list("client_id", flat=True).get(pk=invoice_id)
    Client.objects.select_for_update(no_key=True).get(pk=client_id)
    draft = lock_row(Invoice, invoice_id)
    if not draft.is_draft or draft.is_credit_note:
        raise WrongState("Cette facture est déjà émise.")
    if draft.month and on < month_end(draft.month):
        raise WrongDate(f"La facture de {french.month(draft.month)} s’émet à la fin du mois.")
    if missing := missing_mention(draft.client):
        raise MentionMissing(missing)
    draft = refresh_draft(draft, on, by)
    if expected_ttc is not None and draft.total_ttc != expected_ttc:
        raise DraftChanged(
            f"Le montant a changé : {french.euros(draft.total_ttc)} TTC au lieu de "
            f"{french.euros(expected_ttc)}. Relisez la facture avant de l’émettre."
        )
    changes: dict[str, object] = {
        "number": next_in_series(InvoiceKind.INVOICE, on, today or timezone.localdate()),
        "issued_on": on,
        "due_on": due_on(on, draft.client.payment_days),
        "parties": parties_of(draft.client),
    }
    return advance(Invoice, draft.pk, "issue", by=by, changes=changes)


def next_in_series(kind: InvoiceKind, on: dt.date, today: dt.date) -> str:
    """Take the next number of the series for a paper dated `on`; the series stays locked until the commit.

    Invoices and credit notes have a series each. Raises WrongDate.
    """
    prefix = CREDITS if kind == InvoiceKind.CREDIT_NOTE else INVOICES
    rank = take_number(code=prefix, year=on.year)
    last = last_issued_on(kind)
    if last is not None and on < last:
        raise WrongDate(
            f"Le dernier numéro porte la date du {french.day(last)} : une date antérieure romprait l’ordre "
            "chronologique."
        )
    if on > max(today, last or today):
        raise WrongDate("Une facture ne se date pas dans l’avenir.")
    return format_number(on.year, rank) if prefix == INVOICES else f"{CREDITS}-{on.year:04d}-{rank:04d}"


def last_issued_on(kind: InvoiceKind) -> dt.date | None:
    """Return the date of the last paper of the series."""
    issued: dt.date | None = (
        Invoice.objects.issued().filter(kind=kind).aggregate(last=Max("issued_on"))["last"]
    )
    return issued
