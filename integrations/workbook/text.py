"""Texts of the workbook compared without case, accents, punctuation or stray spaces."""

import re
import unicodedata
from functools import lru_cache

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Return `text` in lower case, without accents, punctuation and line breaks folded to one space."""
    lowered = text.lower().translate(_LIGATURES)
    bare = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()


def tidy(text: str) -> str:
    """Return `text` with runs of spaces (non-breaking ones too) made one, ends trimmed."""
    return " ".join(text.split())
