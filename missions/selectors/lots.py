"""What the missions of a lot say: progress, counts for the verdict, operations to make up for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count

from lots.models import Lot
from lots.rules.closing import ClosingFacts
from lots.rules.draw import TopUpReason
from lots.rules.sampling_counts import SiteCounts
from lots.rules.verdict import LotFacts, Outcome
from missions.enums import OPEN_STATUSES, MissionStatus
from missions.models import Mission
from spekty.core.enums import Channel, Conclusion

# Order and tones of the progress bar.
SEGMENTS: tuple[tuple[str, str, tuple[MissionStatus, ...]], ...] = (
    ("done", "émis", (MissionStatus.REPORTED,)),
    ("act", "à relire", (MissionStatus.RECEIVED, MissionStatus.TO_REVIEW, MissionStatus.TO_COMPLETE)),
    ("go", "en rendez-vous", (MissionStatus.FIXED, MissionStatus.CONFIRMED, MissionStatus.IN_PROGRESS)),
    ("wait", "à planifier", (MissionStatus.TO_PLAN, MissionStatus.TO_CONTACT)),
    ("exit", "sorties", (MissionStatus.UNREACHABLE, MissionStatus.REFUSED)),
)
UNFINISHED = (*OPEN_STATUSES, MissionStatus.RECEIVED, MissionStatus.TO_REVIEW, MissionStatus.TO_COMPLETE)
REASONS = {
    MissionStatus.UNREACHABLE: TopUpReason.UNREACHABLE,
    MissionStatus.REFUSED: TopUpReason.REFUSAL,
}
Key = tuple[str, str, str, bool]


@dataclass
class LotTally:
    """Missions of one lot counted by (channel, status, conclusion, re-inspection)."""

    counts: Counter[Key] = field(default_factory=Counter)

    def count(
        self,
        *,
        channel: str | None = None,
        statuses: Iterable[str] | None = None,
        conclusion: str | None = None,
        again: bool | None = False,
    ) -> int:
        """Return how many missions are so; re-inspections are left out unless asked for (None: both)."""
        kept = None if statuses is None else set(statuses)
        return sum(
            number
            for (where, status, found, second), number in self.counts.items()
            if (channel is None or where == channel)
            and (kept is None or status in kept)
            and (conclusion is None or found == conclusion)
            and (again is None or second == again)
        )

    @property
    def total(self) -> int:
        """Return the missions that aren't cancelled, re-inspections left out."""
        return self.count() - self.count(statuses=[MissionStatus.CANCELLED])

    @property
    def reported(self) -> int:
        return self.count(statuses=[MissionStatus.REPORTED])

    @property
    def unfinished(self) -> int:
        """Return the missions still to hold, review or report, re-inspections included."""
        return self.count(statuses=UNFINISHED, again=None)

    @property
    def parts(self) -> list[tuple[str, int, str]]:
        """Return (tone, count, word) for the progress bar."""
        return [(tone, self.count(statuses=statuses), word) for tone, word, statuses in SEGMENTS]

    def concluded(self, channel: str, conclusion: str) -> int:
        """Return the first inspections of the channel with an issued report and this conclusion."""
        return self.count(channel=channel, statuses=[MissionStatus.REPORTED], conclusion=conclusion)

    def pending(self, channel: str) -> int:
        """Return the first inspections of the channel that can still end with a conclusion."""
        return self.count(channel=channel, statuses=UNFINISHED)

    def facts(self, lot: Lot) -> LotFacts:
        """Return the counts of the verdict (R4, R8)."""
        site, contact = Channel.SITE, Channel.CONTACT
        return LotFacts(
            operations=lot.size,
            site_satisfied=self.concluded(site, Conclusion.S),
            site_ns=self.concluded(site, Conclusion.NS),
            site_nv=self.concluded(site, Conclusion.NV),
            contact_satisfied=self.concluded(contact, Conclusion.S),
            contact_is_ours=lot.contact_by_us,
        )

    def site_counts(self, available: int) -> SiteCounts:
        """Return the on-site counts of the gauge; `available` operations aren't drawn at all."""
        site = Channel.SITE
        return SiteCounts(
            satisfied=self.concluded(site, Conclusion.S),
            ns=self.concluded(site, Conclusion.NS),
            nv=self.concluded(site, Conclusion.NV),
            pending=self.pending(site),
            available=available,
        )


def tallies(lot_ids: Iterable[int]) -> dict[int, LotTally]:
    """Return the tally of each lot, in one query."""
    found: dict[int, LotTally] = {pk: LotTally() for pk in lot_ids}
    rows = (
        Mission.objects.filter(lot_id__in=list(found))
        .order_by()
        .values_list("lot_id", "channel", "status", "conclusion", "reinspection_of__isnull")
        .annotate(number=Count("id"))
    )
    for lot_id, channel, status, conclusion, is_first, number in rows:
        found[lot_id].counts[channel, status, conclusion, not is_first] += number
    return found


def tally_of(lot: Lot) -> LotTally:
    """Return the tally of one lot."""
    return tallies([lot.pk])[lot.pk]


def closing_facts(lot: Lot) -> ClosingFacts:
    """Return what decides the closing of a lot."""
    tally = tally_of(lot)
    return ClosingFacts(tally.facts(lot), tally.unfinished)


def to_make_up(lot: Lot, channel: str) -> dict[str, TopUpReason]:
    """Return reference -> reason of the operations that fell short and that no top-up replaces yet."""
    rows = (
        Mission.objects.filter(lot=lot, channel=channel, reinspection_of__isnull=True)
        .filter(status__in=[MissionStatus.REPORTED, *REASONS])
        .order_by("operation__rank", "id")
        .values_list("operation__reference", "status", "conclusion")
    )
    replaced = {
        reference
        for reasons in lot.draws.filter(channel=channel).values_list("reasons", flat=True)
        for reference in reasons
    }
    found: dict[str, TopUpReason] = {}
    for reference, status, conclusion in rows:
        reason = REASONS.get(MissionStatus(status)) or {
            Conclusion.NS.value: TopUpReason.NS,
            Conclusion.NV.value: TopUpReason.NV,
        }.get(conclusion)
        if reason and reference not in replaced:
            found[reference] = reason
    return found


def outcomes(lot: Lot) -> dict[int, Outcome]:
    """Return operation -> what became of it, for filing; on site wins over by contact (R7, R12)."""
    rows = (
        Mission.objects.filter(lot=lot, status=MissionStatus.REPORTED)
        .order_by("-channel", "id")
        .values_list("operation_id", "channel", "conclusion", "reinspection_of_id")
    )
    found: dict[int, Outcome] = {}
    words = {"S": Outcome.SATISFIED, "NS": Outcome.NS, "NV": Outcome.NV}
    ordered = sorted(rows, key=lambda row: (row[1] == Channel.SITE, row[3] is not None))
    for operation, _, conclusion, first in ordered:
        if first is None and conclusion in words:
            found[operation] = words[conclusion]
        elif first is not None and conclusion == Conclusion.S and found.get(operation) is Outcome.NS:
            found[operation] = Outcome.NS_PUT_RIGHT
    return found
