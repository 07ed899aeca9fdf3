"""The adapters of the planner and of travel times, against the real command and stub servers."""

import json
import re
from array import array
from typing import Any

import httpx
import pytest

from integrations.routing.embedded import EmbeddedVroom
from integrations.routing.http_planner import HttpVroom, OpenRouteService
from integrations.routing.travel import Estimate, OpenRouteServiceTable, Osrm, Valhalla
from planning.ports import TravelUnknown, route_planner, travel_times
from planning.rules.distance import Point, haversine_matrix
from planning.rules.vroom_language import PlannerFailed, Request

ROWS = [array("i", [0, 600]), array("i", [600, 0])]
REQUEST: Request = {
    "jobs": [{"id": 1, "location_index": 1, "service": 60, "skills": [], "priority": 0}],
    "vehicles": [{"id": 1, "start_index": 0, "end_index": 0, "time_window": [0, 5000], "skills": []}],
    "matrices": {"car": {"durations": ROWS, "distances": ROWS}},
}
PLACES = [Point(45.76, 4.84), Point(45.80, 4.90), Point(45.70, 4.70)]


def test_settings_name_the_embedded_planner_and_the_estimate() -> None:
    assert isinstance(route_planner(), EmbeddedVroom)
    assert isinstance(travel_times(), Estimate)


def test_embedded_vroom_solves_and_checks() -> None:
    planner = EmbeddedVroom()
    answer = planner.solve(REQUEST, explore=0)
    assert answer["summary"]["unassigned"] == 0
    assert answer["summary"]["distance"] == 1200
    steps = [{"type": "start"}, {"type": "job", "id": 1}, {"type": "end"}]
    checked = planner.check({**REQUEST, "vehicles": [{**REQUEST["vehicles"][0], "steps": steps}]})  # type: ignore[typeddict-item]
    assert checked["summary"]["violations"] == []


def test_embedded_vroom_says_why_it_refuses() -> None:
    wrong = {**REQUEST, "vehicles": []}
    with pytest.raises(PlannerFailed):
        EmbeddedVroom().solve(wrong, explore=0)  # type: ignore[arg-type]
    with pytest.raises(PlannerFailed, match="ne démarre pas"):
        EmbeddedVroom(["/nowhere/vroom"]).solve(REQUEST, explore=0)


class Express:
    """vroom-express: posts the request to the real command."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.seen = {"path": request.url.path, "options": body.pop("options", None), "body": body}
        return httpx.Response(200, json=EmbeddedVroom().solve(body, explore=0))


def test_both_planners_give_the_same_answer() -> None:
    server = Express()
    planner = HttpVroom("http://vroom.test", transport=httpx.MockTransport(server))
    mine, theirs = EmbeddedVroom().solve(REQUEST, explore=0), planner.solve(REQUEST, explore=3)
    assert theirs["routes"] == mine["routes"]
    assert server.seen["options"] == {"x": 3, "t": 2, "g": False}


def test_openrouteservice_gets_its_profile() -> None:
    seen: dict[str, Any] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        seen.update(json.loads(request.content), path=request.url.path)
        return httpx.Response(200, json={"code": 0, "routes": [], "unassigned": []})

    planner = OpenRouteService("http://ors.test", "key", transport=httpx.MockTransport(answer))
    planner.solve(REQUEST, explore=1)
    assert seen["path"] == "/optimization"
    assert seen["vehicles"][0]["profile"] == "driving-car"
    assert list(seen["matrices"]) == ["driving-car"]
    with pytest.raises(PlannerFailed):
        planner.check(REQUEST)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, text="boom"),
        httpx.Response(200, json=[1]),
        httpx.Response(400, json={"code": 2, "error": "Invalid vehicle id."}),
    ],
)
def test_a_server_that_fails_is_named(answer: httpx.Response) -> None:
    planner = HttpVroom("http://vroom.test", transport=httpx.MockTransport(lambda request: answer))
    with pytest.raises(PlannerFailed):
        planner.solve(REQUEST, explore=1)


def test_a_server_that_is_down_is_named() -> None:
    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(PlannerFailed, match="injoignable"):
        HttpVroom("http://vroom.test", transport=httpx.MockTransport(down)).solve(REQUEST, explore=1)
    with pytest.raises(TravelUnknown):
        Osrm("http://osrm.test", transport=httpx.MockTransport(down)).matrix(PLACES)


def metres_and_seconds(
    sources: list[Point], targets: list[Point]
) -> tuple[list[list[int]], list[list[float]]]:
    """Invent a table in which each pair has its own value."""
    cells = [[1000 * (PLACES.index(a) + 1) + PLACES.index(b) for b in targets] for a in sources]
    return cells, [[value / 10 for value in row] for row in cells]


def osrm(request: httpx.Request) -> httpx.Response:
    text = request.url.path.rsplit("/", 1)[1]
    pairs = re.findall(r"([\d.]+),([\d.]+)", text)
    places = [Point(float(lat), float(lon)) for lon, lat in pairs]
    rows = [places[int(i)] for i in request.url.params["sources"].split(";")]
    columns = [places[int(i)] for i in request.url.params["destinations"].split(";")]
    distances, durations = metres_and_seconds(rows, columns)
    return httpx.Response(200, json={"code": "Ok", "distances": distances, "durations": durations})


def valhalla(request: httpx.Request) -> httpx.Response:
    body = json.loads(request.content)
    rows = [Point(**p) for p in body["sources"]]
    distances, durations = metres_and_seconds(rows, [Point(**p) for p in body["targets"]])
    cells = [
        [{"distance": metres / 1000, "time": seconds} for metres, seconds in zip(*pair, strict=True)]
        for pair in zip(distances, durations, strict=True)
    ]
    return httpx.Response(200, json={"sources_to_targets": cells})


def ors(request: httpx.Request) -> httpx.Response:
    body = json.loads(request.content)
    places = [Point(lat, lon) for lon, lat in body["locations"]]
    rows, columns = ([places[int(i)] for i in body[name]] for name in ("sources", "destinations"))
    distances, durations = metres_and_seconds(rows, columns)
    return httpx.Response(200, json={"distances": distances, "durations": durations})


@pytest.mark.parametrize(
    ("adapter", "server"), [(Osrm, osrm), (Valhalla, valhalla), (OpenRouteServiceTable, ors)]
)
@pytest.mark.parametrize("block", [1, 2, 50])
def test_tables_are_put_together_from_blocks(adapter: Any, server: Any, block: int) -> None:
    source = adapter("http://table.test", transport=httpx.MockTransport(server))
    source.block = block
    found = source.matrix([*PLACES, PLACES[0]])
    distances, durations = metres_and_seconds(PLACES, PLACES)
    assert [list(row) for row in found.metres] == distances
    assert [list(row) for row in found.seconds] == [[round(value) for value in row] for row in durations]
    assert found.leg(PLACES[1], PLACES[2]) == (2002, 200)


def test_a_pair_the_server_cannot_join_keeps_the_estimate() -> None:
    def holes(request: httpx.Request) -> httpx.Response:
        table = [[None] * 3] * 3
        return httpx.Response(200, json={"distances": table, "durations": table})

    found = Osrm("http://osrm.test", transport=httpx.MockTransport(holes)).matrix(PLACES)
    assert found.leg(PLACES[0], PLACES[1]) == haversine_matrix(PLACES).leg(PLACES[0], PLACES[1])
