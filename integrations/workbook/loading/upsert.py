"""Write only what differs: a second run of the same workbook changes no row."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from integrations.workbook.loading.bulk import copy_rows
from integrations.workbook.loading.fit import Fitter, Misfit, told, write_in_parts

BATCH = 1000
Key = tuple[Hashable, ...]
Row = Mapping[str, Any]
Keyed = tuple[Key, Row]


@dataclass
class Tally:
    """Rows of one table that a run created, changed, or found as they should be."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass
class Upserted:
    """Primary keys by natural key, the count, the keys of the rows written, and what was left out."""

    ids: dict[Key, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    created: set[Key] = field(default_factory=set)
    updated: set[Key] = field(default_factory=set)
    misfits: dict[Key, list[Misfit]] = field(default_factory=dict)
    refused: dict[Key, str] = field(default_factory=dict)


def upsert(
    model: type[models.Model],
    key: tuple[str, ...],
    wanted: Iterable[Row],
    *,
    existing: models.QuerySet[Any] | None = None,
    derived: tuple[str, ...] = (),
) -> Upserted:
    """Make the table hold `wanted` (field attname -> value), matched by the fields of `key`.

    Rows of the table that aren't wanted are left alone. Two wanted rows of one key: the last one wins.
    `derived` fields are written with a row that is new or changed, but don't make it changed. A value
    that its column can't hold is left out (`misfits`); a row that the table can't take, too (`refused`).
    """
    result = Upserted()
    rows = _fitted(model, key, wanted, result)
    if not rows:
        return result
    names = list(next(iter(rows.values())))
    found = _present(model if existing is None else existing, key, names)
    result.ids = {k: pk for k, (pk, _values) in found.items() if k in rows}
    _create(model, [(k, row) for k, row in rows.items() if k not in found], result)
    _change(model, key, (names, derived), rows, found, result)
    result.tally.unchanged = len(rows) - len(result.created) - len(result.updated)
    result.tally.unchanged -= sum(k in rows for k in result.refused)
    return result


def _fitted(
    model: type[models.Model], key: tuple[str, ...], wanted: Iterable[Row], result: Upserted
) -> dict[Key, Row]:
    fitter: Fitter | None = None
    rows: dict[Key, Row] = {}
    for row in wanted:
        fitter = fitter or Fitter(model, key, list(row))
        natural = tuple(row[name] for name in key)
        if reason := fitter.key_misfit(row):
            result.refused[natural] = reason
            continue
        rows[natural], misfits = fitter.fit(row)
        if misfits:
            result.misfits[natural] = misfits
    return rows


def _present(
    source: type[models.Model] | models.QuerySet[Any], key: tuple[str, ...], names: list[str]
) -> dict[Key, tuple[int, dict[str, Any]]]:
    queryset = source if isinstance(source, models.QuerySet) else source._default_manager.all()
    return {
        tuple(values[name] for name in key): (values["pk"], values)
        for values in queryset.values("pk", *names).iterator(chunk_size=5000)
    }


def _create(model: type[models.Model], missing: list[Keyed], result: Upserted) -> None:
    def write(part: Sequence[Keyed]) -> None:
        with transaction.atomic():
            keys = copy_rows(model, [row for _, row in part])
        for (natural, _row), pk in zip(part, keys, strict=True):
            result.ids[natural] = pk
            result.created.add(natural)

    for (natural, _row), refusal in write_in_parts(missing, write):
        result.refused[natural] = told(model, refusal)
    result.tally.created = len(result.created)


def _change(
    model: type[models.Model],
    key: tuple[str, ...],
    fields: tuple[list[str], tuple[str, ...]],
    rows: Mapping[Key, Row],
    found: Mapping[Key, tuple[int, dict[str, Any]]],
    result: Upserted,
) -> None:
    names, derived = fields
    compared = [name for name in names if name not in key and name not in derived]
    stale = [
        (natural, row)
        for natural, row in rows.items()
        if natural in found and any(found[natural][1][name] != row[name] for name in compared)
    ]
    moved = [name for name in compared if any(found[natural][1][name] != row[name] for natural, row in stale)]
    targets = [model._meta.get_field(name).name for name in (*moved, *derived)]

    def write(part: Sequence[Keyed]) -> None:
        changed = [model(pk=found[natural][0], **row) for natural, row in part]
        with transaction.atomic():
            model._default_manager.bulk_update(changed, targets, batch_size=BATCH)
        result.updated.update(natural for natural, _row in part)

    for (natural, _row), refusal in write_in_parts(stale, write):
        result.refused[natural] = told(model, refusal)
    result.tally.updated = len(result.updated)
