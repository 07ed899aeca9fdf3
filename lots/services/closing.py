"""Closing and reopening a lot; the verdict is judged under the lot's lock."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from lots.models import Lot
from lots.rules.closing import ClosingFacts
from lots.rules.verdict import Verdict
from lots.selectors.verdicts import STORED, Law, latest_engagement, verdict_of
from spekty.core import french
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused, advance, lock_row

TOPIC = "search.lot"
FactsOf = Callable[[Lot], ClosingFacts]


class MissionsUnfinished(TransitionRefused):
    """Missions of the lot are still to be held, reviewed or reported."""


class VerdictChanged(TransitionRefused):
    """The verdict is no longer the one that was shown."""


@transaction.atomic
def close_lot(
    *,
    lot_id: int,
    facts_of: FactsOf,
    on: dt.date,
    by: Actor,
    filing_on: dt.date | None = None,
    expected: str | None = None,
) -> Lot:
    """Close a drawn lot on `on` with its verdict, empty when its rates are unknown (R3).

    `facts_of` counts its missions once it is locked; `expected` is the verdict that was shown. Raises
    MissionsUnfinished, VerdictChanged, WrongState, NotAllowed.
    """
    lot = lock_row(Lot, lot_id)
    closing = facts_of(lot)
    if closing.unfinished:
        count = french.plural(closing.unfinished, "mission n’est pas finie", "missions ne sont pas finies")
        raise MissionsUnfinished(
            f"{count} : émettez leur rapport ou annulez-les avant de clore le lot.".replace(" :", "\xa0:")
        )
    if filing_on:
        lot.filing_on = filing_on
    judged = verdict_of(lot, closing.facts, latest_engagement(lot), Law.read({lot.fiche.code}), on)
    if expected is not None and judged.verdict != Verdict(expected):
        raise VerdictChanged(
            f"La conclusion du lot est maintenant « {judged.verdict.label} » : relisez-la avant de clore."
        )
    changes: dict[str, object] = {"closed_on": on, "verdict": STORED.get(judged.verdict, "")}
    if filing_on:
        changes["filing_on"] = filing_on
    return advance(
        Lot, lot.pk, "close", by=by, reason=judged.explanation[:2000], changes=changes, topic=TOPIC
    )


def reopen_lot(*, lot_id: int, reason: str, by: Actor) -> Lot:
    """Reopen a closed lot; `reason` is compulsory. Raises WrongState, NotAllowed, TransitionRefused."""
    if not reason.strip():
        raise TransitionRefused("Dites pourquoi le lot est rouvert.")
    changes: dict[str, object] = {"closed_on": None, "verdict": ""}
    return advance(Lot, lot_id, "reopen", by=by, reason=reason.strip(), changes=changes, topic=TOPIC)
