"""A beneficiary's name in one cell: surname and first name, or a company."""

import re
from typing import NamedTuple

from lots.rules.text import fold, squeeze

TITLES = frozenset(
    ["m", "mr", "monsieur", "mme", "madame", "mlle", "mademoiselle", "mm", "messieurs", "mesdames", "me"]
)
PARTICLES = frozenset({
    "le", "la", "les", "de", "du", "des", "d", "l", "el", "al", "ben", "bel", "van", "von", "der", "den",
    "da", "dos", "das", "di", "del", "della", "san", "st", "ste", "saint", "sainte", "mac", "mc", "ter",
    "abd",
})  # fmt: skip
COMPANY_WORDS = frozenset({
    "sci", "sarl", "sas", "sasu", "eurl", "sa", "snc", "scop", "gaec", "earl", "scea", "ehpad", "oph",
    "opac", "hlm", "mairie", "commune", "syndicat", "syndic", "copropriete", "coproprietaires", "copro",
    "sdc", "asl", "association", "societe", "habitat", "residence", "indivision", "ccas", "sem", "esh",
    "metropole", "departement", "lycee", "college", "ecole", "hopital", "clinique", "fondation",
    "immobiliere", "immobilier", "gmbh", "holding",
})  # fmt: skip


class PersonName(NamedTuple):
    """A natural person has a last name; a company has only its own name."""

    last_name: str | None
    first_name: str | None
    company: str | None


def split_name(text: str) -> PersonName:
    """Return the parts of "REYNAUD Denis", "M. Jean LE GOFF", "Dupont, Jean" or "SCI Les Tilleuls".

    Capitals tell the surname; without them, or with capitals only, the surname comes first.
    """
    line = squeeze(text)
    words = re.sub(r"[,;]", " , ", line).split()
    if any(fold(word) in COMPANY_WORDS for word in words):
        return PersonName(None, None, line)
    words = [word for word in words if fold(word) not in TITLES] or words
    words = [word for place, word in enumerate(words) if not (place == 0 and fold(word) in {"et", "ou"})]
    if "," in words:
        cut = words.index(",")
        return _person(words[:cut], [word for word in words[cut + 1 :] if word != ","])
    return _by_capitals(words)


def _by_capitals(words: list[str]) -> PersonName:
    shouted = [word.isupper() and len(fold(word)) > 1 for word in words]
    if any(shouted) and not all(shouted):
        first, last = shouted.index(True), len(shouted) - 1 - shouted[::-1].index(True)
        start = first
        while start > 0 and fold(words[start - 1]) in PARTICLES:
            start -= 1
        return _person(words[start : last + 1], words[:start] + words[last + 1 :])
    cut = 1
    while cut < len(words) and fold(words[cut - 1]) in PARTICLES:
        cut += 1
    return _person(words[:cut], words[cut:])


def _person(last: list[str], first: list[str]) -> PersonName:
    if not last:
        last, first = first, []
    return PersonName(" ".join(last) or None, " ".join(first) or None, None)
