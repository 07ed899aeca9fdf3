"""Travel times: an estimate without server, or the table of OSRM, Valhalla or openrouteservice."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import httpx
from django.conf import settings

from planning.ports import TravelUnknown
from planning.rules.distance import Point, TravelMatrix, haversine_matrix, unique

Cells = Sequence[Sequence[float | None]]


class Estimate:
    """Great circle x 1.3 and speed bands: what a machine without a routing server knows."""

    def matrix(self, points: Iterable[Point]) -> TravelMatrix:
        return haversine_matrix(points)


class TableServer:
    """Asks a server for the table in square blocks; a pair that it can't join keeps the estimate."""

    block = 100
    """Sources and destinations of one call."""

    def __init__(self, url: str = "", key: str = "", transport: httpx.BaseTransport | None = None) -> None:
        address = url or settings.TRAVEL_URL
        token = key or settings.TRAVEL_KEY
        headers = {"Authorization": token} if token else {}
        self._client = httpx.Client(base_url=address, headers=headers, timeout=60.0, transport=transport)

    def matrix(self, points: Iterable[Point]) -> TravelMatrix:
        places = unique(points)
        found = haversine_matrix(places)
        metres, seconds = (
            [array("i", row) for row in found.metres],
            [array("i", row) for row in found.seconds],
        )
        for rows, columns in blocks(len(places), self.block):
            durations, distances = self._table([places[i] for i in rows], [places[j] for j in columns])
            _fill(seconds, durations, rows, columns)
            _fill(metres, distances, rows, columns)
        return TravelMatrix(found.index, metres, seconds)

    def _table(self, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Cells, Cells]:
        raise NotImplementedError

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._client.request(method, path, **options)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise TravelUnknown(f"temps de trajet indisponibles : {error}") from error


class Osrm(TableServer):
    """OSRM `/table/v1/driving`; its `--max-table-size` must allow two blocks."""

    def _table(self, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Cells, Cells]:
        places = ";".join(f"{p.lon:.6f},{p.lat:.6f}" for p in [*sources, *targets])
        query = {
            "annotations": "duration,distance",
            "sources": ";".join(str(i) for i in range(len(sources))),
            "destinations": ";".join(str(len(sources) + i) for i in range(len(targets))),
        }
        found = self._ask("GET", f"/table/v1/driving/{places}", params=query)
        return _cells(found, "durations"), _cells(found, "distances")


class Valhalla(TableServer):
    """Valhalla `/sources_to_targets`; it answers in kilometres."""

    block = 50

    def _table(self, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Cells, Cells]:
        body = {
            "sources": [p._asdict() for p in sources],
            "targets": [p._asdict() for p in targets],
            "costing": "auto",
            "units": "kilometers",
        }
        rows = _cells(self._ask("POST", "/sources_to_targets", json=body), "sources_to_targets")
        cells: list[list[dict[str, float | None]]] = [list(row) for row in rows]  # type: ignore[arg-type]
        durations = [[cell.get("time") for cell in row] for row in cells]
        distances = [[_metres(cell.get("distance")) for cell in row] for row in cells]
        return durations, distances


class OpenRouteServiceTable(TableServer):
    """openrouteservice matrix; 3 500 cells a call on the public server."""

    block = 59

    def _table(self, sources: Sequence[Point], targets: Sequence[Point]) -> tuple[Cells, Cells]:
        body = {
            "locations": [[p.lon, p.lat] for p in [*sources, *targets]],
            "sources": [str(i) for i in range(len(sources))],
            "destinations": [str(len(sources) + i) for i in range(len(targets))],
            "metrics": ["duration", "distance"],
        }
        found = self._ask("POST", "/v2/matrix/driving-car", json=body)
        return _cells(found, "durations"), _cells(found, "distances")


def blocks(count: int, size: int) -> Iterator[tuple[range, range]]:
    """Cut a table into squares of at most `size` rows and columns."""
    cuts = [range(start, min(start + size, count)) for start in range(0, count, size)]
    for rows in cuts:
        for columns in cuts:
            yield rows, columns


def _cells(found: Any, name: str) -> Cells:
    if not isinstance(found, dict) or not isinstance(found.get(name), list):
        raise TravelUnknown(f"réponse sans « {name} »")
    cells: Cells = found[name]
    return cells


def _metres(kilometres: float | None) -> float | None:
    return None if kilometres is None else kilometres * 1000


def _fill(target: "list[array[int]]", cells: Cells, rows: range, columns: range) -> None:
    for row, values in zip(rows, cells, strict=True):
        for column, value in zip(columns, values, strict=True):
            if value is not None:
                target[row][column] = round(value)
