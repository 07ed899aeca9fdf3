"""Filters of the planning screens."""

from collections.abc import Sized
from datetime import date

from django import template

from spekty.core.french import NBSP, day, number

register = template.Library()
SHORT = ("Lun.", "Mar.", "Mer.", "Jeu.", "Ven.", "Sam.", "Dim.")


@register.filter
def unlocalize_point(value: float | None) -> str:
    """Write a coordinate for a machine: "44.84000"."""
    return "" if value is None else f"{value:.5f}"


@register.filter
def km_delta(metres: int) -> str:
    """Write a difference of metres: "+18 km", "−3 km", "+0 km"."""
    sign = "−" if metres < 0 else "+"
    return f"{sign}{number(abs(round(metres / 1000)))}{NBSP}km"


@register.filter
def minus(total: int, shown: Sized) -> int:
    """Return how many are not shown."""
    return total - len(shown)


@register.filter
def short_weekday(value: date) -> str:
    """Write a column's day: "Lun. 2 févr."."""
    return f"{SHORT[value.weekday()]}{NBSP}{day(value, with_year=False)}"
