"""When two addresses are the same place (same-address factor, pay-and-billing.md)."""

from functools import lru_cache

from lots.rules.text import fold


@lru_cache(maxsize=65_536)
def address_key(address: str, postcode: str) -> str:
    """Return what two writings of one address share: case, accents, punctuation folded, plus postal code."""
    return f"{fold(address)}|{fold(postcode).zfill(5)}"
