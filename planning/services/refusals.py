"""Why a gesture of the board is not made; `str()` is the sentence that the planner reads."""

from collections.abc import Sequence

from planning.rules.constraints import Violation
from spekty.core.engine import TransitionRefused


class BoardConflict(TransitionRefused):
    """Somebody changed these tours since they were shown; nothing was overwritten."""


class PlacementRefused(TransitionRefused):
    """A rule that nobody may set aside forbids this place."""

    def __init__(self, sentence: str, violations: Sequence[Violation] = ()) -> None:
        super().__init__(sentence)
        self.violations = tuple(violations)


class ReasonNeeded(TransitionRefused):
    """The place breaks rules that a planner may set aside with a reason."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("Cet écart demande un motif : " + ", ".join(v.text for v in violations) + ".")
        self.violations = tuple(violations)


class NothingToUndo(TransitionRefused):
    """The person has no gesture left to undo."""
