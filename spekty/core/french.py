"""How figures and days are written for a French reader (pure, no Django)."""

import datetime as dt
from decimal import Decimal

NBSP = "\u00a0"
NARROW = "\u202f"
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def number(value: Decimal | int) -> str:
    """Return `value` with a decimal comma and grouped thousands, useless zeros left out: « 1 234,5 »."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(",", NARROW).replace(".", ",")


def euros(amount: Decimal) -> str:
    """Return an amount of euros with two decimals: « 1 234,56 € »."""
    return f"{amount:,.2f}".replace(",", NARROW).replace(".", ",") + f"{NBSP}€"


def percent(value: Decimal) -> str:
    """Return a percentage (12.5 for 12,5 %): « 12,5 % »."""
    return f"{number(value)}{NBSP}%"


def day(value: dt.date) -> str:
    """Return a day as « 31/12/2025 »."""
    return f"{value:%d/%m/%Y}"


def month(value: dt.date) -> str:
    """Return the month of a day as « décembre 2025 »."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def plural(count: int, one: str, many: str) -> str:
    """Return « 1 lot », « 2 lots »: French is plural from two on."""
    return f"{number(count)} {one if abs(count) < 2 else many}"
