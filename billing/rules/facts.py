"""What an invoice is computed from, and what it is made of."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class InvoicingMode(StrEnum):
    PER_LOT = "AU_LOT"
    MONTHLY = "MENSUELLE"


class Channel(StrEnum):
    SITE = "SITE"
    CONTACT = "CONTACT"


class LineKind(StrEnum):
    MISSION = "MISSION"
    REINSPECTION = "CONTRE_VISITE"
    CONTACT = "CONTACT"
    UNPRODUCTIVE = "IMPRODUCTIF"
    LOT_FEE = "FRAIS_LOT"
    DISCOUNT = "REMISE"


DISCOUNTED = frozenset({LineKind.MISSION, LineKind.REINSPECTION})


@dataclass(frozen=True, slots=True)
class ClientTerms:
    """What of a client's contract decides an invoice. Percentages are 80 for 80 %; fee in euros."""

    code: str
    mode: InvoicingMode
    unproductive_pct: Decimal
    max_unproductive: int
    lot_fee: Decimal
    reinspection_pct: Decimal
    payment_days: int


@dataclass(frozen=True, slots=True)
class BillableMission:
    """One mission as billing sees it: `reported` once its report is issued; the conclusion isn't here."""

    reference: str
    lot: str
    channel: Channel
    family: str
    lot_received_on: dt.date
    reinspection: bool = False
    reported: bool = True
    unproductive_visits: int = 0


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One amount before tax and why it is due."""

    kind: LineKind
    mission: str
    lot: str
    rule: str
    rule_date: dt.date | None
    quantity: Decimal
    unit: Decimal
    amount: Decimal
    label: str


class MissionState(StrEnum):
    OPEN = "EN_COURS"
    REPORTED = "RAPPORT_EMIS"
    ENDED = "TERMINEE_SANS_VISITE"


@dataclass(frozen=True, slots=True)
class LotState:
    """Where the missions of a lot stand. ENDED is a refusal, an unreachable beneficiary or a cancellation."""

    lot: str
    drawn: Sequence[MissionState]
