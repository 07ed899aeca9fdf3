"""The teams' own tests: a script for each path, played on real cases of the history."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet

from integrations.enums import Outcome
from integrations.models import StepResult
from missions.models import Mission
from payroll.models import PayLine


@dataclass(frozen=True)
class Step:
    """One gesture to make, and what must be seen. `cases` names the kind of real case to take."""

    code: str
    todo: str
    expected: str
    cases: str


@dataclass(frozen=True)
class Path:
    """One team's script; `entry` is the url name of the page it starts from."""

    code: str
    label: str
    entry: str
    steps: tuple[Step, ...]


PATHS: dict[str, Path] = {
    path.code: path
    for path in (
        Path("siege", "Siège", "missions:today", (
            Step("find", "Cherchez une mission par sa référence du classeur.",
                 "Elle est trouvée, avec le bon bénéficiaire et le bon lot.", "reported"),
            Step("lot", "Ouvrez son lot et lisez les taux et le verdict.",
                 "Taux site, taux contact et ratio NS sont ceux de l’onglet Lots.", "reported"),
            Step("history", "Lisez l’histoire d’une mission annulée ou refusée.",
                 "Le statut et le motif sont ceux du classeur.", "ended"),
        )),
        Path("planning", "Planification", "planning:day", (
            Step("waiting", "Retrouvez une mission à planifier.",
                 "Adresse, durée et échéance sont justes.", "waiting"),
            Step("rights", "Ouvrez les habilitations d’un intervenant.",
                 "Familles et dates sont celles de l’onglet Habilitations.", "reported"),
            Step("booked", "Retrouvez un rendez-vous déjà pris.",
                 "Jour, heure et intervenant sont ceux du classeur.", "booked"),
        )),
        Path("terrain", "Terrain", "field:day", (
            Step("day", "Ouvrez la journée d’un intervenant sur un téléphone.",
                 "Ses visites y sont, dans l’ordre, avec l’adresse.", "booked"),
            Step("reading", "Ouvrez une visite et parcourez le relevé.",
                 "Le questionnaire est celui de la fiche.", "booked"),
        )),
        Path("qualite", "Qualité", "quality:queue", (
            Step("conclusion", "Ouvrez une mission au rapport émis.",
                 "Conclusion, surface mesurée et relecteur sont ceux du classeur.", "reported"),
            Step("area", "Cherchez une isolation à l’écart de surface supérieur à 10 %.",
                 "L’application la signale.", "reported"),
        )),
        Path("paie", "Paie", "payroll:list", (
            Step("month", "Ouvrez un mois clos et comparez le total de deux intervenants.",
                 "Les totaux sont ceux de l’onglet Paie.", "paid"),
            Step("lines", "Dépliez l’explication d’une ligne.",
                 "La règle et sa date sont nommées.", "paid"),
        )),
        Path("facturation", "Facturation", "billing:list", (
            Step("invoice", "Ouvrez une facture émise du classeur.",
                 "Numéro, date, lignes et total TTC sont les mêmes.", "invoiced"),
            Step("next", "Regardez le numéro que prendra la prochaine facture.",
                 "Il suit le dernier du classeur, sans trou.", "invoiced"),
        )),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Progress:
    """How far one path is: the last result of each step counts."""

    path: Path
    conforming: int
    gaps: int

    @property
    def is_done(self) -> bool:
        return self.conforming == len(self.path.steps)

    @property
    def left(self) -> int:
        return len(self.path.steps) - self.conforming - self.gaps


def last_results() -> dict[tuple[str, str], StepResult]:
    """Return the last result of each step played."""
    rows = StepResult.objects.order_by("path", "step", "-at", "-id").distinct("path", "step")
    return {(row.path, row.step): row for row in rows}


def paths_progress() -> list[Progress]:
    """Return every path with what was played."""
    results = last_results()
    found = []
    for path in PATHS.values():
        outcomes = [
            results[path.code, step.code].outcome for step in path.steps if (path.code, step.code) in results
        ]
        gaps = outcomes.count(Outcome.GAP)
        found.append(Progress(path, len(outcomes) - gaps, gaps))
    return found


SAMPLE = 3
STATUSES = {
    "reported": ("reported",),
    "waiting": ("to_plan", "to_contact"),
    "booked": ("fixed", "confirmed"),
    "ended": ("cancelled", "refused", "unreachable"),
}


def cases_of(kind: str) -> list[tuple[str, str]]:
    """Return real cases of the history for a step: (reference, what it is)."""
    rows: QuerySet[Any]
    if kind == "paid":
        rows = PayLine.objects.filter(is_legacy=True).order_by("-belongs_to", "agent__code")
        pairs = rows.values_list("agent__code", "belongs_to").distinct()[:SAMPLE]
        return [(code, f"{code}, {month:%m/%Y}") for code, month in pairs]
    if kind == "invoiced":
        found = Mission.objects.filter(invoice_lines__is_legacy=True).order_by(
            "-invoice_lines__invoice__issued_on"
        )
        named = found.values_list("invoice_lines__invoice__number", flat=True)[: SAMPLE * 20]
        return [(number, number) for number in list(dict.fromkeys(str(n) for n in named))[:SAMPLE]]
    rows = Mission.objects.filter(is_legacy=True, status__in=STATUSES[kind]).order_by("-number")
    return list(rows.annotate(who=F("operation__last_name")).values_list("number", "who")[:SAMPLE])
