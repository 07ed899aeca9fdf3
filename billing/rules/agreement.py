"""Done = billed = paid: where the three disagree, and why (pay-and-billing.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Gap(StrEnum):
    """One way for a mission to be out of step."""

    NOT_INVOICED = "FAITE_NON_FACTUREE"
    NOT_PAID = "FAITE_NON_PAYEE"
    INVOICED_TWICE = "FACTUREE_DEUX_FOIS"
    PAID_TWICE = "PAYEE_DEUX_FOIS"
    INVOICED_NOT_DONE = "FACTUREE_NON_FAITE"
    PAID_NOT_DONE = "PAYEE_NON_FAITE"


# An error to put right, and not only something to come.
ERRORS = frozenset({Gap.INVOICED_TWICE, Gap.PAID_TWICE, Gap.INVOICED_NOT_DONE, Gap.PAID_NOT_DONE})


@dataclass(frozen=True, slots=True)
class MissionTrace:
    """What became of a mission: `done` once held, the invoices that carry it, how many times it was paid."""

    reference: str
    done: bool
    invoices: tuple[str, ...] = ()
    payments: int = 0
    why_not_invoiced: str = ""
    why_not_paid: str = ""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One mission where done, invoiced and paid disagree, with the reason in French."""

    reference: str
    gap: Gap
    reason: str


@dataclass(frozen=True)
class Agreement:
    """The three counts, and every mission out of step."""

    done: int = 0
    invoiced: int = 0
    paid: int = 0
    gaps: tuple[Disagreement, ...] = field(default=())

    def of(self, gap: Gap) -> list[Disagreement]:
        """Return the missions of one kind of gap."""
        return [g for g in self.gaps if g.gap is gap]


def agree(traces: Iterable[MissionTrace]) -> Agreement:
    """Return the counts of missions done, invoiced and paid, and each disagreement.

    Invoiced and paid count the missions done: a mission invoiced or paid without having been done is a
    disagreement, not a count.
    """
    rows = list(traces)
    done = [t for t in rows if t.done]
    gaps = [gap for trace in rows for gap in _gaps(trace)]
    return Agreement(
        done=len(done),
        invoiced=sum(bool(t.invoices) for t in done),
        paid=sum(bool(t.payments) for t in done),
        gaps=tuple(gaps),
    )


def _gaps(trace: MissionTrace) -> Iterable[Disagreement]:
    def gap(kind: Gap, reason: str) -> Disagreement:
        return Disagreement(trace.reference, kind, reason)

    papers = ", ".join(trace.invoices)
    if trace.done and not trace.invoices:
        yield gap(Gap.NOT_INVOICED, trace.why_not_invoiced)
    if trace.done and not trace.payments:
        yield gap(Gap.NOT_PAID, trace.why_not_paid)
    if len(trace.invoices) > 1:
        yield gap(Gap.INVOICED_TWICE, f"Sur {papers} : un avoir est à établir.")
    if trace.payments > 1:
        yield gap(Gap.PAID_TWICE, f"Payée {trace.payments} fois.")
    if trace.invoices and not trace.done:
        yield gap(Gap.INVOICED_NOT_DONE, f"Sur {papers}, sans visite tenue : un avoir est à établir.")
    if trace.payments and not trace.done:
        yield gap(Gap.PAID_NOT_DONE, "Payée sans visite tenue.")
