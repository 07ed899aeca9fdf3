"""Go or no-go: the house's conditions, those the application sees by itself and those people vouch for."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from integrations.cutover.crosscheck import Progress, paths_progress
from integrations.cutover.selectors import LOADS, REPLAYS, Standing, current_freeze, last_run, standing
from integrations.enums import RunKind, RunStatus
from integrations.models import Condition, Freeze, WorkbookRun
from spekty.core import french

COUNTED = ("lots", "operations", "missions", "invoices")


@dataclass(frozen=True)
class Facts:
    """All that the conditions judge, gathered once."""

    load: WorkbookRun | None
    replay: WorkbookRun | None
    rehearsals: list[WorkbookRun]
    standing: Standing
    freeze: Freeze | None
    paths: list[Progress]


@dataclass(frozen=True)
class Line:
    """One condition as shown."""

    code: str
    label: str
    is_met: bool
    note: str
    is_automatic: bool
    owner: str = ""
    due_on: dt.date | None = None

    @property
    def state(self) -> str:
        return "ok" if self.is_met else "ko" if self.is_automatic else "todo"


Verdict = tuple[bool, str]


def gather(view: str = "") -> Facts:
    """Read the state of the cut-over."""
    replay = last_run(REPLAYS)
    return Facts(
        load=last_run(LOADS),
        replay=replay,
        rehearsals=list(WorkbookRun.objects.filter(kind=RunKind.REHEARSAL, status=RunStatus.DONE)[:5]),
        standing=standing(replay, view),
        freeze=current_freeze(),
        paths=paths_progress(),
    )


def _rows(facts: Facts) -> Verdict:
    if facts.load is None:
        return False, "aucun chargement"
    sheets = facts.load.counts
    good = sum(balanced(counts) for counts in sheets.values())
    return good == len(sheets) and good > 0, f"{french.plural(good, 'feuille')} sur {len(sheets)}"


def balanced(counts: dict[str, int]) -> bool:
    """Whether rows read = created + updated + unchanged + merged + ignored + rejected."""
    return counts["read"] == sum(count for fate, count in counts.items() if fate != "read")


def _counts(facts: Facts) -> Verdict:
    figures = facts.load.control.get("figures", []) if facts.load else []
    mine = [f for f in figures if f["axis"] == "total" and f["figure"] in COUNTED]
    wrong = [f["figure"] for f in mine if not f["explained"]]
    return bool(mine) and not wrong, "lots, opérations, missions, factures"


def _sums(facts: Facts) -> Verdict:
    figures = facts.load.control.get("figures", []) if facts.load else []
    wrong = sum(not f["explained"] for f in figures)
    return bool(figures) and not wrong, (
        f"{french.plural(wrong, 'total différent', 'totaux différents')} sur {len(figures)}"
        if wrong
        else f"{french.plural(len(figures), 'total comparé', 'totaux comparés')}"
    )


def _pay(facts: Facts) -> Verdict:
    left = facts.standing.open_pay
    if facts.replay is None:
        return False, "aucun rejeu"
    if not left:
        return True, "tous les écarts de paie sont signés"
    return (
        False,
        f"{french.plural(len(left), 'écart ouvert', 'écarts ouverts')} : {left[0].replace('|', ', ')}",
    )


def _signed(facts: Facts) -> Verdict:
    here = facts.standing
    done = facts.replay is not None and here.signed == here.total
    return done, f"{french.plural(here.signed, 'signé')} sur {here.total}"


def _four_eyes(facts: Facts) -> Verdict:
    here = facts.standing
    if facts.replay is None:
        return False, "aucun rejeu"
    if here.alone:
        return False, f"{french.plural(here.alone, 'écart signé', 'écarts signés')} par qui les a classés"
    return True, "aucun écart classé et signé par la même personne"


def _defects(facts: Facts) -> Verdict:
    here = facts.standing
    return facts.replay is not None and here.defects == 0, f"{here.defects} sur {here.total}"


def _rehearsed(facts: Facts) -> Verdict:
    if len(facts.rehearsals) < 2:
        return (
            False,
            f"{french.plural(len(facts.rehearsals), 'répétition terminée', 'répétitions terminées')}",
        )
    last, before = facts.rehearsals[:2]
    same = last.sha256 == before.sha256 and last.digest == before.digest
    return same, f"n° {before.pk} et n° {last.pk}, {'même empreinte' if same else 'empreintes différentes'}"


def _tested(facts: Facts) -> Verdict:
    done = sum(path.is_done for path in facts.paths)
    return done == len(facts.paths), f"{french.plural(done, 'parcours', 'parcours')} sur {len(facts.paths)}"


def _frozen(facts: Facts) -> Verdict:
    if facts.freeze is None:
        return False, "classeur encore ouvert"
    imported = facts.load is not None and facts.load.sha256 == facts.freeze.sha256
    return (
        imported,
        "le classeur gelé est celui qui est chargé" if imported else "le classeur gelé n’est pas chargé",
    )


HOUSE: dict[str, tuple[str, Callable[[Facts], Verdict] | None]] = {
    "rows": ("Toutes les lignes sont justifiées", _rows),
    "counts": ("Effectifs égaux", _counts),
    "sums": ("Totaux égaux par mois, client, intervenant et statut", _sums),
    "pay": ("Paie égale au centime, ou écart signé", _pay),
    "signed": ("Écarts tous classés et signés", _signed),
    "four_eyes": ("Signataire différent de qui a classé", _four_eyes),
    "defects": ("Aucun écart dû à l’application", _defects),
    "rehearsed": ("Deux répétitions de suite à la même empreinte", _rehearsed),
    "tested": ("Recette conforme sur chaque parcours", _tested),
    "frozen": ("Classeur gelé", _frozen),
    "backup": ("Sauvegarde restaurée", None),
    "way_back": ("Retour arrière répété", None),
}


def lines(facts: Facts) -> list[Line]:
    """Return every condition with its state, the house's first, then those people added."""
    kept = {row.code: row for row in Condition.objects.all()}
    found = []
    for code, (label, judge) in HOUSE.items():
        row = kept.pop(code, None)
        met, note = judge(facts) if judge else _vouched(row)
        found.append(_line(code, label, (met, note), judge is not None, row))
    found += [_line(row.code, row.label, _vouched(row), False, row) for row in kept.values()]
    return found


def _vouched(row: Condition | None) -> Verdict:
    if row is None or not row.is_met or row.met_at is None:
        return False, "à constater"
    return True, f"{row.evidence}, {row.met_by_name}, {french.day(row.met_at.date())}"


def _line(code: str, label: str, verdict: Verdict, automatic: bool, row: Condition | None) -> Line:
    return Line(
        code=code,
        label=label,
        is_met=verdict[0],
        note=verdict[1],
        is_automatic=automatic,
        owner=row.owner if row else "",
        due_on=row.due_on if row else None,
    )
