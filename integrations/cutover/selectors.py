"""What the cockpit shows: runs, totals, discrepancies with what people said of them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Subquery, Value, When

from integrations.cutover.words import AXES, EUROS, FIGURES, KINDS, MONEY_KINDS, STATES
from integrations.enums import RunKind, RunStatus
from integrations.models import (
    CutoverDecision,
    Discrepancy,
    DiscrepancyNote,
    Freeze,
    LegacyWorkbook,
    WorkbookRun,
)
from spekty.core import french
from spekty.core.oneshot import Ask, read_all

REPLAYS = (RunKind.REPLAY, RunKind.REHEARSAL)
LOADS = (RunKind.IMPORT, RunKind.REHEARSAL)
SHOWN_REFS = 4


def last_run(kinds: Iterable[RunKind]) -> WorkbookRun | None:
    """Return the last finished run of these kinds."""
    return WorkbookRun.objects.filter(kind__in=list(kinds), status=RunStatus.DONE).first()


def running() -> WorkbookRun | None:
    """Return the run under way, if any."""
    return WorkbookRun.objects.filter(status=RunStatus.RUNNING, workbook__isnull=False).first()


def is_tested(_user: object) -> bool:
    """Whether the teams have a cut-over to test: a workbook is there and the house hasn't switched."""
    return LegacyWorkbook.objects.exclude(Exists(CutoverDecision.objects.all())).exists()


def current_freeze() -> Freeze | None:
    return Freeze.objects.filter(lifted_at__isnull=True).first()


def choices_of(run: WorkbookRun | None) -> dict[str, list[str]]:
    """Return the clients, agents and months met in a run's discrepancies, in one query."""
    rows = Discrepancy.objects.filter(run=run).order_by()
    names = ("client", "agent", "month")
    asks = {name: Ask(rows.exclude(**{name: ""}).distinct(), {"word": name}) for name in names}
    return {name: sorted(row["word"] for row in found) for name, found in read_all(asks).items()}


def discrepancies_of(run: WorkbookRun | None) -> QuerySet[Any]:
    """Return a replay's discrepancies with `state`, `verdict`, `comment`, and who signed them."""
    note = DiscrepancyNote.objects.filter(kind=OuterRef("kind"), ref=OuterRef("ref"))
    rows = Discrepancy.objects.filter(run=run) if run else Discrepancy.objects.none()
    return rows.annotate(
        verdict=Subquery(note.values("verdict")[:1]),
        comment=Subquery(note.values("comment")[:1]),
        classed_by=Subquery(note.values("by_name")[:1]),
        signed_by=Subquery(note.values("signed_by_name")[:1]),
        signed_at=Subquery(note.values("signed_at")[:1]),
        same=Exists(note.filter(mark=OuterRef("mark"))),
    ).annotate(
        state=Case(
            When(verdict__isnull=True, then=Value("open")),
            When(same=False, then=Value("stale")),
            When(signed_at__isnull=True, then=Value("to_sign")),
            default=Value("signed"),
            output_field=CharField(),
        )
    )


# Parameter of the address -> column.
FILTERS = {
    "nature": "kind",
    "client": "client",
    "intervenant": "agent",
    "mois": "month",
    "etat": "state",
    "classement": "verdict",
}


def filtered(rows: QuerySet[Any], query: Any) -> QuerySet[Any]:
    """Keep what the address asks for; unknown values find nothing."""
    for name, column in FILTERS.items():
        if value := query.get(name, ""):
            rows = rows.filter(**{column: value})
    if query.get("vue") == "argent":
        rows = rows.filter(kind__in=MONEY_KINDS)
    if query.get("vue") == "ouverts":
        rows = rows.exclude(state="signed")
    if text := query.get("q", "").strip():
        rows = rows.filter(ref__icontains=text)
    return rows


@dataclass
class KindLine:
    """One kind of discrepancy in the cockpit's table."""

    kind: str
    label: str
    team: str
    refs: list[str]
    count: int
    more: int
    verdict: str
    signed: int
    state: tuple[str, str, str]


@dataclass
class Standing:
    """Where the classification stands: what cockpit, conditions and dossier count."""

    total: int
    states: Counter[str]
    kinds: list[KindLine]
    teams: list[tuple[str, int, int]]
    defects: int
    open_pay: list[str]
    # Classified and signed by one and the same person.
    alone: int
    money: int
    unsigned_money: int

    @property
    def signed(self) -> int:
        return self.states["signed"]

    @property
    def unclassed(self) -> int:
        return self.states["open"] + self.states["stale"]

    @property
    def unsigned(self) -> int:
        return self.total - self.signed

    @property
    def rate(self) -> Decimal:
        return Decimal(self.signed) / self.total if self.total else Decimal(1)

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        return [
            ("done", self.signed, "Signés"),
            ("act", self.states["to_sign"], "À signer"),
            ("ko", self.unclassed, "À classer"),
        ]


