"""Where a commune is, without any network, and how precisely (table: scripts/build_gazetteer.py)."""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from statistics import fmean

from lots.rules.addresses import city_key

TABLE = Path(__file__).resolve().parents[1] / "data" / "communes.csv.gz"
ALIKE = 0.84
OVERSEAS = ("97", "98")


class Precision(StrEnum):
    """What a position is the position of (the words of lots.enums.GeoPrecision)."""

    CITY = "city"
    POSTCODE = "postcode"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84 degrees; `city` is the commune as the table writes it, empty above that precision."""

    lat: float
    lon: float
    precision: Precision
    city: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One commune under one postal code."""

    postcode: str
    city: str
    lat: float
    lon: float
    precision: Precision


class Gazetteer:
    """Communes by postal code, by name in a department, and the middle of each department."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._by_code: dict[str, dict[str, Place]] = defaultdict(dict)
        self._by_name: dict[tuple[str, str], list[Place]] = defaultdict(list)
        self._by_department: dict[str, list[Place]] = defaultdict(list)
        for place in places:
            name, department = city_key(place.city), department_of(place.postcode)
            self._by_code[place.postcode].setdefault(name, place)
            self._by_name[department, name].append(place)
            self._by_department[department].append(place)

    def locate(self, postcode: str, city: str = "") -> Position | None:
        """Return the best position known for a postal code and a city, with its precision; None for none.

        The commune of that code; else of that name in the department; else the middle of the postal code;
        else the middle of the department.
        """
        place = self._commune(postcode, city_key(city))
        if place:
            return Position(place.lat, place.lon, place.precision, place.city)
        if found := self._by_code.get(postcode):
            return _middle(list(found.values()), Precision.POSTCODE)
        if found_around := self._by_department.get(department_of(postcode)):
            return _middle(found_around, Precision.DEPARTMENT)
        return None

    def knows(self, postcode: str) -> bool:
        """Return whether the postal code is in the table (those of firms, CEDEX, aren't)."""
        return postcode in self._by_code

    def _commune(self, postcode: str, name: str) -> Place | None:
        if not name:
            return None
        near = self._by_code.get(postcode, {})
        if name in near:
            return near[name]
        alike = [key for key in near if _alike(key, name)]
        if len(alike) == 1:
            return near[alike[0]]
        same_name = self._by_name.get((department_of(postcode), name), [])
        return same_name[0] if len({(place.lat, place.lon) for place in same_name}) == 1 else None


def department_of(postcode: str) -> str:
    """Return the department's part of a postal code: two digits, three overseas; Corsica is 20."""
    return postcode[:3] if postcode.startswith(OVERSEAS) else postcode[:2]


def _alike(left: str, right: str) -> bool:
    short, long = sorted((left, right), key=len)
    if len(short) >= 5 and (long.startswith(f"{short} ") or long.endswith(f" {short}")):
        return True
    return SequenceMatcher(None, left, right).ratio() >= ALIKE


def _middle(places: Sequence[Place], precision: Precision) -> Position:
    only = places[0].city if len(places) == 1 else ""
    return Position(fmean(p.lat for p in places), fmean(p.lon for p in places), precision, only)


def read_places(table: Path = TABLE) -> list[Place]:
    """Return the lines of the table."""
    text = gzip.decompress(table.read_bytes()).decode()
    return [
        Place(
            row["postcode"], row["commune"], float(row["lat"]), float(row["lon"]), Precision(row["precision"])
        )
        for row in csv.DictReader(io.StringIO(text))
    ]


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Return the house's gazetteer, read once per process."""
    return Gazetteer(read_places())
