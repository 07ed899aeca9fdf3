"""The one thing that a lot waits for next, most pressing first."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum

from lots.rules.verdict import Verdict
from spekty.core import french


@dataclass(frozen=True)
class LotState:
    """What the next step depends on; counts are of first inspections."""

    status: str
    received_on: dt.date
    draw_days: int
    verdict: Verdict
    unknown: str = ""
    ns_above: bool = False
    site_needed: int = 0
    site_left: int = 0
    contact_needed: int = 0
    contact_left: int = 0
    to_review: int = 0
    to_plan: int = 0
    booked: int = 0


class Kind(StrEnum):
    """What a lot waits for, the most pressing first."""

    NS = "ns"
    OUT_OF_REACH = "atteinte"
    DRAW = "tirage"
    RATE = "taux"
    COMPLETE = "completer"
    REVIEW = "relecture"
    PLAN = "planifier"
    HOLD = "tenir"
    READY = "clore"
    CLOSED = "clos"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def rank(self) -> int:
        return list(Kind).index(self)


LABELS = {
    Kind.NS: "NS au-dessus du plafond",
    Kind.OUT_OF_REACH: "Objectif hors d’atteinte",
    Kind.DRAW: "À tirer",
    Kind.RATE: "Taux inconnu",
    Kind.COMPLETE: "À clore ou à compléter",
    Kind.REVIEW: "Relevés à relire",
    Kind.PLAN: "Missions à planifier",
    Kind.HOLD: "Rendez-vous à tenir",
    Kind.READY: "Prêt à clore",
    Kind.CLOSED: "Clos",
}


@dataclass(frozen=True)
class Blocker:
    """What kind, a tone of the palette, an icon, the act or the obstacle, and its measure."""

    kind: Kind
    tone: str
    icon: str
    text: str
    note: str = ""


def next_blocker(state: LotState, today: dt.date) -> Blocker:
    """Return what stands between the lot and its filing, or that nothing does."""
    found = _received(state, today) or _closed(state) or _out_of_reach(state) or _work(state) or _ready(state)
    return replace(found, text=french.typo(found.text), note=french.typo(found.note))


def _received(state: LotState, today: dt.date) -> Blocker | None:
    if state.status != "received":
        return None
    late = (today - state.received_on).days - state.draw_days
    text = f"Reçu le {french.day(state.received_on, with_year=False)}, non tiré"
    if late > 0:
        return Blocker(Kind.DRAW, "ko", "dice-5", text, f"tirage en retard de {late} j")
    return Blocker(Kind.DRAW, "act", "dice-5", text, "à tirer")


def _closed(state: LotState) -> Blocker | None:
    if state.status != "closed":
        return None
    return Blocker(Kind.CLOSED, "wait", "lock-fill", "Clos", "rien à faire")


def _out_of_reach(state: LotState) -> Blocker | None:
    if state.unknown:
        return Blocker(Kind.RATE, "act", "question-circle", "Taux inconnu", state.unknown)
    if state.ns_above:
        need = french.plural(state.site_needed, "satisfaisant manque", "satisfaisants manquent")
        return Blocker(
            Kind.NS,
            "ko",
            "exclamation-octagon",
            "NS au-dessus du plafond",
            f"{need} sur site" if state.site_needed else "taux atteints sur site",
        )
    if state.site_needed > state.site_left:
        left = french.plural(state.site_left, "mission sur site", "missions sur site")
        return _short("hourglass-bottom", left, state.site_needed)
    if state.contact_needed > state.contact_left:
        left = french.plural(state.contact_left, "contact", "contacts")
        return _short("telephone-x", left, state.contact_needed)
    return None


def _short(icon: str, left: str, needed: int) -> Blocker:
    note = f"il en faut {needed} satisfaisant{'s' if needed > 1 else ''}"
    return Blocker(Kind.OUT_OF_REACH, "ko", icon, f"Reste {left}", note)


def _work(state: LotState) -> Blocker | None:
    if state.to_review:
        return Blocker(
            Kind.REVIEW,
            "act",
            "eyeglasses",
            french.plural(state.to_review, "relevé à relire", "relevés à relire"),
            "le rapport attend",
        )
    if state.to_plan:
        text = french.plural(state.to_plan, "mission à planifier", "missions à planifier")
        return Blocker(Kind.PLAN, "act", "people", text)
    if state.booked:
        text = french.plural(state.booked, "rendez-vous à tenir", "rendez-vous à tenir")
        return Blocker(Kind.HOLD, "wait", "calendar-event", text)
    return None


def _ready(state: LotState) -> Blocker:
    if state.verdict is Verdict.COMPLIANT:
        return Blocker(Kind.READY, "ok", "check-circle-fill", "Prêt à clore", "conclusion : conforme")
    text = "À clore ou à compléter"
    return Blocker(Kind.COMPLETE, "act", "exclamation-triangle", text, state.verdict.label.lower())
