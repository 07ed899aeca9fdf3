"""Cells of clients' files to values. Each function returns None for an empty cell and raises Unreadable
(French sentence) for one that it can't read: it never guesses between two readings."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from lots.rules.text import fold, squeeze

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta

NOTHING = frozenset({
    "", "-", "--", "—", "?", "/", ".", "x", "xx", "xxx", "nc", "n c", "na", "n a", "neant", "sans",
    "aucun", "aucune", "nr", "null", "none", "vide", "inconnu", "inconnue", "non communique",
    "non renseigne", "sans objet", "so", "nan"
})  # fmt: skip
LONGEST_NOTHING = 24
EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#VALEUR!", "#DIV/0!", "#NAME?", "#NOM?", "#NUM!", "#NOMBRE!"}
)
BIGGEST = Decimal(10) ** 15
EXCEL_EPOCH = dt.date(1899, 12, 30)
SERIAL_FROM, SERIAL_TO = 32_874, 73_050  # 1990-01-01 .. 2099-12-31
MONTHS = {
    "janvier": 1, "janv": 1, "jan": 1, "fevrier": 2, "fevr": 2, "fev": 2, "feb": 2, "mars": 3, "mar": 3,
    "avril": 4, "avr": 4, "apr": 4, "mai": 5, "may": 5, "juin": 6, "jun": 6, "juillet": 7, "juil": 7,
    "jul": 7, "aout": 8, "aug": 8, "septembre": 9, "sept": 9, "sep": 9, "octobre": 10, "oct": 10,
    "novembre": 11, "nov": 11, "decembre": 12, "dec": 12,
}  # fmt: skip
DAY_FIRST = re.compile(r"^(\d{1,2})[/\-. ](\d{1,2})[/\-. ](\d{4}|\d{2})(?:[ T,à].*)?$")
YEAR_FIRST = re.compile(r"^(\d{4})[/\-. ](\d{1,2})[/\-. ](\d{1,2})(?:[ T].*)?$")
COMPACT = re.compile(r"^(19|20)(\d{2})(\d{2})(\d{2})$")
WORDED = re.compile(r"^(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+) (\d{4}|\d{2})(?: .*)?$")
FICHE = re.compile(
    r"\b(BAR|BAT|IND|AGRI|RES|TRA)[\s_\-–.]*([A-Z]{2})[\s_\-–.]*(\d{3})(?!\d)(?:[\s_\-–.]*(SE)\b)?",
    re.IGNORECASE,
)
EMAIL = re.compile(
    r"^[A-Z0-9._%+\-’']+@[A-Z0-9](?:[A-Z0-9\-]*[A-Z0-9])?(?:\.[A-Z0-9\-]+)*\.[A-Z]{2,}$", re.IGNORECASE
)
PHONE_SEPARATORS = re.compile(r"\s*(?:/|;|,| ou | et |\n)\s*")


class Unreadable(ValueError):
    """The cell has a content that isn't a value of this kind; the message is a French sentence."""


def is_nothing(cell: Cell) -> bool:
    """Return whether the cell says that there is no value ("", "néant", "NC", "-"...)."""
    return isinstance(cell, str) and (
        not cell or fold(cell) in NOTHING and not any(c.isdigit() for c in cell)
    )


def show(cell: Cell) -> str:
    """Return the cell as a person reads it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, dt.datetime):
        return cell.strftime("%d/%m/%Y") if cell.time() == dt.time() else cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, dt.date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _whole(text: str) -> str:
    """Return "1400" for the "1400.0" that some software writes."""
    return re.sub(r"^(\s*\d+)[.,]0\s*$", r"\1", text)


def parse_text(cell: Cell) -> str | None:
    """Return the cell as text on one line, whole numbers without decimals."""
    if isinstance(cell, str):
        if "#" in cell and cell.strip() in EXCEL_ERRORS:
            raise Unreadable(f"la cellule contient une erreur Excel ({cell.strip()})")
        return squeeze(cell) or None
    return show(cell)


def parse_date(cell: Cell) -> dt.date | None:
    """Return a date from a date, an Excel serial or a text (day first, as the French write)."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    if isinstance(cell, bool | dt.time | dt.timedelta):
        raise Unreadable(f"« {show(cell)} » n’est pas une date")
    if isinstance(cell, int | float):
        return _from_serial(cell)
    return None if is_nothing(cell) else _date_text(cell)


