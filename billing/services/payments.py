"""After the issue: sending, payment and its undo."""

import datetime as dt

from django.db import transaction

from billing.models import Invoice
from billing.services.documents import store_invoice_pdf
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, advance
from spekty.core.mail import queue_mail


@transaction.atomic
def send_invoice(*, invoice_id: int, by: Actor) -> Invoice:
    """Mark the invoice sent and promise the e-mail that carries its PDF. Raises WrongState, NotAllowed."""
    invoice = advance(Invoice, invoice_id, "send", by=by, guard=_has_address)
    file = store_invoice_pdf(invoice_id=invoice_id, by=by)
    queue_mail(
        template="invoice",
        to=invoice.client.email,
        context={"invoice": invoice, "parties": invoice.parties},
        attachments=[file.pk],
        about=invoice,
    )
    return invoice


def _has_address(invoice: Invoice) -> str | None:
    return None if invoice.client.email else f"{invoice.client} n’a pas d’adresse e-mail."


@transaction.atomic
def settle_invoice(*, invoice_id: int, on: dt.date, by: Actor, today: dt.date) -> Invoice:
    """Note that the client paid on `on`. Raises WrongState, NotAllowed."""

    def guard(invoice: Invoice) -> str | None:
        if invoice.is_credit_note:
            return "Un avoir ne s’encaisse pas."
        if on > today:
            return "Un paiement ne se date pas dans l’avenir."
        if invoice.issued_on and on < invoice.issued_on:
            return "Un paiement ne précède pas la facture."
        return None

    return advance(Invoice, invoice_id, "settle", by=by, guard=guard, changes={"paid_on": on})


def unsettle_invoice(*, invoice_id: int, by: Actor, reason: str) -> Invoice:
    """Undo a payment noted by mistake; `reason` is kept."""
    if not reason.strip():
        raise TransitionRefused("Dites pourquoi le paiement est annulé.")
    return advance(Invoice, invoice_id, "unsettle", by=by, reason=reason.strip(), changes={"paid_on": None})
