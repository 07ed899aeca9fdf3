"""When two addresses are the same place (same-address factor, pay-and-billing.md)."""

import re
import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=65536)
def address_key(address: str, postcode: str) -> str:
    """Return what two writings of one address share: case, accents, punctuation folded, plus postal code."""
    return f"{_fold(address)}|{_fold(postcode).zfill(5)}"


def _fold(text: str) -> str:
    lowered = text.lower().translate(_LIGATURES)
    bare = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()
