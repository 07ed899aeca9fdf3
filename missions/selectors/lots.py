"""What the missions of a lot say: progress, counts for the verdict, operations to make up for."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import BooleanField, Count, ExpressionWrapper, Q
from django.utils import timezone

from lots.models import Lot
from lots.rules.closing import ClosingFacts
from lots.rules.draw import TopUpReason
from lots.rules.sampling_counts import SiteCounts
from lots.rules.verdict import LotFacts, Outcome
from missions.enums import EXIT_STATUSES, OPEN_STATUSES, ContactOutcome, MissionStatus
from missions.models import Mission, MissionDocument
from spekty.accounts.models import User
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
AGAIN = ExpressionWrapper(Q(reinspection_of__isnull=False), output_field=BooleanField())
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
    def standing(self) -> list[tuple[str, bool, int]]:
        """Return (channel, re-inspection, count) of the missions that are neither cancelled nor lost."""
        return [
            (channel, again, count)
            for (channel, status, _, again), count in self.counts.items()
            if status not in EXIT_STATUSES
        ]

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
        .annotate(again=AGAIN)
        .values_list("lot_id", "channel", "status", "conclusion", "again")
        .annotate(number=Count("id"))
    )
    for lot_id, channel, status, conclusion, again, number in rows:
        found[lot_id].counts[channel, status, conclusion, again] += number
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
        .annotate(again=AGAIN)
        .values_list("operation_id", "channel", "conclusion", "again")
    )
    found: dict[int, Outcome] = {}
    words = {"S": Outcome.SATISFIED, "NS": Outcome.NS, "NV": Outcome.NV}
    ordered = sorted(rows, key=lambda row: (row[1] == Channel.SITE, row[3]))
    for operation, _, conclusion, again in ordered:
        if not again and conclusion in words:
            found[operation] = words[conclusion]
        elif again and conclusion == Conclusion.S and found.get(operation) is Outcome.NS:
            found[operation] = Outcome.NS_PUT_RIGHT
    return found


# Under so many drawn operations, rates say nothing: a wider past is looked at.
ENOUGH = 30


@dataclass(frozen=True)
class Past:
    """What became of the drawn operations of a channel; `scope` says whose, in French."""

    drawn: int
    not_inspected: int
    ns: int
    nv: int
    scope: str = ""

    @property
    def is_enough(self) -> bool:
        """Return whether rates may be drawn from it."""
        return self.drawn >= ENOUGH


def past_of(lot: Lot, channel: str = Channel.SITE) -> Past:
    """Return the past of the lot's client on its fiche; where it is short, of the fiche, then of the house.

    At most three queries.
    """
    scopes: tuple[tuple[str, dict[str, int]], ...] = (
        ("de ce client et de cette fiche", {"lot__client_id": lot.client_id, "lot__fiche_id": lot.fiche_id}),
        ("de cette fiche, tous clients", {"lot__fiche_id": lot.fiche_id}),
        ("de toutes les fiches", {}),
    )
    for scope, kept in scopes:
        past = _past(channel, kept, scope)
        if past.is_enough:
            break
    return past


def _past(channel: str, kept: dict[str, int], scope: str) -> Past:
    tally = LotTally()
    rows = Mission.objects.filter(channel=channel, reinspection_of__isnull=True, **kept).order_by()
    counted = rows.values_list("status", "conclusion").annotate(number=Count("id"))
    for status, conclusion, number in counted:
        tally.counts[channel, status, conclusion, False] += number
    out = tally.count(statuses=[MissionStatus.UNREACHABLE, MissionStatus.REFUSED])
    return Past(
        drawn=tally.reported + out,
        not_inspected=out,
        ns=tally.concluded(channel, Conclusion.NS),
        nv=tally.concluded(channel, Conclusion.NV),
        scope=scope,
    )


def missions_of(lot: Lot, channel: str, limit: int = 200) -> list[Mission]:
    """Return the lot's missions of a channel ("" for both), those that call for an act first."""
    missions = Mission.objects.filter(lot=lot).select_related("operation", "agent")
    if channel in Channel.values:
        missions = missions.filter(channel=channel)
    return list(missions.order_by("channel", "operation__rank", "id")[:limit])


@dataclass(frozen=True)
class Inspection:
    """What a lot's synthesis says of one operation, in words."""

    agreed: bool
    held: bool
    note: str
    visited_on: dt.date | None
    area_measured: Decimal | None
    site_conclusion: str
    comment: str
    by_contact: bool | None
    contact_conclusion: str


def inspections(lot: Lot) -> dict[int, Inspection]:
    """Return operation -> its first inspections in words, cancelled ones left out: two queries."""
    found: dict[int, list[Mission]] = {}
    missions = Mission.objects.filter(lot=lot, reinspection_of__isnull=True)
    kept = missions.exclude(status=MissionStatus.CANCELLED).prefetch_related("attempts").order_by("id")
    for mission in kept:
        found.setdefault(mission.operation_id, []).append(mission)
    return {operation: _inspection(several) for operation, several in found.items()}


def _inspection(missions: list[Mission]) -> Inspection:
    site = next((m for m in missions if m.channel == Channel.SITE), None)
    contact = next((m for m in missions if m.channel == Channel.CONTACT), None)
    main = site or missions[0]
    agreed = bool(main.visited_at or main.appointment_at) or any(
        attempt.outcome == ContactOutcome.AGREED for attempt in main.attempts.all()
    )
    return Inspection(
        agreed=agreed,
        held=main.is_held,
        note="" if main.is_held else main.get_status_display(),
        visited_on=timezone.localdate(main.visited_at) if main.visited_at else None,
        area_measured=main.area_measured,
        site_conclusion=_conclusion(site),
        comment=main.comment,
        by_contact=contact.is_held if contact else None,
        contact_conclusion=_conclusion(contact),
    )


def _conclusion(mission: Mission | None) -> str:
    if mission is None or mission.status != MissionStatus.REPORTED:
        return ""
    return mission.get_conclusion_display()


def documents_of_mission(user: User, number: str) -> list[MissionDocument] | None:
    """Return the papers of a mission, the latest first; None when `user` sees no such mission."""
    mission = Mission.objects.visible_to(user).filter(number=number).first()
    if mission is None:
        return None
    return list(mission.documents.select_related("file").order_by("-id")[:200])
