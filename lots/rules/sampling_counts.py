"""On-site counts of a lot, apart from the laws: scipy is slow to import."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SiteCounts:
    """On-site counts of a lot now: concluded (S, NS, NV), `pending` drawn but not concluded yet, and
    `available` operations of the list not drawn at all."""

    satisfied: int
    ns: int
    nv: int
    pending: int = 0
    available: int = 0

    @property
    def concluded(self) -> int:
        return self.satisfied + self.ns + self.nv
