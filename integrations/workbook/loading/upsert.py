"""Write only what differs: a second run of the same workbook changes no row."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from integrations.workbook.loading.bulk import copy_rows

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
    """Primary keys by natural key, the count, and the keys of the rows written."""

    ids: dict[Key, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    created: set[Key] = field(default_factory=set)
    updated: set[Key] = field(default_factory=set)


def upsert(
    model: type[models.Model],
    key: tuple[str, ...],
    wanted: Iterable[Mapping[str, Any]],
    *,
    existing: models.QuerySet[Any] | None = None,
    derived: tuple[str, ...] = (),
) -> Upserted:
    """Make the table hold `wanted` (field attname -> value), matched by the fields of `key`.

    Rows of the table that aren't wanted are left alone. Two wanted rows of one key: the last one wins.
    `derived` fields are written with a row that is new or changed, but don't make it changed.
    """
    rows = {tuple(row[name] for name in key): row for row in wanted}
    if not rows:
        return Upserted()
    names = list(next(iter(rows.values())))
    found = _present(model if existing is None else existing, key, names)
    result = Upserted(ids={k: pk for k, (pk, _values) in found.items() if k in rows})
    missing = [row for k, row in rows.items() if k not in found]
    _create(model, key, missing, result)
    _change(model, key, (names, derived), rows, found, result)
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
    for row, pk in zip(rows, copy_rows(model, rows), strict=True):
        natural = tuple(row[name] for name in key)
        result.ids[natural] = pk
        result.created.add(natural)
    result.tally.created = len(rows)


def _change(
    model: type[models.Model],
    key: tuple[str, ...],
    fields: tuple[list[str], tuple[str, ...]],
    rows: Mapping[Key, Mapping[str, Any]],
    found: Mapping[Key, tuple[int, dict[str, Any]]],
    result: Upserted,
) -> None:
    names, derived = fields
    told = [name for name in names if name not in key and name not in derived]
    stale = []
    for natural, row in rows.items():
        if natural not in found:
            continue
        pk, values = found[natural]
        if any(values[name] != row[name] for name in told):
            stale.append(model(pk=pk, **row))
            result.updated.add(natural)
    if stale:
        targets = [model._meta.get_field(name).name for name in (*told, *derived)]
        model._default_manager.bulk_update(stale, targets, batch_size=BATCH)
    result.tally.updated = len(stale)
