"""The workbook's rows, normalised. Each knows its sheet and its row number; None = empty or unreadable."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from billing.rules import InvoicingMode
from integrations.workbook.words import HELD, LotStatus, MissionStatus, MissionType, Result
from lots.rules.verdict import Verdict
from payroll.rules import Contract, Vehicle


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the workbook."""

    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class ClientRow:
    place: Place
    code: str
    name: str
    siren: str
    mode: InvoicingMode | None
    unproductive_pct: Decimal | None
    max_unproductive: int | None
    lot_fee: Decimal | None
    reinspection_pct: Decimal | None
    payment_days: int | None


@dataclass(frozen=True, slots=True)
class TariffRow:
    place: Place
    client: str
    item: str
    valid_from: dt.date | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class AgentRow:
    place: Place
    code: str
    initials: str
    last_name: str
    first_name: str
    contract: Contract | None
    vehicle: Vehicle | None
    address: str
    postcode: str
    city: str
    departments: tuple[str, ...]
    kizeo_id: str


@dataclass(frozen=True, slots=True)
class AuthorisationRow:
    place: Place
    agent: str
    family: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class PayRateRow:
    place: Place
    contract: Contract | None
    item: str
    valid_from: dt.date | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class LotRow:
    place: Place
    number: str
    client: str
    fiche: str
    emmy_reference: str
    received_on: dt.date | None
    filing_on: dt.date | None
    operations: int | None
    site_pct: Decimal | None
    contact_pct: Decimal | None
    contact_is_ours: bool
    drawn_on: dt.date | None
    status: LotStatus | None
    verdict: Verdict | None
    verdict_text: str


@dataclass(frozen=True, slots=True)
class OperationRow:
    place: Place
    reference: str
    lot: str
    last_name: str
    first_name: str
    address: str
    postcode: str
    city: str
    phone: str
    email: str
    engaged_on: dt.date | None
    completed_on: dt.date | None
    volume_kwhc: Decimal | None
    installer_siren: str
    installer_name: str
    declared_area: Decimal | None
    drawn_site: bool
    drawn_contact: bool
    rank: int | None

    @property
    def key(self) -> str:
        """Return the client's reference as it is compared."""
        return self.reference.upper()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One unproductive visit of a mission; `agent` is a code of the sheet Agents when it is known there."""

    day: dt.date
    time: dt.time | None
    agent: str


@dataclass(frozen=True, slots=True)
class MissionRow:
    place: Place
    number: str
    lot: str
    operation: str
    channel: MissionType | None
    reinspection_of: str
    agent: str
    status: MissionStatus | None
    status_text: str
    visited_on: dt.date | None
    visited_at: dt.time | None
    attempts: tuple[Attempt, ...]
    result: Result | None
    result_text: str
    measured_area: Decimal | None
    comment: str
    reviewer: str
    reported_on: dt.date | None
    invoices: tuple[str, ...]
    billed: Decimal | None
    pay_month: dt.date | None
    pay_month_text: str

    @property
    def held(self) -> bool:
        """Say whether the visit (or the contact) took place: Relevé reçu or Rapport émis."""
        return self.status in HELD

    @property
    def reported(self) -> bool:
        return self.status is MissionStatus.REPORTED

    @property
    def on_site(self) -> bool:
        return self.channel is MissionType.SITE

    @property
    def reinspection(self) -> bool:
        return bool(self.reinspection_of)


@dataclass(frozen=True, slots=True)
class KmRow:
    place: Place
    agent: str
    day: dt.date | None
    km: Decimal | None


@dataclass(frozen=True, slots=True)
class PayRow:
    place: Place
    agent: str
    month: dt.date | None
    missions: Decimal | None
    bonuses: Decimal | None
    contacts: Decimal | None
    unproductive: Decimal | None
    km: Decimal | None
    meals: Decimal | None
    volume: Decimal | None
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    place: Place
    number: str
    issued_on: dt.date | None
    client: str
    lots: tuple[str, ...]
    mission_lines: int | None
    lot_fees: Decimal | None
    discount: Decimal | None
    total_ht: Decimal | None
    vat: Decimal | None
    total_ttc: Decimal | None
