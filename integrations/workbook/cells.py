"""One cell in, one typed value out; Unreadable says why not. Normal disorder is absorbed here."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lots.rules.text import fold, squeeze
from spekty.core.sheets import Cell

EXCEL_EPOCH = dt.date(1899, 12, 30)
EXCEL_DAYS = range(20_000, 80_000)  # 1954 to 2119: a number elsewhere isn't a date that lost its format
CENTURY = 2000
REACH = 12  # powers of ten
_DAY_FIRST = re.compile(r"^(\d{1,2}) ?[/\-. ] ?(\d{1,2}) ?[/\-. ] ?(\d{4}|\d{2})$")
_YEAR_FIRST = re.compile(r"^(\d{4})[/\-.](\d{1,2})[/\-.](\d{1,2})$")
_MONTH = re.compile(r"^(\d{4})[/\-.](\d{1,2})$")
_MONTH_LAST = re.compile(r"^(\d{1,2})[/\-.](\d{4})$")
_CLOCK = re.compile(r"^(\d{1,2})\s*[:hH]\s*(\d{2})?(?::\d{2})?$")
_TIME_AFTER_DATE = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?$")
_SERIAL = re.compile(r"^\d{5}(\.\d+)?$")
_NOT_AMOUNT = re.compile(r"[\s\u00a0\u202f€%']|\bEUR\b", re.IGNORECASE)
# What Word and Excel put in place of a hyphen.
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_DEPARTMENTS = re.compile(r"[,;/]|\s-\s|\s+")
_CODE_SPACES = re.compile(r"\s*-\s*")


class Unreadable(ValueError):
    """The cell holds something that isn't what its column promises."""


def as_text(cell: Cell) -> str:
    """Return the cell as trimmed text; a whole number loses its decimals."""
    if isinstance(cell, str):
        return squeeze(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime | dt.date):
        return f"{cell:%d/%m/%Y}"
    return str(cell)


