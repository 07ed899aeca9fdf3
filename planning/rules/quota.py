"""Non-salaried agents stay under their share of the inspected operations (30 % over a calendar year)."""

from decimal import Decimal

from planning.rules.model import Orders, Problem, TourKey


def non_salaried_room(*, done: int, done_non_salaried: int, planned: int, ceiling_percent: Decimal) -> int:
    """Return how many of the `planned` missions non-salaried agents may take this year.

    Share = non-salaried / all, done and planned together; the ceiling itself is not reached: the rule says
    « under 30 % ».
    """
    limit = ceiling_percent * (done + planned) / 100
    whole = int(limit)
    most = whole - 1 if whole == limit else whole
    return max(0, min(planned, most - done_non_salaried))


def taken_by_non_salaried(problem: Problem, orders: Orders) -> int:
    return sum(len(order) for key, order in orders.items() if not problem.agent[key[0]].salaried)


def quotas_within(problem: Problem, orders: Orders, room: int) -> dict[TourKey, int]:
    """Share `room` missions between the agent-days of non-salaried agents, in proportion to their tours."""
    keys = [key for key in problem.windows if not problem.agent[key[0]].salaried]
    total = taken_by_non_salaried(problem, orders)
    shares = {key: room * len(orders.get(key, ())) / total for key in keys}
    quotas = {key: int(share) for key, share in shares.items()}
    by_rest = sorted(keys, key=lambda key: (quotas[key] - shares[key], key))
    for key in by_rest[: room - sum(quotas.values())]:
        quotas[key] += 1
    return quotas