def _from_serial(number: float) -> dt.date:
    if SERIAL_FROM <= number < SERIAL_TO:
        return EXCEL_EPOCH + dt.timedelta(days=int(number))
    if isinstance(number, int) or number.is_integer():
        text = str(int(number))
        if COMPACT.match(text):
            return _date_text(text)
    raise Unreadable(f"« {number:g} » n’est pas une date")


@lru_cache(maxsize=32_768)
def _date_text(text: str) -> dt.date:
    line = squeeze(text)
    if match := DAY_FIRST.match(line):
        day, month, year = match.groups()
    elif (match := YEAR_FIRST.match(line)) is not None:
        year, month, day = match.groups()
    elif (match := COMPACT.match(line)) is not None:
        century, year, month, day = match.groups()
        year = century + year
    elif (match := WORDED.match(fold(line))) and match[2] in MONTHS:
        day, month, year = match[1], str(MONTHS[match[2]]), match[3]
    elif re.fullmatch(r"\d{5}(?:[.,]\d+)?", line):
        return _from_serial(float(line.replace(",", ".")))
    else:
        raise Unreadable(f"« {line} » n’est pas une date : écrivez-la jj/mm/aaaa")
    try:
        return dt.date(_full_year(year), int(month), int(day))
    except ValueError:
        raise Unreadable(f"« {line} » n’est pas une date du calendrier : écrivez-la jj/mm/aaaa") from None


def _full_year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def parse_postcode(cell: Cell) -> str | None:
    """Return five digits, the lost leading zero put back."""
    if isinstance(cell, str):
        if is_nothing(cell):
            return None
        text = re.sub(r"(?i)^\s*f\s*-\s*|cedex.*$|\s", "", _whole(cell))
    else:
        text = show(cell)
    if not re.fullmatch(r"\d{4,5}", text):
        raise Unreadable(f"« {show(cell)} » n’est pas un code postal à cinq chiffres")
    return text.zfill(5)


def parse_phone(cell: Cell) -> str | None:
    """Return the first number of the cell as 0XXXXXXXXX, or +… for a foreign one."""
    if isinstance(cell, str):
        if is_nothing(cell):
            return None
        candidates = [piece for piece in PHONE_SEPARATORS.split(_whole(cell)) if piece.strip()] or [cell]
    else:
        candidates = [show(cell)]
    for candidate in (*candidates, show(cell)):
        number = _phone(candidate)
        if number:
            return number
    raise Unreadable(f"« {show(cell)} » n’est pas un numéro de téléphone")


@lru_cache(maxsize=8_192)
def _phone(text: str) -> str | None:
    plain = re.sub(r"\(0\)|[^\d+]", "", text)
    if not re.fullmatch(r"\+?\d+", plain):
        return None
    plain = re.sub(r"^00(?=[1-9])", "+", plain)
    national = re.sub(r"^\+?33(?=0?[1-9]\d{8}$)", "", plain)
    if re.fullmatch(r"[1-9]\d{8}", national):
        return "0" + national
    if re.fullmatch(r"0[1-9]\d{8}", national):
        return national
    return plain if re.fullmatch(r"\+(?!33)[1-9]\d{7,14}", plain) else None


def parse_email(cell: Cell) -> str | None:
    """Return the first address of the cell in lower case."""
    text = show(cell)
    if is_nothing(text):
        return None
    first = re.split(r"[;,\s/]+", re.sub(r"(?i)^\s*mailto:|[<>]", "", text).strip())[0]
    if not EMAIL.match(first) or ".." in first:
        raise Unreadable(f"« {squeeze(text)} » n’est pas une adresse e-mail")
    return first.lower()


def parse_siren(cell: Cell) -> str | None:
    """Return nine digits; a SIRET gives its first nine. The checksum is a check of its own."""
    if not isinstance(cell, str):
        text = show(cell)
        return _siren(text.zfill(9) if len(text) == 8 and text.isdigit() else text)
    return None if is_nothing(cell) else _siren(cell)


