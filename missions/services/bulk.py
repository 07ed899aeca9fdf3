"""One act on many missions: tried first, said line by line, then done; each line stands alone."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from missions.models import Mission
from missions.services.assignment import assign_mission, unassign_mission
from missions.services.due import set_due
from missions.services.life import cancel_mission, reopen_mission
from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused

ASSIGN, DUE, CANCEL, REOPEN = "affecter", "echeance", "annuler", "rouvrir"
MOST = 1000


@dataclass(frozen=True, slots=True)
class Order:
    """What to do with every mission; only what the act needs is filled."""

    act: str
    agent: Agent | None = None
    day: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes (or would become) of one mission: `refusal` is "" when it goes through."""

    mission: Mission
    before: str
    after: str
    refusal: str = ""
    undo: tuple[str, str] | None = None


class NothingToUndo(TransitionRefused):
    """The former state can't be given back."""


def preview(order: Order, missions: Sequence[Mission], by: Actor) -> list[Line]:
    """Return what the act would do, by doing it and taking it all back."""
    with transaction.atomic():
        lines = [_try(order, mission, by) for mission in missions]
        transaction.set_rollback(True)
    return lines


def carry_out(order: Order, missions: Sequence[Mission], by: Actor) -> list[Line]:
    """Do the act on each mission in its own transaction; a refusal leaves the others done."""
    return [_try(order, mission, by) for mission in missions]


def _try(order: Order, mission: Mission, by: Actor) -> Line:
    before = _shown(order, mission)
    undo = _undo_of(order, mission)
    try:
        with transaction.atomic():
            after = _DO[order.act](mission, order, by)
    except TransitionRefused as refusal:
        return Line(mission, before, before, str(refusal))
    return Line(mission, before, _shown(order, after), undo=undo)


def _assign(mission: Mission, order: Order, by: Actor) -> Mission:
    if order.agent is None or order.day is None:
        raise TransitionRefused("Choisissez l’intervenant et le jour.")
    return assign_mission(mission_id=mission.pk, agent=order.agent, day=order.day, by=by)


def _due(mission: Mission, order: Order, by: Actor) -> Mission:
    return set_due(mission_id=mission.pk, due_on=order.day, by=by)


def _cancel(mission: Mission, order: Order, by: Actor) -> Mission:
    return cancel_mission(mission_id=mission.pk, by=by, reason=order.reason)


def _reopen(mission: Mission, order: Order, by: Actor) -> Mission:
    return reopen_mission(mission_id=mission.pk, by=by, reason=order.reason)


_DO: dict[str, Callable[[Mission, Order, Actor], Mission]] = {
    ASSIGN: _assign,
    DUE: _due,
    CANCEL: _cancel,
    REOPEN: _reopen,
}


def _shown(order: Order, mission: Mission) -> str:
    if order.act == ASSIGN:
        return str(mission.agent) if mission.agent else "personne"
    if order.act == DUE:
        return f"{mission.due_on:%d/%m/%Y}" if mission.due_on else "sans échéance"
    return mission.get_status_display()


def _undo_of(order: Order, mission: Mission) -> tuple[str, str] | None:
    """What gives the mission back its former value: only where nothing is lost on the way."""
    if order.act == DUE:
        return (DUE, mission.due_on.isoformat() if mission.due_on else "")
    if order.act == ASSIGN:
        return (ASSIGN, str(mission.agent_id or ""))
    if order.act == CANCEL and mission.agent_id is None:
        return (CANCEL, "")
    return None


def undo(entries: Iterable[tuple[int, str, str]], day: dt.date, by: Actor) -> tuple[int, list[str]]:
    """Give back what a bulk act changed: (mission, act, former value); return how many, and the refusals."""
    done, refusals = 0, []
    for mission_id, act, former in entries:
        try:
            with transaction.atomic():
                _give_back(mission_id, act, former, day, by)
        except (TransitionRefused, Agent.DoesNotExist) as refusal:
            number = Mission.objects.filter(pk=mission_id).values_list("number", flat=True).first()
            refusals.append(f"{number} : {refusal}")
        else:
            done += 1
    return done, refusals


def _give_back(mission_id: int, act: str, former: str, day: dt.date, by: Actor) -> None:
    if act == DUE:
        set_due(mission_id=mission_id, due_on=dt.date.fromisoformat(former) if former else None, by=by)
    elif act == ASSIGN and former:
        assign_mission(mission_id=mission_id, agent=Agent.objects.get(pk=int(former)), day=day, by=by)
    elif act == ASSIGN:
        unassign_mission(mission_id=mission_id, by=by, reason="Annulation d’une affectation groupée")
    elif act == CANCEL:
        reopen_mission(mission_id=mission_id, by=by, reason="Annulation d’un acte groupé")
    else:
        raise NothingToUndo("Cet acte ne peut pas être défait.")
