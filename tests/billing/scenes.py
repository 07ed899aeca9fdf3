"""Lots and missions as billing meets them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from billing.models import Invoice
from billing.services import issue_invoice, prepare_lot_invoice
from lots.enums import BillingMode, LotStatus
from lots.models import Client, Lot
from missions.enums import MissionStatus
from missions.models import Mission, UnproductiveVisit
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.enums import Channel
from tests import factories

BILLER = factories.actor("paie-facturation")
RECEIVED = dt.date(2025, 3, 1)
TODAY = dt.date(2025, 6, 30)
TERMS: dict[str, Any] = {
    "unproductive_pct": Decimal(50),
    "unproductive_max": 1,
    "lot_fee": Decimal("90.00"),
    "reinspection_pct": Decimal(80),
    "payment_days": 30,
}


def customer(mode: BillingMode = BillingMode.LOT, **fields: Any) -> Client:
    """Return the client of the worked example: ISO 150.00, contact 20.00."""
    client = factories.client(
        **({"billing_mode": mode, "siren": "732829320", "email": "c@ex.fr"} | TERMS | fields)
    )
    factories.price(client, "ISO", "150.00")
    factories.price(client, "CONTACT", "20.00")
    return client


def drawn_lot(client: Client, **fields: Any) -> Lot:
    return factories.lot(**({"client": client, "received_on": RECEIVED, "status": LotStatus.DRAWN} | fields))


def missions(lot: Lot, count: int, *, status: str = MissionStatus.REPORTED, **fields: Any) -> list[Mission]:
    """Return `count` missions of the lot, reported on 20 June 2025 unless said otherwise."""
    values: dict[str, Any] = {"status": status, "channel": Channel.SITE} | fields
    if status == MissionStatus.REPORTED:
        values.setdefault("reported_on", dt.date(2025, 6, 20))
        values.setdefault("visited_at", dt.datetime(2025, 6, 16, 9, tzinfo=dt.UTC))
    return [factories.mission(lot=lot, **values) for _ in range(count)]


def door(mission: Mission, agent: Agent, day: int = 10, hour: int = 8) -> UnproductiveVisit:
    at = dt.datetime(2025, 6, day, hour, tzinfo=dt.UTC)
    return UnproductiveVisit.objects.create(mission=mission, agent=agent, at=at)


def reinspection(first: Mission, **fields: Any) -> Mission:
    (again,) = missions(first.lot, 1, operation=first.operation, reinspection_of=first, **fields)
    return again


def example_lot() -> Lot:
    """Return the lot of the worked example of pay-and-billing.md."""
    lot = drawn_lot(customer())
    sites = missions(lot, 52)
    missions(lot, 10, channel=Channel.CONTACT)
    agent = factories.agent()
    door(sites[0], agent, 10)
    door(sites[0], agent, 11)
    door(sites[1], agent, 12)
    reinspection(sites[2])
    return lot


def issued(lot: Lot, on: dt.date = TODAY, by: Actor = BILLER) -> Invoice:
    draft = prepare_lot_invoice(lot_id=lot.pk, by=by, on=on)
    return issue_invoice(invoice_id=draft.pk, on=on, by=by, today=max(on, TODAY))
