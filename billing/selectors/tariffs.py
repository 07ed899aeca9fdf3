"""Dated prices and rates as tables, with what is in force today."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from billing.models import BillingRate, Price
from lots.models import Client

PAST, NOW, COMING = "passé", "en vigueur", "à venir"


@dataclass(frozen=True)
class DatedPrice:
    """A price, and whether it is in force, past or to come for lots received today."""

    row: Price
    state: str


@dataclass(frozen=True)
class DatedRate:
    """A rate, and whether it is in force, past or to come for invoices dated today."""

    row: BillingRate
    state: str


def _state(valid_from: dt.date, dates: Iterable[dt.date], today: dt.date) -> str:
    if valid_from > today:
        return COMING
    return NOW if valid_from == max(d for d in dates if d <= today) else PAST


def price_table(clients: Iterable[Client], today: dt.date) -> list[tuple[Client, list[DatedPrice]]]:
    """Return each client with its prices by item, the latest first."""
    rows = list(Price.objects.filter(client__in=clients).order_by("item", "-valid_from"))
    table = []
    for client in clients:
        mine = [row for row in rows if row.client_id == client.pk]
        dated = [
            DatedPrice(row, _state(row.valid_from, [r.valid_from for r in mine if r.item == row.item], today))
            for row in mine
        ]
        table.append((client, dated))
    return table


def rate_table(today: dt.date) -> list[DatedRate]:
    """Return the rates by code, the latest first."""
    rows = list(BillingRate.objects.order_by("-code", "-valid_from", "threshold"))
    return [
        DatedRate(row, _state(row.valid_from, [r.valid_from for r in rows if r.code == row.code], today))
        for row in rows
    ]
