"""What decides a lot's closing, beside its verdict."""

from dataclasses import dataclass

from lots.rules.verdict import LotFacts


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """The lot's counts, and how many of its missions are still to be held, reviewed or reported."""

    facts: LotFacts
    unfinished: int = 0
