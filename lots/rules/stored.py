"""The values of a line as an operation keeps them, and back: what is written reads the same."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from lots.rules.checks import Value
from lots.rules.fields import FIELDS, VOLUMES
from lots.rules.text import fold

TEXTS = (
    *("last_name", "first_name", "company", "company_siren", "address", "postcode", "city", "phone", "email"),
)
DAYS = ("engaged_on", "completed_on")
OWN = frozenset({*TEXTS, *DAYS, "volume_kwhc", "area_declared", "reference", "fiche", "installer_siren"})
# Fields without a column of their own are kept under their French label, beside the client's other columns.
LABELS = {
    spec.code: spec.label
    for spec in FIELDS
    if spec.code not in OWN and spec.code not in ("full_name", "full_address")
}

Column = str | int | dt.date | Decimal


def columns_of(values: Mapping[str, Value]) -> dict[str, Column]:
    """Return attribute -> value for the filled fields that an operation has a column for."""
    found: dict[str, Column] = {}
    for name in (*TEXTS, *DAYS, "area_declared"):
        value = values.get(name)
        if value is not None:
            found[name] = value
    volume = values.get("volume_kwhc")
    if isinstance(volume, Decimal):
        found["volume_kwhc"] = int(volume)
    return found


def extras_of(values: Mapping[str, Value]) -> dict[str, str]:
    """Return label -> text for the filled fields without a column."""
    return {label: str(values[code]) for code, label in LABELS.items() if values.get(code) is not None}


def values_of(
    columns: Mapping[str, object], extra: Mapping[str, object], fiche: str, installer: tuple[str, str] | None
) -> dict[str, Value]:
    """Return the values of a stored operation, comparable with those of a line. `installer`: SIREN, name."""
    values: dict[str, Value] = {"fiche": fiche}
    for name in (*TEXTS, *DAYS, "area_declared"):
        value = columns.get(name)
        if isinstance(value, str | dt.date | Decimal) and value != "":
            values[name] = value
    volume = columns.get("volume_kwhc")
    if isinstance(volume, int):
        values["volume_kwhc"] = Decimal(volume)
    if installer:
        values["installer_siren"], values["installer_name"] = installer
    for code, label in LABELS.items():
        text = extra.get(label)
        if isinstance(text, str):
            values[code] = _number(text) if code in VOLUMES else text
    return values


def _number(text: str) -> Value:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def address_key(address: str, postcode: str) -> str:
    """Return what two writings of one address share: the same key as the one pay goes by."""
    return f"{fold(address)}|{fold(postcode).zfill(5)}"[:260]