Fact = tuple[str, str, str, str | None]  # kind, ref, state, verdict


def standing(run: WorkbookRun | None, view: str = "") -> Standing:
    """Return where the classification of a replay stands; `view` restricts the table of kinds only."""
    rows = discrepancies_of(run)
    found = list(
        rows.order_by("kind", "ref").values_list("kind", "ref", "state", "verdict", "classed_by", "signed_by")
    )
    facts: list[Fact] = [(kind, ref, state, verdict) for kind, ref, state, verdict, *_ in found]
    shown = [fact for fact in facts if _in_view(fact, view)]
    teams: dict[str, list[int]] = {}
    for kind, _ref, state, _verdict in facts:
        counts = teams.setdefault(team_of(kind), [0, 0])
        counts[0] += state == "signed"
        counts[1] += 1
    return Standing(
        total=len(facts),
        states=Counter(state for _, _, state, _ in facts),
        kinds=_kinds(shown),
        teams=[(team, signed, count) for team, (signed, count) in sorted(teams.items())],
        defects=sum(verdict == "app_defect" for _, _, _, verdict in facts),
        open_pay=[ref for kind, ref, state, _ in facts if kind.startswith("PA") and state != "signed"],
        alone=sum(row[2] == "signed" and row[4] == row[5] for row in found),
        money=sum(kind in MONEY_KINDS for kind, *_ in facts),
        unsigned_money=sum(kind in MONEY_KINDS and state != "signed" for kind, _, state, _ in facts),
    )


def _in_view(fact: Fact, view: str) -> bool:
    if view == "ouverts":
        return fact[2] != "signed"
    return fact[0] in MONEY_KINDS if view == "argent" else True


def team_of(kind: str) -> str:
    return KINDS[kind].team if kind in KINDS else "Siège"


def _kinds(facts: list[Fact]) -> list[KindLine]:
    order = list(KINDS)
    lines = []
    for kind in sorted({fact[0] for fact in facts}, key=lambda k: order.index(k) if k in order else 99):
        mine = [fact for fact in facts if fact[0] == kind]
        states = {fact[2] for fact in mine}
        verdicts = {fact[3] for fact in mine}
        only = verdicts.pop() if len(verdicts) == 1 else None
        lines.append(
            KindLine(
                kind=kind,
                label=KINDS[kind].label if kind in KINDS else kind,
                team=team_of(kind),
                refs=[fact[1].replace("|", ", ") for fact in mine[:SHOWN_REFS]],
                count=len(mine),
                more=max(0, len(mine) - SHOWN_REFS),
                verdict=only or "",
                signed=sum(fact[2] == "signed" for fact in mine),
                state=STATES[next(s for s in STATES if s in states)],
            )
        )
    return lines


@dataclass
class Total:
    """One figure on both sides, written; `result` is equal, explained or different."""

    key: str
    label: str
    workbook: str
    application: str
    gap: str
    result: str


def totals(load: WorkbookRun | None, axis: str) -> list[Total]:
    """Return the control totals of a load along an axis of AXES: the base itself against the workbook."""
    wanted = AXES[axis][1]
    figures = load.control.get("figures", []) if load else []
    rows = [f for f in figures if f["axis"] == wanted]
    order = list(FIGURES)
    rows.sort(key=lambda f: (f["key"], order.index(f["figure"])))
    return [_total(f["key"], f["figure"], f, f["equal"], f["explained"]) for f in rows]


def replay_totals(replay: WorkbookRun | None, axis: str, here: Standing) -> list[Total]:
    """Return a replay's control totals along an axis: the rules' results against the workbook.

    A gap is explained once every discrepancy about money is signed.
    """
    control = replay.control.get("replay", {}) if replay else {}
    part = control.get(AXES[axis][2], {})
    if axis == "ensemble":
        part = {"": {name: sides for name, sides in part.items() if name in FIGURES}}
    return [
        _total(key, figure, sides, sides["equal"], not here.unsigned_money)
        for key, figures in part.items()
        for figure, sides in figures.items()
    ]


def _total(key: str, figure: str, sides: Any, equal: bool, explained: bool) -> Total:
    workbook, application = Decimal(str(sides["workbook"])), Decimal(str(sides["application"]))
    gap = application - workbook
    write = french.euros if figure in EUROS else french.number
    return Total(
        key=key,
        label=FIGURES[figure],
        workbook=write(workbook),
        application=write(application),
        gap=("+" if gap > 0 else "") + write(gap) if gap else "0",
        result="equal" if equal else "explained" if explained else "different",
    )
