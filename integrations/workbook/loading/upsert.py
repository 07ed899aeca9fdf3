"""Write only what differs: a second run of the same workbook changes no row."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

BATCH = 1000
Key = tuple[Hashable, ...]


@dataclass
class Tally:
    """Rows of one table that a run created, changed, or found as they should be."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass
class Upserted:
    """Primary keys by natural key, the count, and the keys that were written."""

    ids: dict[Key, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    changed: set[Key] = field(default_factory=set)


def upsert(
    model: type[models.Model],
    key: tuple[str, ...],
    wanted: Iterable[Mapping[str, Any]],
    *,
    existing: models.QuerySet[Any] | None = None,
) -> Upserted:
    """Make the table hold `wanted` (field attname -> value), matched by the fields of `key`.

    Rows of the table that aren't wanted are left alone. Two wanted rows of one key: the last one wins.
    """
    rows = {tuple(row[name] for name in key): row for row in wanted}
    if not rows:
        return Upserted()
    names = list(next(iter(rows.values())))
    found = _present(model if existing is None else existing, key, names)
    result = Upserted(ids={k: pk for k, (pk, _values) in found.items() if k in rows})
    missing = [row for k, row in rows.items() if k not in found]
    _create(model, key, missing, result)
    _change(model, key, names, rows, found, result)
    result.tally.unchanged = len(rows) - result.tally.created - result.tally.updated
    return result


def _present(
    source: type[models.Model] | models.QuerySet[Any], key: tuple[str, ...], names: list[str]
) -> dict[Key, tuple[int, dict[str, Any]]]:
    queryset = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    return {
        tuple(values[name] for name in key): (values["pk"], values)
        for values in queryset.values("pk", *names).iterator(chunk_size=5000)
    }


def _create(
    model: type[models.Model], key: tuple[str, ...], rows: list[Mapping[str, Any]], result: Upserted
) -> None:
    objects = model._default_manager.bulk_create([model(**row) for row in rows], batch_size=BATCH)
    for row, created in zip(rows, objects, strict=True):
        natural = tuple(row[name] for name in key)
        result.ids[natural] = created.pk
        result.changed.add(natural)
    result.tally.created = len(objects)


def _change(
    model: type[models.Model],
    key: tuple[str, ...],
    names: list[str],
    rows: Mapping[Key, Mapping[str, Any]],
    found: Mapping[Key, tuple[int, dict[str, Any]]],
    result: Upserted,
) -> None:
    fields = [name for name in names if name not in key]
    stale = []
    for natural, row in rows.items():
        if natural not in found:
            continue
        pk, values = found[natural]
        if any(values[name] != row[name] for name in fields):
            stale.append(model(pk=pk, **row))
            result.changed.add(natural)
    if stale:
        targets = [model._meta.get_field(name).name for name in fields]
        model._default_manager.bulk_update(stale, targets, batch_size=BATCH)
    result.tally.updated = len(stale)
