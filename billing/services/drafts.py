"""Drafts: what the rules compute from the missions, kept as lines until the invoice is issued.

Preparing twice gives the same draft with the same lines. Two people at once are serialised by the client's
row; were they not, UNIQUE constraints refuse a mission, a lot's fee or a draft twice.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from billing import rules
from billing.enums import InvoiceStatus
from billing.models import Invoice, InvoiceLine, InvoiceQuerySet
from billing.rules import InvoicePlan, NoPrice
from billing.selectors.computing import compute, is_ready, lot_plan, month_plan
from billing.selectors.facts import Facts
from billing.selectors.lines import unsaved_line
from billing.workflow import BILLING
from lots.enums import BillingMode
from lots.models import Client, Lot
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed, TransitionRefused, WrongState
from spekty.core.history import acting


class NothingToInvoice(TransitionRefused):
    """No mission of the lot or month waits for an invoice."""


class LotNotReady(TransitionRefused):
    """A drawn mission of the lot is still open."""


class PriceMissing(TransitionRefused):
    """The client has no price in force for one of the missions."""


class WrongMode(TransitionRefused):
    """The client is not invoiced this way."""


@transaction.atomic
def prepare_lot_invoice(*, lot_id: int, by: Actor, on: dt.date | None = None) -> Invoice:
    """Prepare (or bring up to date) the draft invoice of a lot of a client in mode Au lot.

    Raises WrongMode, LotNotReady, NothingToInvoice, PriceMissing, NotAllowed.
    """
    check_may_bill(by)
    lot = Lot.objects.select_related("client").get(pk=lot_id)
    client = _lock_client(lot.client_id)
    if client.billing_mode != BillingMode.LOT:
        raise WrongMode(f"{client} est facturé en fin de mois, tous lots ensemble.")
    draft = _drafts().filter(lot=lot).first()
    plan, facts = lot_plan(lot, on or timezone.localdate(), draft)
    if not is_ready(facts, lot.number):
        raise LotNotReady(f"Le lot {lot} a encore des missions sans rapport : il n’est pas facturable.")
    if plan is None:
        raise NothingToInvoice(f"Rien n’attend de facture dans le lot {lot}.")
    return _write(draft or Invoice(client=client, lot=lot), plan, facts, on or timezone.localdate(), by)


@transaction.atomic
def prepare_monthly_invoices(*, client: Client, month: dt.date, by: Actor) -> list[Invoice]:
    """Prepare (or bring up to date) the client's month-end draft: one invoice, or none when nothing is due.

    Mode Mensuelle: everything reported by then. Mode Au lot: re-inspections of lots already invoiced.
    Raises PriceMissing, NotAllowed.
    """
    check_may_bill(by)
    first = month.replace(day=1)
    client = _lock_client(client.pk)
    draft = _drafts().filter(client=client, month=first).first()
    plan, facts = month_plan(client, first, draft)
    if plan is None:
        return []
    return [_write(draft or Invoice(client=client, month=first), plan, facts, plan.on, by)]


def refresh_draft(draft: Invoice, on: dt.date, by: Actor) -> Invoice:
    """Recompute a locked draft for an invoice dated `on`, in the caller's transaction."""
    if draft.lot is not None:
        plan, facts = lot_plan(draft.lot, on, draft)
        if not is_ready(facts, draft.lot.number):
            raise LotNotReady(f"Le lot {draft.lot} a de nouveau une mission sans rapport.")
    else:
        plan, facts = month_plan(draft.client, draft.month or on, draft)
    if plan is None:
        raise NothingToInvoice("Plus rien n’est à facturer sur ce brouillon : supprimez-le.")
    return _write(draft, plan, facts, on, by)


@transaction.atomic
def discard_draft(*, invoice_id: int, by: Actor) -> None:
    """Delete a draft: it never had a number, and its missions wait for an invoice again."""
    check_may_bill(by)
    draft = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice_id)
    if not draft.is_draft:
        raise WrongState("Une facture émise ne se supprime pas : établissez un avoir.")
    with acting(by):
        draft.lines.all().delete()
        draft.delete()


def check_may_bill(by: Actor) -> None:
    """Raise NotAllowed unless the actor may invoice."""
    if not by.is_system and not by.roles & BILLING:
        raise NotAllowed("La facturation ne fait pas partie de vos droits.")


def _lock_client(client_id: int) -> Client:
    return Client.objects.select_for_update(no_key=True).get(pk=client_id)


def _drafts() -> InvoiceQuerySet:
    return Invoice.objects.filter(status=InvoiceStatus.DRAFT, corrects__isnull=True)


def _write(draft: Invoice, plan: InvoicePlan, facts: Facts, on: dt.date, by: Actor) -> Invoice:
    try:
        computed = compute(draft.client, plan, on)
    except NoPrice as error:
        raise PriceMissing(str(error)) from error
    if not computed.lines:
        raise NothingToInvoice("Tout ce qui est à facturer est gratuit pour ce client.")
    draft.total_ht, draft.vat_pct = computed.total_ht, computed.vat_pct
    draft.total_vat, draft.total_ttc = computed.vat, computed.total_ttc
    draft.due_on = computed.due_on
    with acting(by):
        draft.save()
        _write_lines(draft, computed, facts)
    return draft


CONTENT = ("kind", "lot_id", "mission_id", "quantity", "unit_amount", "amount", "rule", "rule_from", "label")


def _write_lines(draft: Invoice, computed: rules.Invoice, facts: Facts) -> None:
    """Replace the draft's lines, unless they are the same already."""
    wanted = [unsaved_line(draft, line, facts) for line in computed.lines]
    present = list(draft.lines.order_by("id"))
    if [_content(line) for line in present] == [_content(line) for line in wanted]:
        return
    draft.lines.all().delete()
    InvoiceLine.objects.bulk_create(wanted)


def _content(line: InvoiceLine) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in CONTENT)
