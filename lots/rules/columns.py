"""What the cells of a column say, whatever its header."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stdnum.fr import siren as siren_number

from lots.rules.addresses import split_address
from lots.rules.fields import BY_CODE, Kind
from lots.rules.parsing import (
    Cell,
    Unreadable,
    is_nothing,
    parse_date,
    parse_email,
    parse_fiche,
    parse_phone,
    parse_postcode,
    parse_siren,
    parse_volume,
    show,
)

SAMPLES = 3


@dataclass(frozen=True)
class Content:
    """Shares (0 to 1) of the filled cells that can be read as each kind."""

    filled: int
    sample: tuple[str, ...]
    shares: dict[Kind, float]
    distinct: float
    middle_day: int | None
    two_words: float
    whole_address: float
    numbered: float


def content_of(cells: Sequence[Cell]) -> Content:
    """Return what the cells of one column look like."""
    filled = [cell for cell in cells if not is_nothing(cell)]
    sample = tuple(show(cell) for cell in filled[:SAMPLES])
    shares = {kind: _share(filled, reader) for kind, reader in READERS.items()}
    texts = [cell for cell in filled if isinstance(cell, str)]
    return Content(
        filled=len(filled),
        sample=sample,
        shares=shares,
        distinct=len({show(cell) for cell in filled}) / len(filled) if filled else 0.0,
        middle_day=_middle_day(filled) if shares[Kind.DATE] >= 0.8 else None,
        two_words=_share(texts, lambda cell: len(show(cell).split()) > 1 or None),
        whole_address=_share(texts, _whole_address),
        numbered=_share(filled, lambda cell: show(cell)[:1].isdigit() or None),
    )


def _middle_day(cells: Sequence[Cell]) -> int | None:
    """Return the median date of a column, as an ordinal."""
    days = sorted(day.toordinal() for cell in cells if _reads(cell, parse_date) and (day := parse_date(cell)))
    return days[len(days) // 2] if days else None


def _share(cells: Sequence[Cell], reader: Callable[[Cell], object]) -> float:
    if not cells:
        return 0.0
    return sum(1 for cell in cells if _reads(cell, reader)) / len(cells)


def _reads(cell: Cell, reader: Callable[[Cell], object]) -> bool:
    try:
        return reader(cell) is not None
    except Unreadable:
        return False


def _whole_address(cell: Cell) -> str | None:
    parts = split_address(show(cell))
    return parts.city if parts.street and parts.postcode else None


def _checked_siren(cell: Cell) -> str | None:
    number = parse_siren(cell)
    return number if number and siren_number.is_valid(number) else None


READERS: dict[Kind, Callable[[Cell], object]] = {
    Kind.DATE: parse_date,
    Kind.POSTCODE: parse_postcode,
    Kind.PHONE: parse_phone,
    Kind.EMAIL: parse_email,
    Kind.SIREN: _checked_siren,
    Kind.FICHE: parse_fiche,
    Kind.NUMBER: parse_volume,
    Kind.VOLUME: parse_volume,
}
# What a column's content alone suggests, when its header says nothing.
HINTS: tuple[tuple[Kind, str, float], ...] = (
    (Kind.EMAIL, "email", 0.7),
    (Kind.FICHE, "fiche", 0.7),
    (Kind.PHONE, "phone", 0.65),
    (Kind.SIREN, "installer_siren", 0.52),
)


def refine(scores: dict[str, float], content: Content) -> dict[str, float]:
    """Return the header's scores lowered where the content contradicts them, raised where it speaks alone."""
    if not content.filled:
        return scores
    refined = {field: score * _agreement(field, content) for field, score in scores.items()}
    for kind, field, hint in HINTS:
        if content.shares[kind] >= 0.8 and not _other_kind(kind, content):
            refined[field] = max(refined.get(field, 0.0), hint)
    if content.whole_address >= 0.8:
        refined["full_address"] = max(refined.get("full_address", 0.0), 0.6)
    return refined


def _other_kind(kind: Kind, content: Content) -> bool:
    """Return whether nine digits are a telephone as well as a SIREN (then neither is certain)."""
    return kind is Kind.PHONE and content.shares[Kind.SIREN] > 0.3


def _agreement(field: str, content: Content) -> float:
    share = content.shares.get(BY_CODE[field].kind)
    if share is None:
        return _text_agreement(content)
    if BY_CODE[field].kind is Kind.SIREN and share < 0.5:
        share = max(share, content.shares[Kind.NUMBER] * 0.6)
    return 1.0 if share >= 0.5 else 0.3 + 0.8 * share


def _text_agreement(content: Content) -> float:
    """A column of e-mails is never a name nor an address."""
    return 0.3 if content.shares[Kind.EMAIL] > 0.5 else 1.0
