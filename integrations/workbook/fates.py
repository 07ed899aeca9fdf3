"""What became of every row read, and what was odd in it: nothing is dropped in silence."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"  # only where rows are loaded again: a replay never meets it
    MERGED = "merged"
    IGNORED = "ignored"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RowFate:
    """The end of one row; `reason` is French and empty for a plain creation."""

    sheet: str
    row: int
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A cell that could not be understood: the row is kept, the cell is left out, the reason is given."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass
class SheetLedger:
    """The account of one sheet: rows read = created + updated + unchanged + merged + ignored + rejected."""

    sheet: str
    read: int = 0
    fates: list[RowFate] = field(default_factory=list)

    def record(self, row: int, fate: Fate, reason: str = "") -> None:
        """Add one row's end; call it once per row read."""
        self.fates.append(RowFate(self.sheet, row, fate, reason))

    def counts(self) -> dict[str, int]:
        """Return how many rows met each fate, every fate named."""
        found = Counter(fate.fate for fate in self.fates)
        return {fate.value: found[fate] for fate in Fate if fate is not Fate.UNCHANGED or found[fate]}

    @property
    def balanced(self) -> bool:
        return self.read == sum(self.counts().values())

    def told(self) -> Sequence[RowFate]:
        """Return the rows that were not simply created."""
        return [fate for fate in self.fates if fate.reason]
