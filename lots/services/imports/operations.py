"""The operations that a plan creates or updates, and what they were before."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from lots.enums import GeoPrecision
from lots.models import Installer, Lot, Operation
from lots.ports import geocoder
from lots.rules.checks import Value
from lots.rules.plans import Fate, ImportPlan, RowPlan
from lots.rules.stored import address_key, columns_of, extras_of
from lots.services.imports.planning import own_columns
from spekty.core.departments import department_of_postcode

WRITTEN = (
    *("last_name", "first_name", "company", "company_siren", "address", "postcode", "city", "phone", "email"),
    *("engaged_on", "completed_on", "volume_kwhc", "area_declared", "installer_id", "extra"),
    *("department", "lat", "lon", "geo_precision", "address_key"),
)
CHUNK = 1_000
Written = dict[int, tuple[int, dict[str, Any]]]


def write_operations(lot: Lot, plan: ImportPlan) -> Written:
    """Create and update the lot's operations; return line -> (operation, values before and after)."""
    installers = _installers(plan)
    references = [row.reference for row in plan.rows if row.reference]
    known = {op.reference: op for op in lot.operations.filter(reference__in=references)}
    written: Written = {}
    created: list[tuple[RowPlan, Operation]] = []
    updated: list[tuple[RowPlan, Operation, dict[str, Any]]] = []
    for row in plan.rows:
        if row.fate is Fate.CREATED:
            operation = Operation(lot=lot, reference=row.reference or "")
            _fill(operation, row, plan, installers)
            created.append((row, operation))
        elif row.fate is Fate.UPDATED:
            operation = known[row.reference or ""]
            before = snapshot(operation)
            _fill(operation, row, plan, installers)
            updated.append((row, operation, before))
        elif row.fate is Fate.UNCHANGED:
            written[row.row] = (known[row.reference or ""].pk, {})
    _locate([operation for _, operation in created])
    _locate([op for row, op, _ in updated if {"address", "postcode", "city"} & row.changes.keys()])
    Operation.objects.bulk_create([operation for _, operation in created], batch_size=CHUNK)
    Operation.objects.bulk_update([op for _, op, _ in updated], _fields(), batch_size=CHUNK)
    written |= {row.row: (operation.pk, {}) for row, operation in created}
    for row, operation, before in updated:
        after = snapshot(operation)
        changed = [name for name in WRITTEN if before[name] != after[name]]
        written[row.row] = (
            operation.pk,
            {"before": {n: before[n] for n in changed}, "after": {n: after[n] for n in changed}},
        )
    return written


def _fields() -> list[str]:
    return ["installer" if name == "installer_id" else name for name in WRITTEN]


def snapshot(operation: Operation) -> dict[str, Any]:
    """Return what an import may write of an operation, as JSON."""
    return {name: _json(getattr(operation, name)) for name in WRITTEN}


def _json(value: Any) -> Any:
    if isinstance(value, Decimal | dt.date):
        return str(value)
    return dict(value) if isinstance(value, dict) else value


def _fill(operation: Operation, row: RowPlan, plan: ImportPlan, installers: Mapping[str, Installer]) -> None:
    """Write the filled values; an empty cell never erases a known one."""
    values = row.values
    for name, value in columns_of(values).items():
        setattr(operation, name, value)
    siren = values.get("installer_siren")
    if isinstance(siren, str):
        operation.installer = installers[siren]
    operation.extra = {**(operation.extra or {}), **extras_of(values), **own_columns(plan.extra_cells(row))}
    operation.department = department_of_postcode(operation.postcode)
    operation.address_key = address_key(operation.address, operation.postcode)


def _locate(operations: list[Operation]) -> None:
    places = [(op.address, op.postcode, op.city) for op in operations]
    for operation, position in zip(operations, geocoder().locate(places) if places else [], strict=True):
        operation.lat = position.lat if position else None
        operation.lon = position.lon if position else None
        operation.geo_precision = GeoPrecision(str(position.precision)) if position else GeoPrecision.NONE


def _installers(plan: ImportPlan) -> dict[str, Installer]:
    """Return SIREN -> firm for the lines to write; unknown firms are created, unnamed ones named."""
    names: dict[str, str] = {}
    for row in _writing(plan.rows):
        siren, name = _text(row.values.get("installer_siren")), _text(row.values.get("installer_name"))
        if siren:
            names[siren] = names.get(siren) or name
    Installer.objects.bulk_create(
        [Installer(siren=siren, name=(name or siren)[:150]) for siren, name in sorted(names.items())],
        ignore_conflicts=True,
    )
    found = {firm.siren: firm for firm in Installer.objects.filter(siren__in=names)}
    for siren, firm in found.items():
        if firm.name == siren and names[siren]:
            firm.name = names[siren][:150]
            firm.save(update_fields=["name"])
    return found


def _writing(rows: Iterable[RowPlan]) -> Iterable[RowPlan]:
    return (row for row in rows if row.fate in (Fate.CREATED, Fate.UPDATED))


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
