"""Compare the gazetteer with a table of communes that has the columns commune, code_postal, lat and lon.

python -m scripts.measure_gazetteer FILE.csv
"""

import csv
import math
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from lots.rules.gazetteer import gazetteer

EARTH_KM = 6371.0


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the distance between two (latitude, longitude) in kilometres."""
    a, b = math.radians(here[0]), math.radians(there[0])
    across = math.radians(there[1] - here[1])
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(across / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(half))


def main(path: Path) -> None:
    """Print coverage and errors by precision."""
    started = time.perf_counter()
    table = gazetteer()
    print(f"table read in {time.perf_counter() - started:.2f} s")
    errors: dict[str, list[float]] = defaultdict(list)
    missing = unplaced = 0
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if not row["lat"]:
                unplaced += 1
                continue
            found = table.locate(row["code_postal"], row["commune"])
            if found is None:
                missing += 1
                continue
            away = kilometres((found.lat, found.lon), (float(row["lat"]), float(row["lon"])))
            errors[found.precision].append(away)
            errors["all"].append(away)
    total = len(errors["all"]) + missing
    print(f"{total} communes with a position ({unplaced} without), {missing} not located")
    for precision, found_errors in errors.items():
        ordered = sorted(found_errors)
        quantiles = [ordered[int(len(ordered) * share)] for share in (0.9, 0.99)]
        share = 100 * len(ordered) / total
        print(
            f"{precision}: {len(ordered)} ({share:.1f} %), median {median(ordered):.2f} km,"
            f" 90 % under {quantiles[0]:.2f} km, 99 % under {quantiles[1]:.2f} km"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
