"""Gapless numbers from a locked row, never from a database sequence (pay-and-billing.md)."""

from django.db import connection

from spekty.core.models import NumberSeries


def take_number(*, code: str, year: int, count: int = 1) -> int:
    """Return the first of `count` new numbers of the series; must run in the caller's transaction.

    The row stays locked until that transaction ends: a rollback gives the numbers back, so no gap.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("take_number needs the transaction that uses the number")
    NumberSeries.objects.bulk_create([NumberSeries(code=code, year=year)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(code=code, year=year)
    first = series.last + 1
    series.last += count
    series.save(update_fields=["last"])
    return first
