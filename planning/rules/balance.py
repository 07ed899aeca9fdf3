"""Share the hours better for a few kilometres: move missions from the busiest agents to the others.

Route planners have no such goal (VROOM #377, #445, #1314). Each move is small, valid and can be explained.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import pstdev

from planning.rules.insertion import cheapest_insertion, eligible_tours, with_insertion, without
from planning.rules.model import Orders, Problem, TourKey
from planning.rules.plan import Plan, Tour
from planning.rules.quota import taken_by_non_salaried
from planning.rules.schedule import build_plan, build_tour
from planning.rules.wording import NBSP, day_name, minutes, signed_kilometres

BUSY = 1.05
"""Agents above this share of the mean give missions."""
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

    Locked missions and frozen tours stay. Each move takes from an agent above the mean the mission
    that lowers the spread most per metre.
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
        self.known: dict[int, tuple[TourKey, BalanceMove | None]] = {}

    def best_move(self, budget: float) -> BalanceMove | None:
        """Return the move that lowers the spread most per metre, within the budget; None when none does."""
        mean = sum(self.hours.values()) / max(1, len(self.hours))
        takers = {agent for agent, worked in self.hours.items() if worked < mean}
        busy = {agent for agent, worked in self.hours.items() if worked > mean * BUSY}
        found = [move for move in self._moves_from(busy, takers) if move.metres <= budget]
        best = max(found, key=self._worth, default=None)
        return best if best is not None and self._worth(best) > 0 else None

    def _moves_from(self, givers: set[int], takers: set[int]) -> Iterator[BalanceMove]:
        for key, order in self.orders.items():
            if key[0] not in givers or key in self.problem.frozen:
                continue
            for mission in order:
                if mission in self.problem.locks:
                    continue
                _, move = self.known.get(mission, (key, None))
                if mission not in self.known or (move is not None and move.target[0] not in takers):
                    move = self._move_of(mission, key, takers)
                    self.known[mission] = key, move
                if move is not None:
                    yield move

    def _move_of(self, mission_id: int, source: TourKey, takers: set[int]) -> BalanceMove | None:
        mission, open_to = self.problem.mission[mission_id], self._open_to(takers)
        shorter = tuple(m for m in self.orders[source] if m != mission_id)
        rest = build_tour(self.problem, source, shorter)
        saved = self.tours[source].metres - rest.metres
        relief = self.tours[source].worked - rest.worked
        keys = [key for key in eligible_tours(self.problem, mission) if key[0] in open_to]
        place = cheapest_insertion(self.problem, self.orders, mission, keys)
        if place is None:
            return None
        return BalanceMove(mission_id, source, place.key, place.metres - saved, relief)

    def _open_to(self, takers: set[int]) -> set[int]:
        room = self.problem.non_salaried_room
        if room is None or taken_by_non_salaried(self.problem, self.orders) < room:
            return takers
        return {agent for agent in takers if self.problem.agent[agent].salaried}

    def _worth(self, move: BalanceMove) -> float:
        """Return how much the sum of squared hours falls, per metre."""
        giver, taker = move.source[0], move.target[0]
        gained = move.relief + round(move.metres * self._seconds_per_metre())
        old = self.hours[giver] ** 2 + self.hours[taker] ** 2
        new = (self.hours[giver] - move.relief) ** 2 + (self.hours[taker] + gained) ** 2
        return (old - new) / max(move.metres, FREE_METRES)

    def _seconds_per_metre(self) -> float:
        metres = sum(tour.metres for tour in self.tours.values())
        return sum(tour.driving for tour in self.tours.values()) / metres if metres else 0.0

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
        """Drop the moves out of or into these tours; the others still hold."""
        self.known = {
            mission: (source, move)
            for mission, (source, move) in self.known.items()
            if source not in touched and (move is None or move.target not in touched)
        }
