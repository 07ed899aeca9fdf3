"""One line of a client's file as values, with what couldn't be read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from lots.rules import parsing
from lots.rules.addresses import split_address
from lots.rules.checks import Issue, Value, error, warning
from lots.rules.fields import BY_CODE, STREET_PARTS, VOLUMES, Kind
from lots.rules.parsing import Cell, Unreadable
from lots.rules.people import split_name
from lots.rules.widths import fit

Reader = Callable[[Any], Value]

READERS: dict[Kind, Reader] = {
    Kind.TEXT: parsing.parse_text,
    Kind.NAME: parsing.parse_text,
    Kind.ADDRESS: parsing.parse_text,
    Kind.DATE: parsing.parse_date,
    Kind.POSTCODE: parsing.parse_postcode,
    Kind.PHONE: parsing.parse_phone,
    Kind.EMAIL: parsing.parse_email,
    Kind.SIREN: parsing.parse_siren,
    Kind.SIRET: parsing.parse_siret,
    Kind.NUMBER: parsing.parse_number,
    Kind.VOLUME: parsing.parse_volume,
    Kind.FICHE: parsing.parse_fiche,
}
REPEATED = frozenset({Kind.TEXT, Kind.DATE, Kind.POSTCODE, Kind.SIREN, Kind.SIRET, Kind.NUMBER, Kind.FICHE})
REMEMBERED = 2_000
# An unreadable cell of these fields is reported and left out; of any other field, it rejects the line.
FORGIVEN = frozenset({
    "phone", "phone_alt", "email", "area_declared", "company_siren", "client_siren", "subcontractor_siren",
    "doer_siret", "head_office_postcode", "head_office_address", "head_office_city", "comment", "bonus",
    "address_complement", "site_name", "emmy_reference", "client_name", "installer_name",
    "subcontractor_name",
})  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """The columns of one file, ready to read its lines: (index, field, how to read its cell)."""

    readers: tuple[tuple[int, str, Reader], ...]

    @classmethod
    def of(cls, mapping: Mapping[int, str], headers: Mapping[int, str]) -> "Columns":
        """Return the columns of a mapping; a header may name a unit (MWh cumac)."""
        return cls(
            tuple(
                (index, field, _reader(field, headers.get(index, "")))
                for index, field in sorted(mapping.items())
            )
        )


def _reader(field: str, header: str) -> Reader:
    """Return how a column is read; it remembers its cells, as most columns say the same again and again."""
    kind = BY_CODE[field].kind
    factor = parsing.unit_factor(header)
    if kind is Kind.VOLUME and factor != 1:
        return partial(parsing.parse_volume, factor=factor)
    return lru_cache(maxsize=REMEMBERED, typed=True)(READERS[kind]) if kind in REPEATED else READERS[kind]


def read_row(
    cells: Sequence[Cell], columns: Columns, fixes: Mapping[str, Cell] | None = None
) -> tuple[dict[str, Value], list[Issue]]:
    """Return the values of a line (only the filled ones) and the cells that can't be read.

    `fixes` are cells that a person typed in place of the file's, by field.
    """
    values: dict[str, Value] = {}
    issues: list[Issue] = []
    left = dict(fixes) if fixes else {}
    for index, field, reader in columns.readers:
        cell = left.pop(field) if field in left else (cells[index] if index < len(cells) else "")
        _read(field, reader, cell, values, issues)
    for field, cell in left.items():
        if field in BY_CODE:
            _read(field, _reader(field, ""), cell, values, issues)
    _split(values, issues)
    _total(values)
    fit(values, issues)
    return values, issues


def _read(field: str, reader: Reader, cell: Cell, values: dict[str, Value], issues: list[Issue]) -> None:
    if cell == "":
        return
    try:
        value = reader(cell)
    except Unreadable as problem:
        remark = warning if field in FORGIVEN else error
        issues.append(remark("unreadable", field, f"{BY_CODE[field].label} : {problem}."))
        return
    if value is not None:
        values[field] = value


def _split(values: dict[str, Value], issues: list[Issue]) -> None:
    """Replace the composite cells by the fields they stand for; a column of its own wins."""
    parts_of_street = [values.pop(part, None) for part in STREET_PARTS]
    street = [part for part in (*parts_of_street, values.get("address")) if isinstance(part, str)]
    if len(street) > 1:
        values["address"] = " ".join(street)
    name = values.pop("full_name", None)
    if isinstance(name, str):
        for field, part in split_name(name)._asdict().items():
            if part is not None:
                values.setdefault(field, part)
    address = values.pop("full_address", None)
    if isinstance(address, str):
        parts = split_address(address)
        found = {"address": parts.street, "postcode": parts.postcode, "city": parts.city}
        for field, part in found.items():
            if part is not None:
                values.setdefault(field, part)
        if parts.postcode is None and "postcode" not in values:
            issues.append(error("unreadable", "full_address", f"Adresse sans code postal : « {address} »."))


def _total(values: dict[str, Value]) -> None:
    parts = [part for field in VOLUMES if isinstance(part := values.get(field), Decimal)]
    if "volume_kwhc" not in values and parts:
        values["volume_kwhc"] = sum(parts, Decimal(0))
