"""The pay scale as a table: each item with its dated rows, by contract."""

import datetime as dt
from dataclasses import dataclass

from payroll.enums import PayItem
from payroll.models import PayScale
from spekty.accounts.enums import Contract

PAST, NOW, COMING = "passé", "en vigueur", "à venir"
NOT_MONEY = {
    PayItem.SAME_ADDRESS: "×",
    PayItem.MEAL_STOPS: "arrêts",
    PayItem.MEAL_KM: "km",
    PayItem.KM_FREE: "km",
    PayItem.VOLUME_1_FROM: "visites",
    PayItem.VOLUME_2_FROM: "visites",
}


@dataclass(frozen=True)
class DatedRow:
    """A row of the scale; `unit` is empty for euros."""

    row: PayScale
    state: str
    unit: str


def scale_table(today: dt.date) -> list[tuple[str, list[DatedRow]]]:
    """Return the rows by contract, in the order of the items, the latest first."""
    rows = list(PayScale.objects.order_by("-valid_from"))
    order = {item: rank for rank, item in enumerate(PayItem.values)}
    table = []
    for contract in Contract:
        mine = sorted((r for r in rows if r.contract == contract), key=lambda r: order.get(r.item, 99))
        table.append((str(contract.label), [_dated(row, mine, today) for row in mine]))
    return table


def _dated(row: PayScale, rows: list[PayScale], today: dt.date) -> DatedRow:
    past = [r.valid_from for r in rows if r.item == row.item and r.valid_from <= today]
    state = COMING if row.valid_from > today else PAST
    if past and row.valid_from == max(past):
        state = NOW
    unit = next((unit for item, unit in NOT_MONEY.items() if item == row.item), "")
    return DatedRow(row, state, unit)
