"""Share the hours better for a few kilometres: move missions from the busiest agents to the others.

Route planners have no such goal (VROOM #377, #445, #1314). Each move is small, valid and can be explained.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import pstdev

from planning.rules.insertion import (
    Insertion,
    cheapest_insertion,
    eligible_tours,
    inserted,
    with_insertion,
    without,
)
from planning.rules.model import Orders, Problem, TourKey
from planning.rules.plan import Plan, Tour
from planning.rules.quota import taken_by_non_salaried
from planning.rules.schedule import build_plan, build_tour
from planning.rules.wording import NBSP, day_name, minutes, signed_kilometres

GIVERS, TAKERS = 0.95, 1.05
"""Agents above the first share of the mean may give missions, those under the second may take some: a mission
may pass through somebody of average hours."""
FREE_METRES = 500
"""A move this short counts as free, or one that saves metres would outweigh all the others."""


@dataclass(frozen=True, slots=True)
class BalanceMove:
    mission: int
    source: TourKey
    target: TourKey
    metres: int
    relief: int
    """Seconds that the agent who gives works less."""
    load: int
    """Seconds that the agent who takes works more."""

    def text(self, problem: Problem) -> str:
        giver, taker = problem.agent[self.source[0]].label, problem.agent[self.target[0]].label
        return (
            f"de {giver} ({day_name(problem, self.source[1])}) "
            f"à {taker} ({day_name(problem, self.target[1])}){NBSP}: "
            f"{signed_kilometres(self.metres)}, −{minutes(self.relief)} pour {giver}"
        )


@dataclass(frozen=True)
class Balanced:
    plan: Plan
    moves: tuple[BalanceMove, ...]
    spread_before: float
    """Standard deviation of the agents' hours over the plan, in seconds."""
    spread_after: float


def spread(problem: Problem, plan: Plan) -> float:
    """Return the standard deviation of worked seconds over the agents who have a working day."""
    return pstdev(plan.worked_by_agent(_present(problem)).values())


def balance(problem: Problem, plan: Plan, *, budget_percent: float = 5.0, most_moves: int = 200) -> Balanced:
    """Move missions until the budget of extra kilometres is spent or nothing helps.

    Locked missions and frozen tours stay. Each move is the one that lowers the spread most per metre.
    """
    state = _State(problem, plan)
    before, limit = spread(problem, plan), plan.metres * budget_percent / 100
    moves: list[BalanceMove] = []
    spent = 0
    while len(moves) < most_moves:
        found = state.best_move(limit - spent)
        if found is None:
            break
        state.make(found)
        spent += found.metres
        moves.append(found)
    after = build_plan(problem, state.orders)
    return Balanced(after, tuple(moves), before, spread(problem, after))


def _present(problem: Problem) -> list[int]:
    return sorted({agent for agent, _ in problem.windows})


class _State:
    """Tours and hours while missions move; candidates of untouched tours are remembered."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem = problem
        self.orders: Orders = dict(plan.orders)
        self.tours: dict[TourKey, Tour] = {tour.key: tour for tour in plan.tours if tour.stops}
        self.hours = plan.worked_by_agent(_present(problem))
        self.known: dict[int, dict[int, BalanceMove | None]] = {}
        """For a mission, its move to each agent asked so far."""

    def best_move(self, budget: float) -> BalanceMove | None:
        """Return the move that lowers the spread most per metre, within the budget; None when none does."""
        mean = sum(self.hours.values()) / max(1, len(self.hours))
        takers = {agent for agent, worked in self.hours.items() if worked < mean * TAKERS}
        givers = {agent for agent, worked in self.hours.items() if worked > mean * GIVERS}
        found = [move for move in self._moves_from(givers, takers) if move.metres <= budget]
        best = max(found, key=self._worth, default=None)
        return best if best is not None and self._worth(best) > 0 else None

    def _moves_from(self, givers: set[int], takers: set[int]) -> Iterator[BalanceMove]:
        open_to = self._open_to(takers)
        for key, order in self.orders.items():
            if key[0] not in givers or key in self.problem.frozen:
                continue
            for mission in order:
                if mission not in self.problem.locks:
                    yield from self._moves_of(mission, key, open_to - {key[0]})

    def _moves_of(self, mission_id: int, source: TourKey, takers: set[int]) -> Iterator[BalanceMove]:
        """Give the mission's cheapest move to each taker: the nearest one isn't who needs hours most."""
        known = self.known.setdefault(mission_id, {})
        if unknown := takers - known.keys():
            known |= dict.fromkeys(unknown)
            known |= {move.target[0]: move for move in self._new_moves(mission_id, source, unknown)}
        for taker in takers:
            if (move := known[taker]) is not None:
                yield move

    def _new_moves(self, mission_id: int, source: TourKey, takers: set[int]) -> Iterator[BalanceMove]:
        mission = self.problem.mission[mission_id]
        shorter = tuple(m for m in self.orders[source] if m != mission_id)
        rest = build_tour(self.problem, source, shorter)
        saved = self.tours[source].metres - rest.metres
        relief = self.tours[source].worked - rest.worked
        keys: dict[int, list[TourKey]] = {}
        for key in eligible_tours(self.problem, mission):
            if key[0] in takers:
                keys.setdefault(key[0], []).append(key)
        for found in keys.values():
            place = cheapest_insertion(self.problem, self.orders, mission, found)
            if place is not None:
                yield BalanceMove(
                    mission_id, source, place.key, place.metres - saved, relief, self._load(mission_id, place)
                )

    def _load(self, mission_id: int, place: Insertion) -> int:
        order = inserted(self.orders.get(place.key, ()), mission_id, place.position)
        before = self.tours.get(place.key)
        return build_tour(self.problem, place.key, order).worked - (before.worked if before else 0)

    def _open_to(self, takers: set[int]) -> set[int]:
        room = self.problem.non_salaried_room
        if room is None or taken_by_non_salaried(self.problem, self.orders) < room:
            return takers
        return {agent for agent in takers if self.problem.agent[agent].salaried}

    def _worth(self, move: BalanceMove) -> float:
        """Return how much the sum of squared hours falls, per metre."""
        giver, taker = self.hours[move.source[0]], self.hours[move.target[0]]
        fall = giver**2 + taker**2 - (giver - move.relief) ** 2 - (taker + move.load) ** 2
        return fall / max(move.metres, FREE_METRES)

    def make(self, move: BalanceMove) -> None:
        mission = self.problem.mission[move.mission]
        place = cheapest_insertion(self.problem, self.orders, mission, [move.target])
        assert place is not None
        self.orders = with_insertion(without(self.orders, move.mission), move.mission, place)
        self._forget({move.source, move.target})
        for key in (move.source, move.target):
            old = self.tours.pop(key, None)
            new = build_tour(self.problem, key, self.orders[key])
            self.hours[key[0]] += new.worked - (old.worked if old else 0)
            if new.stops:
                self.tours[key] = new
            else:
                del self.orders[key]

    def _forget(self, touched: set[TourKey]) -> None:
        """Drop the moves out of these tours, and into those of their agents; the others still hold."""
        agents = {agent for agent, _ in touched}
        leaving = {mission for key in touched for mission in self.orders[key]}
        self.known = {
            mission: {taker: move for taker, move in moves.items() if taker not in agents}
            for mission, moves in self.known.items()
            if mission not in leaving
        }
