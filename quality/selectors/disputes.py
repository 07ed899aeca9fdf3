"""Readings that came when another was already there: which wait for a decision, and what they say."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from field.models import Photo, Reading
from field.rules.comparison import Row, compare
from field.rules.definition import read_definition
from field.selectors import current_reading
from field.services import taking_refusal
from quality.selectors.review import is_inspector
from spekty.accounts.models import User
from spekty.core import french
from spekty.core.keyset import KeysetPage, Order, keyset_page

SHOWN = 50


def to_settle(user: User) -> QuerySet[Reading]:
    """Return the readings that wait for a reviewer to say whether they count."""
    return Reading.objects.visible_to(user).filter(state="disputed")


def dispute_list(user: User, cursor: str = "") -> KeysetPage[Reading]:
    """Return a page of what is to be settled, the oldest first: two queries."""
    rows = to_settle(user).select_related("agent", "mission__operation", "mission__agent")
    return keyset_page(rows, Order.by("received_at"), cursor, size=SHOWN)


@dataclass(frozen=True, slots=True)
class Line:
    """What the two readings say of one point."""

    label: str
    in_force: str
    other: str

    @property
    def differs(self) -> bool:
        return self.in_force != self.other


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two readings, with its photos."""

    title: str
    reading: Reading
    photos: list[tuple[Photo, str]]


@dataclass(frozen=True, slots=True)
class Dispute:
    """`sides` is the reading in force, if any, then the one that came. `refusal`: why it can't count."""

    reading: Reading
    sides: list[Side]
    lines: list[Line]
    refusal: str
    is_inspector: bool

    @property
    def has_both(self) -> bool:
        return len(self.sides) > 1


def dispute_of(reading: Reading, user: User) -> Dispute:
    """Return what is read before saying which reading counts."""
    mission, current = reading.mission, current_reading(reading.mission)
    sides = [Side("En vigueur", current, _photos(current))] if current else []
    sides.append(Side("Arrivé ensuite", reading, _photos(reading)))
    own = is_inspector(user, mission, reading) or is_inspector(user, mission, current)
    return Dispute(reading, sides, list(_lines(current, reading)), taking_refusal(mission), own)


def _photos(reading: Reading) -> list[tuple[Photo, str]]:
    form = read_definition(reading.definition.content) if reading.definition else None
    labels = {need.code: need.label for need in form.photos} if form else {}
    return [(p, labels.get(p.question, "Photo")) for p in reading.photos.select_related("file")]


def _lines(current: Reading | None, other: Reading) -> Iterator[Line]:
    """Yield each point that one of them read, in the questionnaire's order."""
    before, after = _said(current), _said(other)
    for label in [*before, *(label for label in after if label not in before)]:
        yield Line(label, before.get(label, french.NOTHING), after.get(label, french.NOTHING))


def _said(reading: Reading | None) -> dict[str, str]:
    rows: list[Row] = []
    if reading and reading.definition:
        rows = compare(reading.definition.content, reading.answers)
    return {row.label: row.measured for row in rows}