def as_date(cell: Cell) -> dt.date | None:
    """Return the day of a date, a serial number or a text written the ways the workbook has."""
    if cell == "":
        return None
    if isinstance(cell, dt.date):
        return _after_epoch(cell.date() if isinstance(cell, dt.datetime) else cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if int(cell) in EXCEL_DAYS:
            return EXCEL_EPOCH + dt.timedelta(days=int(cell))
        raise Unreadable("date illisible")
    day = _date_of_text(squeeze(str(cell)))
    return _after_epoch(day) if day else None


def _after_epoch(day: dt.date) -> dt.date:
    if day <= EXCEL_EPOCH:
        raise Unreadable("date hors de portée")
    return day


@lru_cache(maxsize=16384)
def _date_of_text(text: str) -> dt.date | None:
    if not text:
        return None
    if _SERIAL.match(text):
        return as_date(float(text))
    bare = _TIME_AFTER_DATE.sub("", text.translate(_HYPHENS))
    first, last = _DAY_FIRST.match(bare), _YEAR_FIRST.match(bare)
    try:
        if first:
            year = int(first[3])
            return dt.date(year + CENTURY if year < 100 else year, int(first[2]), int(first[1]))
        if last:
            return dt.date(int(last[1]), int(last[2]), int(last[3]))
    except ValueError as error:
        raise Unreadable("date impossible") from error
    raise Unreadable("date illisible")


def as_month(cell: Cell) -> dt.date | None:
    """Return the first day of a month written `2025-11`, `11/2025` or as any date in it."""
    text = as_text(cell) if isinstance(cell, str) else ""
    match, last = _MONTH.match(text), _MONTH_LAST.match(text)
    try:
        if match:
            return dt.date(int(match[1]), int(match[2]), 1)
        if last:
            return dt.date(int(last[2]), int(last[1]), 1)
        day = as_date(cell)
    except ValueError as error:
        raise Unreadable("mois illisible") from error
    return day.replace(day=1) if day else None


def as_time(cell: Cell) -> dt.time | None:
    """Return the hour of a time, a fraction of a day or a text such as `08:30` or `8h30`."""
    if is_blank(cell):
        return None
    if isinstance(cell, dt.datetime):
        return cell.time()
    if isinstance(cell, dt.time):
        return cell
    if isinstance(cell, dt.timedelta):
        return _time_of_minutes(int(cell.total_seconds() // 60))
    if isinstance(cell, float) and 0 <= cell < 1:
        return _time_of_minutes(round(cell * 24 * 60))
    match = _CLOCK.match(as_text(cell))
    if match is None:
        raise Unreadable("heure illisible")
    return _time_of_minutes(int(match[1]) * 60 + int(match[2] or 0))


def _time_of_minutes(minutes: int) -> dt.time:
    if not 0 <= minutes < 24 * 60:
        raise Unreadable("heure impossible")
    return dt.time(minutes // 60, minutes % 60)


def as_decimal(cell: Cell) -> Decimal | None:
    """Return an exact number: `153.51`, `1 234,56 €`. A float is taken as Excel shows it (15 digits)."""
    if cell == "":
        return None
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        raise Unreadable("nombre illisible")
    if isinstance(cell, int | float):
        return _within_reach(Decimal(f"{cell:.15g}"))
    bare = _NOT_AMOUNT.sub("", cell).translate(_HYPHENS)
    if not bare:
        return None
    if "," in bare:
        bare = bare.replace(".", "").replace(",", ".")
    try:
        value = Decimal(bare)
    except InvalidOperation as error:
        raise Unreadable("nombre illisible") from error
    return _within_reach(value)


def _within_reach(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise Unreadable("nombre illisible")
    # Far above any amount, area or volume; products of two still hold in 28 digits.
    if value and value.adjusted() > REACH:
        raise Unreadable("nombre hors de portée")
    return value


def as_int(cell: Cell) -> int | None:
    """Return a whole number."""
    value = as_decimal(cell)
    if value is None:
        return None
    if value != value.to_integral_value():
        raise Unreadable("nombre entier attendu")
    return int(value)


def as_percent(cell: Cell) -> Decimal | None:
    """Return 30 for `30 %`, `30` or the fraction 0.3 that Excel keeps (1 is 100 %)."""
    value = as_decimal(cell)
    if value is None or (isinstance(cell, str) and "%" in cell):
        return value
    return value * 100 if value <= 1 else value


def as_postcode(cell: Cell) -> str:
    """Return five digits, the leading zero put back."""
    text = as_text(cell).replace(" ", "")
    return text.zfill(5) if text.isdigit() else text.upper()


def as_phone(cell: Cell) -> str:
    """Return ten digits (`0612345678`) for a French number, otherwise what was typed."""
    text = as_text(cell)
    digits = re.sub(r"\D", "", text)
    if digits.startswith("0033"):
        digits = digits[4:]
    elif text.startswith("+33") or (len(digits) == 11 and digits.startswith("33")):
        digits = digits[2:]
    digits = digits.lstrip("0")
    return f"0{digits}" if len(digits) == 9 else text


def as_siren(cell: Cell) -> str:
    """Return the nine digits of a SIREN (the first nine of a SIRET), otherwise what was typed."""
    text = as_text(cell)
    digits = re.sub(r"\D", "", text)
    if len(digits) == 14:
        return digits[:9]
    return digits.zfill(9) if 0 < len(digits) <= 9 and digits else text


def as_code(cell: Cell) -> str:
    """Return a reference in capitals, without stray spaces: ` lot-2025-0001 ` gives `LOT-2025-0001`."""
    return _CODE_SPACES.sub("-", as_text(cell).upper().translate(_HYPHENS))


def as_departments(cell: Cell) -> tuple[str, ...]:
    """Return department codes separated by `,`, `/` or ` - `."""
    parts = (part.strip().upper() for part in _DEPARTMENTS.split(as_text(cell)))
    return tuple(part.zfill(2) for part in parts if part and part != "-")


def as_yes(cell: Cell) -> bool:
    """Say whether the cell means yes: `O`, `oui`, `x`, `1`, true."""
    return cell is True or fold(as_text(cell)) in {"o", "oui", "x", "1", "vrai", "true", "yes"}


def is_blank(cell: Cell) -> bool:
    """Say whether the cell holds nothing but spaces."""
    return isinstance(cell, str) and not cell.strip()