@lru_cache(maxsize=16_384)
def _siren(text: str) -> str:
    digits = re.sub(r"(?i)^\s*fr\s*\d\d(?=[\d\s.]{9,}$)|[\s.\-]", "", _whole(text))
    if not re.fullmatch(r"\d{9}|\d{14}", digits):
        raise Unreadable(f"« {text} » n’est pas un SIREN à neuf chiffres")
    return digits[:9]


def parse_siret(cell: Cell) -> str | None:
    """Return fourteen digits."""
    if isinstance(cell, str) and (is_nothing(cell) or set(cell.strip()) == {"*"}):
        return None
    digits = re.sub(r"[\s.\-]", "", show(cell))
    if not re.fullmatch(r"\d{13,14}", digits):
        raise Unreadable(f"« {show(cell)} » n’est pas un SIRET à quatorze chiffres")
    return digits.zfill(14)


def parse_number(cell: Cell) -> Decimal | None:
    """Return a decimal from a number or a text such as "1 234,56 m²"; a lone comma or dot is decimal."""
    if isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        raise Unreadable(f"« {show(cell)} » n’est pas un nombre")
    if isinstance(cell, int | float):
        return _finite(str(cell), cell)
    return None if is_nothing(cell) else _finite(_unpunctuated(_bare(cell)), cell)


def parse_volume(cell: Cell, factor: int = 1) -> Decimal | None:
    """Return kWh cumac: "363 000", "363.000", "363 MWh cumac"; `factor` is the header's unit."""
    if not isinstance(cell, str):
        number = parse_number(cell)
    elif is_nothing(cell):
        return None
    else:
        factor = unit_factor(cell, factor)
        bare = _bare(cell)
        grouped = re.fullmatch(r"-?\d{1,3}([.,])\d{3}(?:\1\d{3})*", bare)
        whole = bare.replace(grouped[1], "") if grouped and factor == 1 else _unpunctuated(bare)
        number = _finite(whole, cell)
    return None if number is None else _plain(number * factor)


def unit_factor(text: str, default: int = 1) -> int:
    """Return how many kWh the unit named in `text` (a header or a cell) is worth."""
    words = fold(text).replace(" ", "")
    for unit, factor in (("gwh", 1_000_000), ("mwh", 1_000), ("kwh", 1)):
        if unit in words:
            return factor
    return default


def _bare(text: str) -> str:
    """Return the digits and punctuation of a number without its unit and spaces."""
    line = re.sub(r"[\s'’]", "", text)
    return re.sub(r"(?i)(?:[kmg]wh.*|m2|m²|ml|€|eur)$", "", line)


def _unpunctuated(text: str) -> str:
    last = max(text.rfind(","), text.rfind("."))
    if "," in text and "." in text:
        return re.sub(r"[.,]", "", text[:last]) + "." + text[last + 1 :]
    if text.count(",") > 1 or text.count(".") > 1:
        return re.sub(r"[.,]", "", text)
    return text.replace(",", ".")


def _finite(text: str, cell: Cell) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if (
        not number.is_finite()
        or abs(number) >= BIGGEST
        or re.search(r"[a-zA-Z_]", text.replace("e", "").replace("E", ""))
    ):
        raise Unreadable(f"« {squeeze(show(cell))} » n’est pas un nombre")
    return _plain(number)


def _plain(number: Decimal) -> Decimal:
    """Return the number without trailing zeros nor exponent, so that equal values are the same value."""
    normal = number.normalize()
    return normal.quantize(Decimal(1)) if normal == normal.to_integral_value() else normal


def parse_fiche(cell: Cell) -> str | None:
    """Return the fiche's code without its version: BAR-EN-101_VA33_3 -> BAR-EN-101; a -SE stays."""
    if isinstance(cell, str) and is_nothing(cell):
        return None
    return _fiche(show(cell))


@lru_cache(maxsize=4_096)
def _fiche(text: str) -> str:
    match = FICHE.search(text)
    if not match:
        raise Unreadable(f"« {squeeze(text)} » n’est pas une référence de fiche (attendu : BAR-EN-101)")
    sector, domain, number, special = match.groups()
    return "-".join(part.upper() for part in (sector, domain, number, special) if part)
