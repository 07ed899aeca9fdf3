"""Addresses of what a finding asks for: the one next act, wherever the app that does it is."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from missions.selectors.findings import Finding, Point
from missions.selectors.survey import Target

LABELS = {
    "lot_not_drawn": "Tirer",
    "not_contacted": "Appeler",
    "no_tour": "Placer",
    "no_reading": "Relancer",
    "no_report": "Relire",
    "stray_reading": "Rattacher",
    "filing_near": "Suivre",
    "ns_ratio": "Projeter",
    "too_few_left": "Prévenir",
    "installer_ns": "Examiner",
    "authorisation_ends": "Renouveler",
    "not_invoiced": "Facturer",
    "invoiced_twice": "Corriger",
    "documents_missing": "Compléter",
}


@dataclass(frozen=True, slots=True)
class Act:
    """What to press: its word and where it leads ("" while that page does not exist)."""

    label: str
    url: str


def address(name: str, *args: Any, **query: Any) -> str:
    """Return the address of a page, "" while no such page exists."""
    try:
        url = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{url}?{urlencode(query)}" if query else url


# aggregate -> its page; what has none leads to the messages that wait for a person.
PAGES = {"mission": "missions:detail", "lot": "lots:detail", "authorisation": "accounts:agent"}


def object_url(target: Target) -> str:
    """Return the page of what a finding is about."""
    if target.aggregate in PAGES:
        return address(PAGES[target.aggregate], target.key)
    if target.aggregate == "installer":
        return address("missions:list", professionnel=target.key)
    return address("core:connectors")


def act_of(finding: Finding) -> Act:
    """Return the one act that puts a finding right; the object's page when its own page isn't there."""
    rule = finding.anomaly.rule
    return Act(LABELS[rule], _special(rule, finding) or object_url(finding.target))


def _special(rule: str, finding: Finding) -> str:
    target = finding.target
    if rule == "lot_not_drawn":
        return address("missions:draw", target.key)
    if rule == "not_contacted":
        return address("missions:act", target.key, "contacter")
    if rule == "no_tour" and target.appointment_at:
        return address("planning:board", target.appointment_at.date().isoformat())
    if rule == "no_report" and target.status == "to_review":
        return address("quality:review", target.pk)
    if rule in ("not_invoiced", "invoiced_twice"):
        return address("billing:list")
    return ""


def point_act(point: Point) -> Act:
    """Return the act of a line: that of its finding, or the list of its missions when they are several."""
    if point.count == 1:
        return act_of(point.first)
    rule, lot = point.first.anomaly.rule, point.first.target.lot
    query = {"anomalie": rule} | ({"lot": lot} if lot else {})
    return Act(LABELS[rule], address("missions:list", **query))
