"""The rules of what is late or abnormal: name, gravity, who has to act and how."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from spekty.core.french import typo

Key = tuple[str, str, int]


class Severity(StrEnum):
    """The three marks of the list; the value is the mark's tone."""

    BLOCKING = "ko"
    WATCH = "act"
    TODO = "wait"

    @property
    def label(self) -> str:
        return {"ko": "Bloquant", "act": "À surveiller", "wait": "À faire"}[self.value]


@dataclass(frozen=True)
class Rule:
    """One rule: `aggregate` is what it is about, `owner` the role that acts, `remedy` what they do."""

    code: str
    label: str
    aggregate: str
    severity: Severity
    owner: str
    remedy: str


_ALL = (
    Rule("lot_not_drawn", "Lot reçu, non tiré", "lot", Severity.TODO, "siege", "Tirer le lot"),
    Rule("not_contacted", "Bénéficiaire non contacté", "mission", Severity.TODO, "planificateur", "Appeler"),
    Rule(
        "no_tour", "Rendez-vous sans tournée", "mission", Severity.WATCH, "planificateur", "Placer en tournée"
    ),
    Rule(
        "no_reading",
        "Visite sans relevé",
        "mission",
        Severity.WATCH,
        "intervenant",
        "Envoyer le relevé ou signaler une visite improductive",
    ),
    Rule("no_report", "Relevé sans rapport", "mission", Severity.WATCH, "qualite", "Relire le relevé"),
    Rule(
        "stray_reading",
        "Relevé sans mission",
        "reading",
        Severity.BLOCKING,
        "qualite",
        "Rattacher le relevé à sa mission",
    ),
    Rule(
        "filing_near",
        "Échéance de dépôt",
        "lot",
        Severity.WATCH,
        "siege",
        "Finir les contrôles et clore le lot",
    ),
    Rule(
        "ns_ratio", "Part de NS", "lot", Severity.WATCH, "siege", "Compléter le tirage ou prévenir le client"
    ),
    Rule(
        "too_few_left",
        "Objectif hors d’atteinte",
        "lot",
        Severity.BLOCKING,
        "siege",
        "Prévenir le client : le taux ne peut plus être atteint",
    ),
    Rule(
        "installer_ns",
        "Professionnel souvent en défaut",
        "installer",
        Severity.WATCH,
        "qualite",
        "Examiner ses non-conformités",
    ),
    Rule(
        "authorisation_ends",
        "Habilitation à renouveler",
        "authorisation",
        Severity.WATCH,
        "qualite",
        "Renouveler l’habilitation",
    ),
    Rule("not_invoiced", "Rapport émis, non facturé", "mission", Severity.WATCH, "siege", "Facturer"),
    Rule(
        "invoiced_twice",
        "Mission facturée deux fois",
        "mission",
        Severity.BLOCKING,
        "siege",
        "Émettre un avoir sur l’une des factures",
    ),
    Rule("documents_missing", "Pièces manquantes", "mission", Severity.WATCH, "siege", "Déposer les pièces"),
)
RULES: Mapping[str, Rule] = {rule.code: rule for rule in _ALL}


# Settings that an administrator edits (core.Parameter) -> field of Delays.
PARAMETERS = {
    "delay-draw": "draw_days",
    "delay-contact": "contact_days",
    "delay-reading": "reading_hours",
    "delay-report": "report_days",
    "delay-invoice": "invoice_days",
    "delay-filing": "filing_days",
    "delay-authorisation": "authorisation_days",
    "installer-ns": "installer_min_ns",
}


@dataclass(frozen=True)
class Delays:
    """Every delay and threshold; the defaults are what domain.md suggests (see `of` for the house's own)."""

    draw_days: int = 2
    contact_days: int = 5
    tour_days: int = 0
    reading_hours: int = 48
    report_days: int = 5
    invoice_days: int = 7
    filing_months: int = 12
    filing_alerts: tuple[int, ...] = (6, 3, 1)
    filing_days: int = 30
    ns_margin_points: Decimal = Decimal(2)
    installer_min_inspections: int = 5
    installer_min_ns: int = 3
    installer_ns_pct: Decimal = Decimal(20)
    authorisation_days: int = 60
    documents_days: int = 0

    @classmethod
    def of(cls, parameters: Mapping[str, Decimal]) -> "Delays":
        """Return the delays that an administrator set (codes of core.Parameter); the others keep theirs."""
        whole = {field: int(parameters[code]) for code, field in PARAMETERS.items() if code in parameters}
        margin = parameters.get("margin-ns", cls.ns_margin_points)
        return replace(cls(ns_margin_points=margin), **whole)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One finding: on what, how grave, since which day, the sentence to show, what to do by when."""

    rule: str
    aggregate_id: int
    severity: Severity
    since: dt.date
    sentence: str
    due: dt.date | None = None
    aggregate: str = ""

    @property
    def remedy(self) -> str:
        return RULES[self.rule].remedy

    @property
    def owner(self) -> str:
        return RULES[self.rule].owner

    @property
    def key(self) -> Key:
        return (self.rule, self.aggregate, self.aggregate_id)


def found(
    rule: str,
    aggregate_id: int,
    since: dt.date,
    sentence: str,
    *,
    due: dt.date | None = None,
    severity: Severity | None = None,
    aggregate: str | None = None,
) -> Anomaly:
    """Return a finding with the gravity and the aggregate of its rule unless told otherwise."""
    known = RULES[rule]
    return Anomaly(
        rule,
        aggregate_id,
        severity or known.severity,
        since,
        typo(sentence),
        due,
        aggregate or known.aggregate,
    )


def by_urgency(anomalies: Iterable[Anomaly]) -> list[Anomaly]:
    """Return the findings, gravest first, then by deadline, then the oldest."""
    order = list(Severity)
    return sorted(
        anomalies,
        key=lambda a: (order.index(a.severity), a.due or dt.date.max, a.since, a.rule, a.aggregate_id),
    )


def not_snoozed(anomalies: Iterable[Anomaly], until: Mapping[Key, dt.date], today: dt.date) -> list[Anomaly]:
    """Return the findings that nobody set aside until a later day."""
    return [anomaly for anomaly in anomalies if until.get(anomaly.key, dt.date.min) <= today]
