"""Distances and travel times when no routing server is set up."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

EARTH_RADIUS = 6_371_000.0
DETOUR = 1.3
"""Road over crow-fly distance: 1.3 +/- 0.1 (arXiv 2406.06490)."""


class Point(NamedTuple):
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class SpeedBand:
    """Speed on the part of a trip that lies below `up_to` road metres and above the band before."""

    up_to: float
    km_per_hour: float


UNIFORM_50 = (SpeedBand(float("inf"), 50.0),)
SPEED_BANDS = (
    SpeedBand(5_000, 30.0),
    SpeedBand(20_000, 45.0),
    SpeedBand(60_000, 60.0),
    SpeedBand(float("inf"), 80.0),
)
"""Town, suburb, main road, motorway: an assumption, to be fitted from the arrivals of the field app."""


@dataclass(frozen=True)
class TravelMatrix:
    """Metres and seconds between known points; rows are compact arrays (4 bytes a cell)."""

    index: dict[Point, int]
    metres: Sequence[Sequence[int]]
    seconds: Sequence[Sequence[int]]

    def leg(self, start: Point, end: Point) -> tuple[int, int]:
        row, column = self.index[start], self.index[end]
        return self.metres[row][column], self.seconds[row][column]


def unique(points: Iterable[Point]) -> list[Point]:
    return list(dict.fromkeys(points))


def haversine_matrix(
    points: Iterable[Point], *, bands: Sequence[SpeedBand] = SPEED_BANDS, margin: int = 0
) -> TravelMatrix:
    """Estimate every trip: great circle x 1.3, time by speed band, whole metres and seconds.

    `margin` seconds are added to each trip between two different places. Bands apply to the parts of a trip,
    so that a longer trip never takes less time than a shorter one.
    """
    places = unique(points)
    road = _great_circle(places) * DETOUR
    seconds = np.rint(_travel_seconds(road, bands)).astype(np.int32)
    if margin:
        seconds += np.where(road > 0, margin, 0).astype(np.int32)
    return TravelMatrix(
        {place: i for i, place in enumerate(places)}, _rows(np.rint(road).astype(np.int32)), _rows(seconds)
    )


def _great_circle(points: Sequence[Point]) -> npt.NDArray[np.float64]:
    latitudes = np.radians([p.lat for p in points])
    longitudes = np.radians([p.lon for p in points])
    half = np.sin((latitudes[:, None] - latitudes) / 2) ** 2
    half += (
        np.cos(latitudes)[:, None] * np.cos(latitudes) * np.sin((longitudes[:, None] - longitudes) / 2) ** 2
    )
    distances: npt.NDArray[np.float64] = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return distances


def _travel_seconds(road: npt.NDArray[np.float64], bands: Sequence[SpeedBand]) -> npt.NDArray[np.float64]:
    seconds = np.zeros_like(road)
    below = 0.0
    for band in bands:
        metres_here = np.clip(road, below, band.up_to) - below
        seconds += metres_here * 3.6 / band.km_per_hour
        below = band.up_to
    return seconds


def _rows(matrix: npt.NDArray[np.int32]) -> "list[array[int]]":
    return [array("i", row.tobytes()) for row in matrix]
