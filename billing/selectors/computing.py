"""The invoice that a lot or a month would give: computed, never written."""

import datetime as dt
from dataclasses import replace

from billing import rules
from billing.models import Invoice
from billing.rules import (
    InvoicePlan,
    LotState,
    compute_invoice,
    lot_is_ready,
    plan_lot_invoice,
    plan_month_end,
)
from billing.selectors.facts import Facts, billed_lots, gather, invoicing_rules, price_list, terms_of
from lots.models import Client, Lot
from missions.enums import MissionStatus
from missions.models import Mission
from spekty.core.months import month_end


def lot_plan_of(facts: Facts, lot: str, on: dt.date, *, billed: bool) -> InvoicePlan | None:
    """Return what an invoice of this lot would carry; a lot invoiced before never pays its fee again.

    Once the lot is invoiced, its re-inspections wait for the end of their month, and unproductive visits of
    missions that ended without report were billed.
    """
    missions = [m for m in facts.missions if m.lot == lot]
    if not billed:
        return plan_lot_invoice(on, missions)
    plan = plan_lot_invoice(on, [m for m in missions if m.reported and not m.reinspection])
    return plan and replace(plan, fee_lots=())


def lot_plan(lot: Lot, on: dt.date, draft: Invoice | None = None) -> tuple[InvoicePlan | None, Facts]:
    """Return what an invoice of this lot would carry, and the facts behind it."""
    facts = gather(Mission.objects.filter(lot=lot), draft)
    billed = lot.number in billed_lots([lot.client_id], draft)
    return lot_plan_of(facts, lot.number, on, billed=billed), facts


def expected_lot_plan(facts: Facts, lot: str, on: dt.date, *, billed: bool) -> InvoicePlan | None:
    """Return the plan as if every mission still open were reported: the amount to expect."""
    hoped = [
        replace(m, reported=True) if m.reference in facts.open_status and not m.reinspection else m
        for m in facts.missions
    ]
    return lot_plan_of(replace(facts, missions=hoped), lot, on, billed=billed)


def is_ready(facts: Facts, lot: str) -> bool:
    """Say whether every drawn mission of the lot is reported or ended."""
    return lot_is_ready(LotState(lot, facts.states.get(lot, [])))


def month_plan(
    client: Client, month: dt.date, draft: Invoice | None = None
) -> tuple[InvoicePlan | None, Facts]:
    """Return what the client's invoice of the end of `month` would carry, and the facts behind it."""
    missions = Mission.objects.filter(
        lot__client=client, status=MissionStatus.REPORTED, reported_on__lte=month_end(month)
    )
    facts = gather(missions, draft)
    terms = terms_of(client)
    per_lot = terms.mode is rules.InvoicingMode.PER_LOT
    billed = billed_lots([client.pk], draft, issued_only=per_lot)
    return plan_month_end(month, terms, facts.missions, billed), facts


def compute(
    client: Client,
    plan: InvoicePlan,
    on: dt.date,
    *,
    prices: rules.PriceList | None = None,
    common: rules.InvoicingRules | None = None,
) -> rules.Invoice:
    """Return the invoice of `plan` dated `on`. Raises NoPrice, NoVatRate."""
    return compute_invoice(
        on=on,
        terms=terms_of(client),
        missions=plan.missions,
        fee_lots=plan.fee_lots,
        prices=prices or price_list([client.pk]),
        rules=common or invoicing_rules(),
    )
