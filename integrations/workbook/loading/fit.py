"""What a column can't hold is told and left out, never a crash: the row itself is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models

from spekty.core import french


@dataclass(frozen=True, slots=True)
class Misfit:
    """One value that its column doesn't hold as the workbook has it."""

    column: str
    value: str
    reason: str


Fitted = tuple[Any, str]  # what to write, and why it isn't what was read
Check = Callable[[Any], Fitted | None]


class Fitter:
    """Fits rows (field attname -> value) to one table; a key is never changed: `key_misfit` refuses it."""

    def __init__(self, model: type[models.Model], key: Sequence[str], names: Sequence[str]) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        checks = [(name, fields[name], check) for name in names if (check := _check(fields[name]))]
        self._checks = [(name, str(f.verbose_name), check) for name, f, check in checks if name not in key]
        self._keys = [(name, str(f.verbose_name), check) for name, f, check in checks if name in key]

    def fit(self, row: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Misfit]]:
        """Return the row as the table holds it, and what had to be left out."""
        told: list[Misfit] = []
        changed: dict[str, Any] = {}
        for name, label, check in self._checks:
            value = row[name]
            if value is not None and (fitted := check(value)) is not None:
                changed[name] = fitted[0]
                told.append(Misfit(label[:60], str(value), fitted[1]))
        return ({**row, **changed} if changed else row), told

    def key_misfit(self, row: Mapping[str, Any]) -> str:
        """Return why the row can't be known by its key ('' when it can)."""
        for name, label, check in self._keys:
            if row[name] is not None and (fitted := check(row[name])) is not None:
                return f"{label} : {fitted[1]}"
        return ""


def _check(field: Any) -> Check | None:
    if isinstance(field, models.DecimalField):
        return _decimal(field)
    if isinstance(field, models.IntegerField):
        low, high = connection.ops.integer_field_range(field.get_internal_type())
        return _integer(field, low, high)
    if isinstance(field, models.CharField) and field.max_length:
        return _text(field.max_length)
    if isinstance(field, ArrayField) and isinstance(field.base_field, models.CharField):
        return _texts(field.base_field.max_length)
    return None


def _decimal(field: models.DecimalField[Any, Any]) -> Check:
    limit = Decimal(10) ** (field.max_digits - field.decimal_places)
    step = Decimal(1).scaleb(-field.decimal_places)
    nothing = None if field.null else Decimal(0)

    def check(value: Decimal) -> Fitted | None:
        rounded = value.quantize(step, ROUND_HALF_UP)
        if abs(rounded) >= limit:
            return nothing, "hors des limites de l’application, laissé de côté"
        if rounded != value:
            return rounded, f"arrondi à {french.plural(field.decimal_places, 'décimale')}"
        return None

    return check


def _integer(field: models.IntegerField[Any, Any], low: int | None, high: int | None) -> Check:
    if field.get_internal_type().startswith("Positive"):
        low = 0

    def check(value: int) -> Fitted | None:
        if (low is not None and value < low) or (high is not None and value > high):
            return (None if field.null else 0), "hors des limites de l’application, laissé de côté"
        return None

    return check


def _text(length: int) -> Check:
    def check(value: str) -> Fitted | None:
        if len(value) > length:
            return value[:length], f"plus de {length} caractères, la suite est coupée"
        return None

    return check


def _texts(length: int | None) -> Check:
    def check(values: list[str]) -> Fitted | None:
        kept = [value for value in values if length is None or len(value) <= length]
        return None if len(kept) == len(values) else (kept, "code trop long, laissé de côté")

    return check


def write_in_parts(
    rows: Sequence[Any], write: Callable[[Sequence[Any]], None]
) -> Iterator[tuple[Any, DatabaseError]]:
    """Write `rows` in as few parts as the database admits, and yield each row that it refuses.

    `write` runs in a savepoint of its own.
    """
    if not rows:
        return
    try:
        write(rows)
    except DatabaseError as refusal:
        if len(rows) == 1:
            yield rows[0], refusal
            return
        half = len(rows) // 2
        yield from write_in_parts(rows[:half], write)
        yield from write_in_parts(rows[half:], write)


def told(model: type[models.Model], refusal: DatabaseError) -> str:
    """Return in French which rule of the table a row breaks."""
    name = getattr(getattr(refusal.__cause__, "diag", None), "constraint_name", None)
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return str(constraint.violation_error_message)
    return f"refusée par la base : {str(refusal).splitlines()[0]}"
