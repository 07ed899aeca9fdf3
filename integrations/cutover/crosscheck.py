"""The teams' own tests: a script for each path, played on real cases of the history."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.urls import reverse

from integrations.enums import Outcome
from integrations.models import StepResult
from missions.models import Mission
from payroll.models import PayLine
from spekty.accounts.models import User


@dataclass(frozen=True)
class Step:
    """One gesture to make, and what must be seen. `cases` names the kind of real case to take."""

    code: str
    todo: str
    expected: str
    cases: str


@dataclass(frozen=True)
class Path:
    """One team's script, for the people of `roles`; `entry` is the url name of the page it starts from."""

    code: str
    label: str
    roles: tuple[str, ...]
    entry: str
    steps: tuple[Step, ...]


PATHS: dict[str, Path] = {
    path.code: path
    for path in (
        Path("siege", "Siège", ("siege",), "missions:today", (
            Step("find", "Cherchez une mission par sa référence du classeur.",
                 "Elle est trouvée, avec le bon bénéficiaire et le bon lot.", "reported"),
            Step("lot", "Ouvrez son lot et lisez les taux et le verdict.",
                 "Taux site, taux contact et ratio NS sont ceux de l’onglet Lots.", "reported"),
            Step("history", "Lisez l’histoire d’une mission annulée ou refusée.",
                 "Le statut et le motif sont ceux du classeur.", "ended"),
        )),
        Path("planning", "Planification", ("planificateur",), "planning:day", (
            Step("waiting", "Retrouvez une mission à planifier.",
                 "Adresse, durée et échéance sont justes.", "waiting"),
            Step("rights", "Ouvrez les habilitations d’un intervenant.",
                 "Familles et dates sont celles de l’onglet Habilitations.", "reported"),
            Step("booked", "Retrouvez un rendez-vous déjà pris.",
                 "Jour, heure et intervenant sont ceux du classeur.", "booked"),
        )),
        Path("terrain", "Terrain", ("intervenant",), "field:day", (
            Step("day", "Ouvrez la journée d’un intervenant sur un téléphone.",
                 "Ses visites y sont, dans l’ordre, avec l’adresse.", "booked"),
            Step("reading", "Ouvrez une visite et parcourez le relevé.",
                 "Le questionnaire est celui de la fiche.", "booked"),
        )),
        Path("qualite", "Qualité", ("qualite",), "quality:queue", (
            Step("conclusion", "Ouvrez une mission au rapport émis.",
                 "Conclusion, surface mesurée et relecteur sont ceux du classeur.", "reported"),
            Step("area", "Cherchez une isolation à l’écart de surface supérieur à 10 %.",
                 "L’application la signale.", "reported"),
        )),
        Path("paie", "Paie", ("paie-facturation",), "payroll:list", (
            Step("month", "Ouvrez un mois clos et comparez le total de deux intervenants.",
                 "Les totaux sont ceux de l’onglet Paie.", "paid"),
            Step("lines", "Dépliez l’explication d’une ligne.",
                 "La règle et sa date sont nommées.", "paid"),
        )),
        Path("facturation", "Facturation", ("paie-facturation",), "billing:list", (
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


def paths_progress(paths: Iterable[Path] = PATHS.values()) -> list[Progress]:
    """Return each path with what was played."""
    results = last_results()
    found = []
    for path in paths:
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


@dataclass(frozen=True)
class Case:
    """A real case to play: its reference in the workbook, what it is, where it opens."""

    ref: str
    what: str
    url: str


def cases_of(kind: str, player: User) -> list[Case]:
    """Return real cases of the history for a step, among what the player may see."""
    if kind == "paid":
        rows = PayLine.objects.filter(is_legacy=True).order_by("-belongs_to", "agent__code")
        pairs = rows.values_list("agent__code", "belongs_to").distinct()[:SAMPLE]
        return [_found(code, f"{code}, {month:%m/%Y}") for code, month in pairs]
    if kind == "invoiced":
        found = Mission.objects.filter(invoice_lines__is_legacy=True).order_by(
            "-invoice_lines__invoice__issued_on"
        )
        named = found.values_list("invoice_lines__invoice__number", flat=True)[: SAMPLE * 20]
        return [_found(number, number) for number in list(dict.fromkeys(str(n) for n in named))[:SAMPLE]]
    visible = Mission.objects.visible_to(player).filter(is_legacy=True, status__in=STATUSES[kind])
    missions = visible.order_by("-number").values_list("pk", "number", "operation__last_name")[:SAMPLE]
    if player.sees_everything:
        return [_found(number, who) for _pk, number, who in missions]
    return [Case(number, who, reverse("field:mission", args=[pk])) for pk, number, who in missions]


def _found(ref: str, what: str) -> Case:
    """A case that the office finds by its reference, as in the workbook."""
    return Case(ref, what, f"{reverse('quality:search')}?q={quote(ref)}")
