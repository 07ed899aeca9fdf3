"""What a mission costs its client."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from billing.rules.facts import BillableMission, Channel, ClientTerms, InvoiceLine, InvoicingMode, LineKind
from spekty.core import french
from spekty.core.money import cents

CONTACT_ITEM = "CONTACT"
HUNDRED = Decimal(100)


class NoPrice(Exception):
    """The client has no price in force for an item."""

    def __init__(self, client: str, item: str, day: dt.date) -> None:
        self.client, self.item, self.day = client, item, day
        super().__init__(f"Aucun prix {item} du client {client} en vigueur le {french.day(day)}.")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One dated price of a client: euros before tax, `item` is a family or CONTACT."""

    client: str
    item: str
    valid_from: dt.date
    amount: Decimal


class PriceList:
    """All dated prices, looked up by client, item and day."""

    def __init__(self, rows: Iterable[PriceRow]) -> None:
        self._rows: dict[tuple[str, str], list[PriceRow]] = {}
        for row in sorted(rows, key=lambda r: r.valid_from):
            self._rows.setdefault((row.client, row.item), []).append(row)

    def require(self, client: str, item: str, day: dt.date) -> PriceRow:
        """Return the price in force on `day` (the lot's reception date); raise NoPrice when there is none."""
        rows = self._rows.get((client, item), [])
        index = bisect_right(rows, day, key=lambda r: r.valid_from)
        if not index:
            raise NoPrice(client, item, day)
        return rows[index - 1]


def mission_lines(mission: BillableMission, terms: ClientTerms, prices: PriceList) -> list[InvoiceLine]:
    """Return the lines of one mission: itself once reported, then its unproductive visits.

    Raises NoPrice. Price in force on the lot's reception date; whatever the conclusion. Mensuelle bills
    unproductive visits with their mission, hence none before the report; Au lot bills those of all missions.
    """
    if not mission.reported and terms.mode is InvoicingMode.MONTHLY:
        return []
    lines = []
    if mission.reported:
        lines.append(_own_line(mission, terms, prices))
    billed = min(mission.unproductive_visits, terms.max_unproductive)
    if billed and mission.channel is Channel.SITE:
        lines.append(_unproductive_line(mission, billed, terms, prices))
    return [line for line in lines if line.amount]


def _own_line(mission: BillableMission, terms: ClientTerms, prices: PriceList) -> InvoiceLine:
    item = mission.family if mission.channel is Channel.SITE else CONTACT_ITEM
    price = prices.require(terms.code, item, mission.lot_received_on)
    if mission.reinspection:
        unit = cents(price.amount * terms.reinspection_pct / HUNDRED)
        rate = french.percent_points(terms.reinspection_pct)
        label = f"Contre-visite {item} {mission.reference} à {rate} de {french.euros(price.amount)}"
        return _line(LineKind.REINSPECTION, mission, price, Decimal(1), unit, label)
    if mission.channel is Channel.CONTACT:
        label = f"Contrôle par contact {mission.reference}"
        return _line(LineKind.CONTACT, mission, price, Decimal(1), price.amount, label)
    label = f"Contrôle sur site {item} {mission.reference}"
    return _line(LineKind.MISSION, mission, price, Decimal(1), price.amount, label)


def _unproductive_line(
    mission: BillableMission, billed: int, terms: ClientTerms, prices: PriceList
) -> InvoiceLine:
    price = prices.require(terms.code, mission.family, mission.lot_received_on)
    unit = cents(price.amount * terms.unproductive_pct / HUNDRED)
    done = french.plural(mission.unproductive_visits, "déplacement improductif", "déplacements improductifs")
    label = (
        f"{done} {mission.reference} à {french.percent_points(terms.unproductive_pct)} de "
        f"{french.euros(price.amount)} (au plus {terms.max_unproductive})"
    )
    return _line(LineKind.UNPRODUCTIVE, mission, price, Decimal(billed), unit, label)


def _line(
    kind: LineKind, mission: BillableMission, price: PriceRow, quantity: Decimal, unit: Decimal, label: str
) -> InvoiceLine:
    amount = cents(quantity * unit)
    dated = f"{label}, tarif du {french.day(price.valid_from)}."
    return InvoiceLine(
        kind, mission.reference, mission.lot, price.item, price.valid_from, quantity, unit, amount, dated
    )


def lot_fee_line(lot: str, terms: ClientTerms) -> InvoiceLine:
    """Return the fee of one lot, due once, on the first invoice that carries the lot."""
    label = f"Frais du lot {lot} (première facture qui le porte)."
    fee = cents(terms.lot_fee)
    return InvoiceLine(LineKind.LOT_FEE, "", lot, LineKind.LOT_FEE, None, Decimal(1), fee, fee, label)
