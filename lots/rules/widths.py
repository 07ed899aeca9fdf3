"""Values brought to what the house can keep: no control character, no text too long, whole volumes."""

import re
from decimal import ROUND_HALF_UP, Decimal

from lots.rules.checks import Issue, Value, error
from lots.rules.fields import label_of

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
WIDTHS = {
    "reference": 60, "last_name": 100, "first_name": 100, "company": 150, "address": 250, "city": 100,
    "phone": 20, "email": 150, "installer_name": 150, "fiche": 20,
}  # fmt: skip
OTHER_WIDTH = 1_000
BIGGEST = {"volume_kwhc": Decimal(10) ** 15, "area_declared": Decimal(10) ** 8}
STEPS = {"volume_kwhc": Decimal(1), "area_declared": Decimal("0.01")}


def fit(values: dict[str, Value], issues: list[Issue]) -> None:
    """Clean the values in place; what can't be kept whole rejects the line, nothing is cut."""
    for field, value in list(values.items()):
        if isinstance(value, str):
            width = WIDTHS.get(field, OTHER_WIDTH)
            # Most texts are as they must be, and files are long.
            if not (0 < len(value) <= width and value.isprintable() and value.strip() == value):
                _fit_text(field, value, values, issues)
        elif isinstance(value, Decimal) and field in STEPS:
            _fit_number(field, value, values, issues)


def clean_text(text: str) -> str:
    """Return the text without the characters that a database refuses."""
    # No such character is printable: most texts skip the search.
    return text if text.isprintable() else CONTROL.sub("", text)


def _fit_text(field: str, value: str, values: dict[str, Value], issues: list[Issue]) -> None:
    cleaned = clean_text(value).strip()
    width = WIDTHS.get(field, OTHER_WIDTH)
    if len(cleaned) > width:
        text = f"{label_of(field)} : {len(cleaned)} caractères, {width} au plus."
        issues.append(error("too_long", field, text))
    if cleaned:
        values[field] = cleaned
    else:
        del values[field]


def _fit_number(field: str, value: Decimal, values: dict[str, Value], issues: list[Issue]) -> None:
    if abs(value) >= BIGGEST[field]:
        issues.append(error("too_big", field, f"{label_of(field)} : le nombre est trop grand."))
        return
    values[field] = value.quantize(STEPS[field], ROUND_HALF_UP)
