"""A process that refines tours with PyVRP: one request a line in, one answer a line out.

Run by its path, so that it starts without the application. PyVRP holds the interpreter while it searches:
two searches at a time need two processes.
"""

import json
import sys
import time
from typing import Any

import numpy as np
from pyvrp import Client, Depot, Location, ProblemData, Route, Solution, VehicleType, solve
from pyvrp.IteratedLocalSearch import IteratedLocalSearchParams
from pyvrp.solve import SolveParams

FORBIDDEN = 10_000_000
"""Metres and seconds of a trip that a profile may not make."""
HISTORY = 100
"""Searches are short: late acceptance looks less far back than PyVRP's 300."""


def answer(request: dict[str, Any]) -> list[list[int]]:
    """Return the visits of each vehicle; as they were when nothing better is valid."""
    data = _data(request)
    routes = [Route(data, visits, number) for number, visits in enumerate(request["routes"]) if visits]
    start = Solution(data, routes)
    if not start.is_feasible():
        return list(request["routes"])
    until = time.monotonic() + request["budget"]
    found = solve(
        data,
        stop=lambda _: time.monotonic() > until,
        seed=request["seed"],
        collect_stats=False,
        display=False,
        params=SolveParams(ils=IteratedLocalSearchParams(history_length=HISTORY)),
        initial_solution=start,
    ).best
    answered: list[list[int]] = [[] for _ in request["vehicles"]]
    for route in found.routes():
        answered[route.vehicle_type()] = [step.idx for step in route if step.is_client()]
    return answered


def _data(request: dict[str, Any]) -> ProblemData:
    """Make a place of its own for each visit: what a profile may not do is a matter of the visit."""
    vehicles, visits = request["vehicles"], request["visits"]
    places = [*(vehicle["home"] for vehicle in vehicles), *(visit["place"] for visit in visits)]
    metres = np.array(request["metres"], dtype=np.int64)[np.ix_(places, places)]
    seconds = np.array(request["seconds"], dtype=np.int64)[np.ix_(places, places)]
    refused = [[len(vehicles) + visit for visit in profile] for profile in request["profiles"]]
    return ProblemData(
        locations=[Location(0, 0) for _ in places],
        clients=[_client(len(vehicles) + number, visit) for number, visit in enumerate(visits)],
        depots=[Depot(number) for number in range(len(vehicles))],
        vehicle_types=[_vehicle(number, vehicle) for number, vehicle in enumerate(vehicles)],
        distance_matrices=[_closed(metres, rows) for rows in refused],
        duration_matrices=[_closed(seconds, rows) for rows in refused],
    )


def _closed(matrix: Any, rows: list[int]) -> Any:
    found = matrix.copy()
    found[rows, :] = FORBIDDEN
    found[:, rows] = FORBIDDEN
    np.fill_diagonal(found, 0)
    return found


def _client(location: int, visit: dict[str, Any]) -> Client:
    return Client(
        location,
        delivery=[1],
        service_duration=visit["service"],
        tw_early=visit["window"][0],
        tw_late=visit["window"][1],
        prize=visit["prize"],
        required=False,
    )


def _vehicle(number: int, vehicle: dict[str, Any]) -> VehicleType:
    limits = {} if vehicle["max_metres"] is None else {"max_distance": vehicle["max_metres"]}
    return VehicleType(
        capacity=[10_000 if vehicle["max_visits"] is None else vehicle["max_visits"]],
        start_depot=number,
        end_depot=number,
        tw_early=vehicle["window"][0],
        tw_late=vehicle["window"][1],
        profile=vehicle["profile"],
        **limits,
    )


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
