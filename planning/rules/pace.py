"""How long a case is improved: small ones are answered in less than ten seconds."""

from collections.abc import Callable
from typing import Any

SMALL_SECONDS, LARGE_SECONDS = 6.2, 38.0
SMALL_AGENT_DAYS = 120
"""20 agents over 5 days are a small case."""
FIRST_SECONDS = 3.0
"""Of which the first tours take this at most; two seconds are enough on an idle machine of two cores."""
LEAST_SECONDS = 2.5
"""Improved so long in any case: on a machine busy with something else the first tours take all the time."""


def pace(
    clock: Callable[[], float], case: dict[str, Any], seconds: float | None = None
) -> Callable[[], bool]:
    """Return what tells whether to go on improving a case that is begun now; `clock` counts seconds."""
    started = clock()
    is_small = len(case["agents"]) * case["days"] <= SMALL_AGENT_DAYS
    until = started + (seconds if seconds is not None else SMALL_SECONDS if is_small else LARGE_SECONDS)
    first_asked: list[float] = []

    def keep_going() -> bool:
        now = clock()
        if not first_asked:
            first_asked.append(now)
        return now < until or (seconds is None and now < first_asked[0] + LEAST_SECONDS)

    return keep_going
