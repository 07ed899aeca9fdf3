"""The VROOM JSON API (docs/API.md of VROOM 1.15), the language that every route planner is spoken to in."""

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, Protocol, TypedDict


class Break(TypedDict):
    id: int
    time_windows: list[list[int]]
    service: int


class Step(TypedDict):
    type: Literal["start", "job", "break", "end"]
    id: NotRequired[int]
    service_at: NotRequired[int]


class Vehicle(TypedDict):
    id: int
    start_index: int
    end_index: int
    time_window: list[int]
    skills: list[int]
    description: NotRequired[str]
    capacity: NotRequired[list[int]]
    max_distance: NotRequired[int]
    breaks: NotRequired[list[Break]]
    steps: NotRequired[list[Step]]


class Job(TypedDict):
    id: int
    location_index: int
    service: int
    skills: list[int]
    priority: int
    description: NotRequired[str]
    delivery: NotRequired[list[int]]
    time_windows: NotRequired[list[list[int]]]


class Matrix(TypedDict):
    durations: Sequence[Sequence[int]]
    distances: Sequence[Sequence[int]]


class Request(TypedDict):
    jobs: list[Job]
    vehicles: list[Vehicle]
    matrices: dict[str, Matrix]


Answer = dict[str, Any]
"""`code, summary, routes[].steps[], unassigned[]`."""


class RoutePlanner(Protocol):
    """Whoever turns a VROOM request into a VROOM answer."""

    def solve(
        self, request: Request, *, explore: int, threads: int = 2, limit: float | None = None
    ) -> Answer:
        """Return the best routes found; `explore` 0 (fast) to 5 (thorough), in about `limit` seconds.

        Raises PlannerFailed when the request is refused or the planner can't be reached.
        """
        ...

    def check(self, request: Request) -> Answer:
        """Return the hours and violations of the routes given as `steps` (VROOM's choose mode)."""
        ...


class PlannerFailed(Exception):
    """The planner refused the request or didn't answer; the message says why."""
