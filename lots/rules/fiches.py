"""Fiche codes and their families."""

import csv
import re
from collections.abc import Container, Mapping
from typing import TextIO

_CODE = re.compile(r"^([A-Z]{3,4})[-\s_]*([A-Z]{2})[-\s_]*(\d{3})(?:[-\s]*([A-Z]{2})(?![A-Z0-9]))?")
ANY = "*"


def normalise_fiche(code: str, known: Container[str] = ()) -> str:
    """Return the fiche of a code as clients write it: `bar-en-101_VA33_3 ` gives `BAR-EN-101`.

    A suffix such as `-SE` is dropped unless the longer code is in `known`. What isn't a fiche code comes
    back trimmed, in capitals.
    """
    text = " ".join(code.upper().split()).translate({0x2010: "-", 0x2011: "-", 0x2013: "-", 0x2014: "-"})
    match = _CODE.match(text)
    if match is None:
        return text
    base = "-".join(match.group(1, 2, 3))
    longer = f"{base}-{match[4]}"
    return longer if match[4] and longer in known else base


def family_of(fiche: str, families: Mapping[str, str]) -> str:
    """Return the family (ISO, PAC, GLO, TER) of a normalised fiche; `*` holds the family of all others."""
    return families.get(fiche) or families[ANY]


def read_families(lines: TextIO) -> dict[str, str]:
    """Return fiche -> family from a CSV with these two columns."""
    return {row["fiche"]: row["family"] for row in csv.DictReader(lines)}
