"""Readings that came when another was already there: which wait for a decision, and what they say."""

from dataclasses import dataclass

from django.db.models import QuerySet

from field.enums import ReadingState
from field.models import Photo, Reading
from field.rules.comparison import Row, compare
from field.rules.definition import read_definition
from field.rules.disputes import Line, side_by_side, taking_refusal
from field.selectors import current_reading
from quality.selectors.review import is_inspector
from spekty.accounts.models import User
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
    def is_open(self) -> bool:
        return self.reading.state == ReadingState.DISPUTED

    @property
    def has_both(self) -> bool:
        return len(self.sides) > 1


def dispute_of(reading: Reading, user: User) -> Dispute:
    """Return what is read before saying which reading counts."""
    current = current_reading(reading.mission)
    sides = [Side("En vigueur", current, _photos(current))] if current else []
    sides.append(Side("Arrivé ensuite", reading, _photos(reading)))
    return Dispute(
        reading,
        sides,
        list(side_by_side(_rows(current), _rows(reading))),
        taking_refusal(reading.mission.status),
        made_either_visit(user, reading),
    )


def made_either_visit(user: User, reading: Reading) -> bool:
    """Return whether `user` made one of the two visits: they don't settle."""
    either = (reading, current_reading(reading.mission))
    return any(is_inspector(user, reading.mission, one) for one in either)


def _photos(reading: Reading) -> list[tuple[Photo, str]]:
    form = read_definition(reading.definition.content) if reading.definition else None
    labels = {need.code: need.label for need in form.photos} if form else {}
    return [(p, labels.get(p.question, "Photo")) for p in reading.photos.select_related("file")]


def _rows(reading: Reading | None) -> list[Row]:
    return compare(reading.definition.content, reading.answers) if reading and reading.definition else []
