"""The parts of an import's dry run: what was sent, what was decided, and the fate of each line."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from lots.rules.checks import Issue, Severity, Value
from lots.rules.parsing import Cell, is_nothing, show


class Fate(StrEnum):
    """What becomes of a line; every line read has exactly one (labels: lots.enums.RowFate)."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    IGNORED = "ignored"


@dataclass(frozen=True)
class ExistingOperation:
    """An operation of the same client that is already known, with its values by field."""

    reference: str
    lot: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class SourceFile:
    """The lines of one sheet and how to read them; `headers` names every column, mapped or not."""

    rows: Sequence[Sequence[Cell]]
    first_data_row: int
    mapping: Mapping[int, str]
    headers: Mapping[int, str]


@dataclass(frozen=True)
class Choices:
    """What a person decided on the preview: lines left out, cells retyped (sheet row -> field -> cell)."""

    excluded: Collection[int] = frozenset()
    fixes: Mapping[int, Mapping[str, Cell]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowPlan:
    """One line: `row` is its number in the sheet (from 1), `changes` is field -> (before, after)."""

    row: int
    fate: Fate
    reference: str | None
    values: Mapping[str, Value]
    issues: tuple[Issue, ...]
    changes: Mapping[str, tuple[Value, Value]]
    cells: Sequence[Cell]

    @property
    def reasons(self) -> list[str]:
        """Return the French sentences about the line, errors first."""
        ordered = sorted(self.issues, key=lambda issue: issue.severity is not Severity.ERROR)
        return [issue.message for issue in ordered]


@dataclass(frozen=True)
class ImportPlan:
    """The dry run's answer. `lot` is the lot the lines join (None: a new one); `absent` are its operations
    that the file doesn't hold (they stay)."""

    rows: tuple[RowPlan, ...]
    lot: str | None
    absent: tuple[str, ...]
    notices: tuple[str, ...]
    headers: Mapping[int, str]
    mapping: Mapping[int, str]

    @property
    def counts(self) -> dict[Fate, int]:
        """Return how many lines have each fate."""
        found = Counter(row.fate for row in self.rows)
        return {fate: found[fate] for fate in Fate}

    @property
    def changes_something(self) -> bool:
        """Return whether applying the plan would write anything."""
        return self.counts[Fate.CREATED] + self.counts[Fate.UPDATED] > 0

    @property
    def fiches(self) -> dict[str, int]:
        """Return how many importable lines each fiche has; a lot has one fiche."""
        kept = (row for row in self.rows if row.fate in (Fate.CREATED, Fate.UPDATED, Fate.UNCHANGED))
        return dict(Counter(str(row.values.get("fiche")) for row in kept))

    def extra_cells(self, row: RowPlan) -> dict[str, str]:
        """Return the filled cells of the columns that fill no field, by header."""
        return {
            header: show(row.cells[index])
            for index, header in self.headers.items()
            if index not in self.mapping and index < len(row.cells) and not is_nothing(row.cells[index])
        }

    def report(self) -> dict[str, Any]:
        """Return the plan as plain data: read = created + updated + unchanged + rejected + ignored."""
        return {
            "read": len(self.rows),
            **{str(fate): count for fate, count in self.counts.items()},
            "rows": [{"row": row.row, "fate": str(row.fate), "reasons": row.reasons} for row in self.rows],
        }
