"""Words compared whatever their case, accents and punctuation."""

import re
import unicodedata
from functools import lru_cache

LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "²": " 2", "№": "n", "°": " "}
)
NOT_WORD = re.compile(r"[^0-9a-z]+")
SPACES = re.compile(r"\s+")


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Return `text` in lower case, without accents, each run of punctuation as one space."""
    if text.isascii():
        return NOT_WORD.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    return NOT_WORD.sub(" ", letters.casefold()).strip()


def squeeze(text: str) -> str:
    """Return `text` with each run of spaces (non-breaking ones and line ends too) as one space."""
    # Of the spaces, only the plain one is printable: most texts skip the search.
    if "  " not in text and text.isprintable():
        return text.strip()
    return SPACES.sub(" ", text).strip()
