"""The workbook's words, folded, and what they mean."""

from enum import StrEnum

from billing.rules import InvoicingMode
from lots.rules.verdict import Verdict
from payroll.rules import Contract, Vehicle


class MissionStatus(StrEnum):
    TO_PLAN = "À planifier"
    TO_CONTACT = "À contacter"
    APPOINTED = "Rdv fixé"
    CONFIRMED = "Rdv confirmé"
    ONGOING = "En cours"
    READING = "Relevé reçu"
    TO_REVIEW = "À relire"
    TO_COMPLETE = "À compléter"
    REPORTED = "Rapport émis"
    UNREACHABLE = "Injoignable"
    REFUSED = "Refus"
    CANCELLED = "Annulée"


HELD = frozenset({MissionStatus.READING, MissionStatus.REPORTED})


class MissionType(StrEnum):
    SITE = "Site"
    CONTACT = "Contact"


class Result(StrEnum):
    S = "S"
    NS = "NS"
    NV = "NV"


class LotStatus(StrEnum):
    OPEN = "En cours"
    CLOSED = "Clôturé"


STATUSES = {
    "a planifier": MissionStatus.TO_PLAN,
    "a contacter": MissionStatus.TO_CONTACT,
    "rdv fixe": MissionStatus.APPOINTED,
    "rendez vous fixe": MissionStatus.APPOINTED,
    "rdv confirme": MissionStatus.CONFIRMED,
    "rendez vous confirme": MissionStatus.CONFIRMED,
    "en cours": MissionStatus.ONGOING,
    "releve recu": MissionStatus.READING,
    "a relire": MissionStatus.TO_REVIEW,
    "a completer": MissionStatus.TO_COMPLETE,
    "rapport emis": MissionStatus.REPORTED,
    "injoignable": MissionStatus.UNREACHABLE,
    "refus": MissionStatus.REFUSED,
    "refus client": MissionStatus.REFUSED,
    "refus beneficiaire": MissionStatus.REFUSED,
    "annule": MissionStatus.CANCELLED,
    "annulee": MissionStatus.CANCELLED,
}
TYPES = {
    "site": MissionType.SITE,
    "sur site": MissionType.SITE,
    "contact": MissionType.CONTACT,
    "par contact": MissionType.CONTACT,
}
RESULTS = {
    "s": Result.S,
    "satisfaisant": Result.S,
    "ns": Result.NS,
    "non satisfaisant": Result.NS,
    "nv": Result.NV,
    "non verifiable": Result.NV,
}
LOT_STATUSES = {
    "en cours": LotStatus.OPEN,
    "ouvert": LotStatus.OPEN,
    "cloture": LotStatus.CLOSED,
    "clos": LotStatus.CLOSED,
}
VERDICTS = {
    "conforme": Verdict.COMPLIANT,
    "ns plafond": Verdict.NS_ABOVE_CEILING,
    "ns superieur au plafond": Verdict.NS_ABOVE_CEILING,
    "taux non atteint": Verdict.RATE_MISSED,
}
CONTRACTS = {
    "salarie": Contract.EMPLOYEE,
    "salariee": Contract.EMPLOYEE,
    "independant": Contract.FREELANCE,
    "independante": Contract.FREELANCE,
}
VEHICLES = {
    "personnel": Vehicle.OWN,
    "perso": Vehicle.OWN,
    "societe": Vehicle.COMPANY,
    "service": Vehicle.COMPANY,
}
MODES = {
    "au lot": InvoicingMode.PER_LOT,
    "lot": InvoicingMode.PER_LOT,
    "mensuelle": InvoicingMode.MONTHLY,
    "mensuel": InvoicingMode.MONTHLY,
}
