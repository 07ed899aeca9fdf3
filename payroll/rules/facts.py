"""What pay is computed from, and what it is made of. No conclusion, result or review among the facts."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from spekty.core.money import ZERO


class Contract(StrEnum):
    EMPLOYEE = "SALARIE"
    FREELANCE = "INDEPENDANT"


class Vehicle(StrEnum):
    OWN = "PERSONNEL"
    COMPANY = "SOCIETE"


class VisitKind(StrEnum):
    SITE = "SITE"
    CONTACT = "CONTACT"
    UNPRODUCTIVE = "IMPRODUCTIF"


class PayComponent(StrEnum):
    """The columns of a pay slip."""

    MISSIONS = "MISSIONS"
    CONTACTS = "CONTACTS"
    UNPRODUCTIVE = "IMPRODUCTIFS"
    KILOMETRES = "KM"
    MEALS = "PANIERS"
    VOLUME = "PRIME_VOLUME"


@dataclass(frozen=True, slots=True)
class AgentTerms:
    """What of an agent's contract decides the pay."""

    contract: Contract
    vehicle: Vehicle


@dataclass(frozen=True, slots=True)
class Visit:
    """One held site visit, contact made, or visit without access. `order` sorts the visits of one day."""

    reference: str
    kind: VisitKind
    family: str
    day: dt.date
    order: tuple[int, str] = (0, "")
    address: str = ""

    @property
    def is_stop(self) -> bool:
        """Say whether the agent went there: held or unproductive (a contact isn't a stop)."""
        return self.kind is not VisitKind.CONTACT


@dataclass(frozen=True, slots=True)
class PayLine:
    """One amount and why it is paid: euros = cents(quantity x unit x factor)."""

    component: PayComponent
    rule: str
    rule_date: dt.date
    day: dt.date
    reference: str
    quantity: Decimal
    unit: Decimal
    factor: Decimal
    amount: Decimal
    explanation: str
    earned_month: dt.date | None = None

    @property
    def key(self) -> tuple[str, dt.date, str]:
        """Identify what is paid, whatever its amount."""
        return (self.component, self.day, self.reference)


@dataclass(frozen=True, slots=True)
class MonthPay:
    """The pay of one agent for one month (its first day), with the days that look wrong."""

    month: dt.date
    lines: tuple[PayLine, ...]
    anomalies: tuple[str, ...] = ()
    held_site_missions: int = 0
    _totals: dict[PayComponent, Decimal] = field(default_factory=dict, compare=False, repr=False)

    def of(self, component: PayComponent) -> Decimal:
        """Return the euros of one component."""
        if not self._totals:
            self._totals.update(_totals(self.lines))
        return self._totals.get(component, ZERO)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)


def month_of(day: dt.date) -> dt.date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def _totals(lines: Iterable[PayLine]) -> dict[PayComponent, Decimal]:
    totals = dict.fromkeys(PayComponent, ZERO)
    for line in lines:
        totals[line.component] += line.amount
    return totals
