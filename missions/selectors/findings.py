"""Findings made ready for a person: what they are about, who follows them, which go together."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from missions.models import Snooze
from missions.rules.anomalies import RULES, Anomaly, Severity
from missions.rules.anomalies.catalogue import Key
from missions.selectors.survey import Target, TargetKey
from spekty.accounts.enums import Role
from spekty.accounts.models import User

# rule -> (one, several, icon)
WORDS = {
    "lot_not_drawn": ("Lot non tiré", "lots non tirés", "dice-5"),
    "not_contacted": ("Bénéficiaire non contacté", "bénéficiaires non contactés", "telephone-x"),
    "no_tour": ("Rendez-vous sans tournée", "rendez-vous sans tournée", "calendar-x"),
    "no_reading": ("Visite sans relevé", "visites sans relevé", "inbox-fill"),
    "no_report": ("Relevé sans rapport", "relevés sans rapport", "eyeglasses"),
    "stray_reading": ("Relevé sans mission", "relevés sans mission", "question-circle"),
    "filing_near": ("Échéance de dépôt", "échéances de dépôt", "calendar-event"),
    "ns_ratio": ("Ratio NS", "ratios NS", "exclamation-octagon"),
    "too_few_left": ("Objectif hors d’atteinte", "objectifs hors d’atteinte", "slash-circle"),
    "installer_ns": ("Professionnel souvent en défaut", "professionnels souvent en défaut", "person-x"),
    "authorisation_ends": ("Habilitation à renouveler", "habilitations à renouveler", "award"),
    "not_invoiced": ("Rapport non facturé", "rapports non facturés", "receipt"),
    "invoiced_twice": ("Mission facturée deux fois", "missions facturées deux fois", "files-alt"),
    "documents_missing": ("Pièces manquantes", "dossiers incomplets", "file-earmark-x"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One anomaly with its object; `follow` is its owner and snooze, when somebody took it up."""

    anomaly: Anomaly
    target: Target
    follow: Snooze | None = None

    @property
    def label(self) -> str:
        return RULES[self.anomaly.rule].label

    @property
    def owner(self) -> User | None:
        return self.follow.owner if self.follow else None

    @property
    def owner_name(self) -> str:
        """The person who took it up, else the role that the rule names."""
        return str(self.owner) if self.owner else Role(self.anomaly.owner).label

    @property
    def deadline(self) -> dt.date:
        """The day by which it should have been, or has to be, put right."""
        return self.anomaly.due or self.anomaly.since

    def is_for(self, user: User) -> bool:
        """Return whether `user` is expected to act: taken up by them, or left to one of their roles."""
        return self.owner == user if self.owner else self.anomaly.owner in user.roles


@dataclass(frozen=True, slots=True)
class Point:
    """One line of "À traiter": findings of one rule about one lot, or a finding alone."""

    findings: Sequence[Finding]
    amount: Decimal | None = None
    urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def count(self) -> int:
        return len(self.findings)

    @property
    def title(self) -> str:
        one, several, _ = WORDS[self.first.anomaly.rule]
        return one if self.count == 1 else f"{self.count} {several}"

    @property
    def icon(self) -> str:
        return WORDS[self.first.anomaly.rule][2]

    @property
    def severity(self) -> str:
        order = list(Severity)
        return min((f.anomaly.severity for f in self.findings), key=order.index).value

    @property
    def deadline(self) -> dt.date:
        return min(finding.deadline for finding in self.findings)

    @property
    def owner_name(self) -> str:
        names = {finding.owner_name for finding in self.findings}
        return names.pop() if len(names) == 1 else Role(self.first.anomaly.owner).label

    @property
    def is_owned(self) -> bool:
        return any(finding.owner for finding in self.findings)


def findings_of(
    anomalies: Iterable[Anomaly], targets: Mapping[TargetKey, Target], follow: Mapping[Key, Snooze]
) -> list[Finding]:
    """Return the anomalies with what they are about and who follows them, in the same order."""
    return [
        Finding(anomaly, targets[anomaly.aggregate, anomaly.aggregate_id], follow.get(anomaly.key))
        for anomaly in anomalies
    ]


def points_of(findings: Iterable[Finding], amounts: Mapping[int, Decimal]) -> list[Point]:
    """Group the findings of a rule about a lot's missions; sort by deadline, then by what is at stake."""
    groups: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in findings:
        lot = finding.target.lot_id
        about = ("lot", lot) if lot else (finding.anomaly.aggregate, finding.anomaly.aggregate_id)
        groups.setdefault((finding.anomaly.rule, *about), []).append(finding)
    points = [Point(group, _amount(group, amounts)) for group in groups.values()]
    return sorted(points, key=lambda point: (point.deadline, -(point.amount or 0), point.title))


def _amount(group: list[Finding], amounts: Mapping[int, Decimal]) -> Decimal | None:
    known = [amounts[f.target.pk] for f in group if f.target.stake and f.target.pk in amounts]
    return sum(known, Decimal(0)) if known else None
