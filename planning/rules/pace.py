"""How long a case is improved: small ones are answered in less than ten seconds, unless many are left out."""

from collections.abc import Callable
from typing import Any

SMALL_SECONDS, OVERLOADED_SECONDS, LARGE_SECONDS = 6.2, 20.0, 38.0
SMALL_AGENT_DAYS = 120
"""20 agents over 5 days are a small case."""
FIRST_SECONDS = 3.0
"""Of which the first tours take this at most; two seconds are enough on an idle machine of two cores."""
LEAST_SECONDS = 2.5
"""Improved so long in any case: on a machine busy with something else the first tours take all the time."""


class Pace:
    """Tells whether to go on improving a case that is begun now; `clock` counts seconds.

    `seconds` is what somebody asked for; by default it depends on the case.
    """

    def __init__(
        self, clock: Callable[[], float], case: dict[str, Any], seconds: float | None = None
    ) -> None:
        self._clock = clock
        self._asked = seconds
        self._started = clock()
        is_small = len(case["agents"]) * case["days"] <= SMALL_AGENT_DAYS
        self._seconds = seconds if seconds is not None else SMALL_SECONDS if is_small else LARGE_SECONDS
        self._first_asked: float | None = None

    def keep_going(self) -> bool:
        now = self._clock()
        if self._first_asked is None:
            self._first_asked = now
        if now < self._started + self._seconds:
            return True
        return self._asked is None and now < self._first_asked + LEAST_SECONDS

    def take_longer(self) -> None:
        """Give more time to a case that leaves many missions out: each search brings some of them back."""
        if self._asked is None:
            self._seconds = max(self._seconds, OVERLOADED_SECONDS)
