"""An address in one cell: street, postal code, city; and the key by which two addresses are the same."""

import re
from functools import lru_cache
from typing import NamedTuple

from lots.rules.text import fold, squeeze

CODE = re.compile(r"(?<!\d)(?:F\s*-\s*)?(\d{2}\s?\d{3})(?!\d)", re.IGNORECASE)
SHORT_CODE = re.compile(r"[,;]\s*(\d{4})(?=\s+[^\W\d])")
CEDEX = re.compile(r"\s+cedex(?:\s+\d{1,2})?\s*$", re.IGNORECASE)
COUNTRY = re.compile(r"[\s,\-–(]+france\)?\s*$", re.IGNORECASE)
EDGES = " ,;-–()\t\n"
ABBREVIATIONS = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard",
    "boul": "boulevard", "ch": "chemin", "che": "chemin", "chem": "chemin", "rte": "route", "r": "rue",
    "pl": "place", "all": "allee", "imp": "impasse", "sq": "square", "lot": "lotissement",
    "fg": "faubourg", "fbg": "faubourg", "res": "residence", "st": "saint", "ste": "sainte",
    "gal": "general", "dr": "docteur", "qu": "quai", "crs": "cours", "pass": "passage",
}  # fmt: skip


class Address(NamedTuple):
    """Parts of a postal address; None where the text doesn't say."""

    street: str | None
    postcode: str | None
    city: str | None


def split_address(text: str) -> Address:
    """Return the parts of "101 rue des Acacias, 47470 Blaymont" and its usual variants."""
    line = COUNTRY.sub("", squeeze(text.replace("\n", ", ")))
    codes = list(CODE.finditer(line)) or list(SHORT_CODE.finditer(line))
    if not codes:
        return Address(line.strip(EDGES) or None, None, None)
    found = codes[-1]
    before, after = line[: found.start()].strip(EDGES), CEDEX.sub("", line[found.end() :]).strip(EDGES)
    code = re.sub(r"\s", "", found[1]).zfill(5)
    if after:
        return Address(before or None, code, after)
    street, _, city = before.rpartition(",")
    if city.strip() and not any(char.isdigit() for char in city):
        return Address(street.strip(EDGES) or None, code, city.strip(EDGES))
    return Address(before or None, code, None)


@lru_cache(maxsize=65_536)
def street_key(street: str) -> str:
    """Return the same key for "12, Av. du Gal Leclerc" and "12 AVENUE DU GENERAL LECLERC"."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in fold(street).split())


def city_key(city: str) -> str:
    """Return the same key for "Saint-Étienne-du-Bois" and "ST ETIENNE DU BOIS CEDEX"."""
    words = fold(CEDEX.sub("", city)).split()
    return " ".join({"st": "saint", "ste": "sainte", "s": "sur"}.get(word, word) for word in words)
