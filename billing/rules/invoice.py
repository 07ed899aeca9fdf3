"""An invoice: its lines, discount, tax and due date."""

import calendar
import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TextIO

from billing.rules.facts import DISCOUNTED, BillableMission, ClientTerms, InvoiceLine, LineKind
from billing.rules.prices import HUNDRED, PriceList, lot_fee_line, mission_lines
from spekty.core import french
from spekty.core.money import ZERO, cents


class NoVatRate(Exception):
    """No VAT rate is in force on the invoice's date."""


@dataclass(frozen=True, slots=True)
class DiscountStep:
    """`pct` (3 for 3 %) off from `from_lines` discounted lines, for invoices dated from `valid_from`."""

    valid_from: dt.date
    from_lines: int
    pct: Decimal


@dataclass(frozen=True, slots=True)
class VatRate:
    valid_from: dt.date
    pct: Decimal


@dataclass(frozen=True)
class InvoicingRules:
    """The dated rules common to all clients."""

    discounts: Sequence[DiscountStep]
    vat_rates: Sequence[VatRate]

    @classmethod
    def read(cls, discounts: TextIO, vat_rates: TextIO) -> "InvoicingRules":
        """Return the rules of two CSV files (valid_from, from_lines, pct and valid_from, pct)."""
        day = dt.date.fromisoformat
        return cls(
            [
                DiscountStep(day(r["valid_from"]), int(r["from_lines"]), Decimal(r["pct"]))
                for r in csv.DictReader(discounts)
            ],
            [VatRate(day(r["valid_from"]), Decimal(r["pct"])) for r in csv.DictReader(vat_rates)],
        )

    def discount(self, lines: int, on: dt.date) -> DiscountStep | None:
        """Return the step reached by `lines` discounted lines, in force on the invoice's date."""
        dates = [s.valid_from for s in self.discounts if s.valid_from <= on]
        steps = [s for s in self.discounts if dates and s.valid_from == max(dates) and lines >= s.from_lines]
        return max(steps, key=lambda s: s.from_lines, default=None)

    def vat(self, on: dt.date) -> VatRate:
        """Return the VAT rate in force on a day; raise NoVatRate when there is none."""
        rates = [r for r in self.vat_rates if r.valid_from <= on]
        if not rates:
            raise NoVatRate(f"Aucun taux de TVA en vigueur le {french.day(on)}.")
        return max(rates, key=lambda r: r.valid_from)


@dataclass(frozen=True, slots=True)
class Invoice:
    """A computed invoice, in euros. Lines hold the discount (negative) and the fees."""

    lines: tuple[InvoiceLine, ...]
    discounted_lines: int
    vat_pct: Decimal
    total_ht: Decimal
    vat: Decimal
    total_ttc: Decimal
    due_on: dt.date

    def of(self, kind: LineKind) -> Decimal:
        """Return the euros before tax of one kind of line."""
        return sum((line.amount for line in self.lines if line.kind is kind), ZERO)


def compute_invoice(
    *,
    on: dt.date,
    terms: ClientTerms,
    missions: Iterable[BillableMission],
    fee_lots: Iterable[str],
    prices: PriceList,
    rules: InvoicingRules,
) -> Invoice:
    """Return the invoice of `missions` dated `on`, with the fee of each lot carried for the first time.

    Raises NoPrice, NoVatRate. Source: pay-and-billing.md, billing of clients.
    """
    lines = [line for mission in missions for line in mission_lines(mission, terms, prices)]
    counted = [line for line in lines if line.kind in DISCOUNTED]
    lines += _discount_lines(counted, rules.discount(len(counted), on))
    lines += [line for lot in fee_lots if (line := lot_fee_line(lot, terms)).amount]
    total_ht = sum((line.amount for line in lines), ZERO)
    rate = rules.vat(on)
    vat = cents(total_ht * rate.pct / HUNDRED)
    due = due_on(on, terms.payment_days)
    return Invoice(tuple(lines), len(counted), rate.pct, total_ht, vat, total_ht + vat, due)


def _discount_lines(counted: Sequence[InvoiceLine], step: DiscountStep | None) -> list[InvoiceLine]:
    if step is None:
        return []
    base = sum((line.amount for line in counted), ZERO)
    amount = -cents(base * step.pct / HUNDRED)
    label = (
        f"Remise de {french.percent_points(step.pct)} sur {french.euros(base)} : {len(counted)} missions et "
        f"contre-visites, à partir de {step.from_lines} (règle du {french.day(step.valid_from)})."
    )
    kind = LineKind.DISCOUNT
    return [InvoiceLine(kind, "", "", kind, step.valid_from, Decimal(1), amount, amount, label)]


def due_on(issued_on: dt.date, payment_days: int) -> dt.date:
    """Return the due date: `payment_days` after the issue, then the end of that month."""
    reached = issued_on + dt.timedelta(days=payment_days)
    return reached.replace(day=calendar.monthrange(reached.year, reached.month)[1])
