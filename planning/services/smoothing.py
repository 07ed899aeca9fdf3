"""Moves that share the week's hours better; nothing is written."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from planning.rules.balance import balance
from planning.rules.schedule import build_plan
from planning.rules.wording import day_name, signed_kilometres
from planning.selectors.board import CAPACITY
from planning.services.runs import Scope, read_situation

MOST = 6


@dataclass(frozen=True, slots=True)
class Smoothing:
    """One move, with what it takes to make it as a gesture of the board."""

    mission: int
    number: str
    source: str
    target: str
    text: str
    cost: str
    before: Fraction
    after: Fraction
    seen: str


def smoothing(monday: dt.date) -> list[Smoothing]:
    """Return up to six moves of the engine's balance pass over the week. Raises TravelUnknown."""
    scope = Scope(monday, monday + dt.timedelta(6), with_waiting=False)
    situation = read_situation(scope)
    scene, problem = situation.scene, situation.scene.problem
    plan = build_plan(problem, situation.orders)
    if not plan.tours:
        return []
    hours = {key: tour.worked for key, tour in plan.tour.items()}
    found = []
    for move in balance(problem, plan, most_moves=MOST).moves:
        if move.source not in hours:
            # A mission moved twice: its second step leaves a tour that only the first one would make.
            continue
        source, target = (f"{agent}:{scene.date(day)}" for agent, day in (move.source, move.target))
        before = hours[move.source]
        hours[move.source] = before - move.relief
        giver, taker = problem.agent[move.source[0]].label, problem.agent[move.target[0]].label
        found.append(
            Smoothing(
                mission=move.mission,
                number=problem.mission[move.mission].label,
                source=source,
                target=target,
                text=(
                    f"{giver}, {day_name(problem, move.source[1])} : 1 visite vers {taker}, "
                    f"{day_name(problem, move.target[1])}"
                ),
                cost=signed_kilometres(move.metres),
                before=Fraction(before, CAPACITY * 60),
                after=Fraction(before - move.relief, CAPACITY * 60),
                seen=" ".join(f"{key}={situation.versions.get(key, 0)}" for key in (source, target)),
            )
        )
    return found
