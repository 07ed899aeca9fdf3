"""What the replay reports."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from enum import StrEnum

from integrations.workbook.rows import Place

HALF_CENT = Decimal("0.005")


class Kind(StrEnum):
    """Kinds of discrepancy (workbook.md)."""

    PAY_DIFF = "PAY_DIFF"
    INVOICE_DIFF = "INVOICE_DIFF"
    MISSION_PRICE_DIFF = "MISSION_PRICE_DIFF"
    NOT_INVOICED = "NOT_INVOICED"
    INVOICED_TWICE = "INVOICED_TWICE"
    INVOICE_NUMBER_GAP = "INVOICE_NUMBER_GAP"
    INVOICE_NUMBER_DUPLICATE = "INVOICE_NUMBER_DUPLICATE"
    PAID_WITHOUT_VISIT = "PAID_WITHOUT_VISIT"
    AUTHORISATION_MISSING = "AUTHORISATION_MISSING"
    DATE_ORDER = "DATE_ORDER"
    STATUS_CONTRADICTION = "STATUS_CONTRADICTION"
    REVIEWER_IS_INSPECTOR = "REVIEWER_IS_INSPECTOR"
    AREA_GAP_CONCLUSION = "AREA_GAP_CONCLUSION"
    DUPLICATE_OPERATION = "DUPLICATE_OPERATION"
    ORDERER_IS_INSTALLER = "ORDERER_IS_INSTALLER"
    LOT_CONFORMITY_DIFF = "LOT_CONFORMITY_DIFF"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference between the workbook and the rules; `message` is French and says why."""

    kind: Kind
    ref: str
    expected: str
    found: str
    message: str
    sheet: str
    row: int

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)


def found_at(place: Place, kind: Kind, ref: str, expected: str, found: str, message: str) -> Discrepancy:
    """Return a discrepancy seen at one row."""
    return Discrepancy(kind, ref, expected, found, message, place.sheet, place.row)


def in_order(discrepancies: Iterable[Discrepancy]) -> list[Discrepancy]:
    """Return them sorted by kind and reference, so that two runs give the same file."""
    return sorted(discrepancies, key=lambda d: (d.kind, d.ref, d.sheet, d.row))


def differs(one: Decimal, other: Decimal) -> bool:
    """Say whether two amounts differ by more than half a cent."""
    return abs(one - other) > HALF_CENT


def plain(amount: Decimal) -> str:
    """Return an amount as the report writes it: `1234.56`, always two decimals."""
    return f"{amount:.2f}"
