"""Euros: Decimal, rounded half up to the cent (pay-and-billing.md)."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def cents(amount: Decimal) -> Decimal:
    """Return `amount` in euros rounded half up to the cent."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
