"""What a reviewer reads: the queue, the evidence of one reading, what issuing changes for the lot."""

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db.models import Case, Count, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from field.models import Photo, Reading
from field.rules.comparison import Row, compare
from field.rules.definition import read_definition
from field.selectors import current_reading, photos_of
from lots.models import Lot, NsCeiling
from missions.enums import MissionStatus
from missions.models import Mission
from missions.services.assignment import assignment_refusal
from quality.rules.checks import Check, Facts, automatic_checks
from spekty.accounts.models import User
from spekty.core import french
from spekty.core.enums import Channel, Conclusion
from spekty.core.keyset import KeysetPage, Order, keyset_page
from spekty.core.parameters import kept_parameters, parameter
from spekty.core.shell import Badge

QUEUE_SHOWN = 50
FAR = dt.date(9999, 12, 31)
FAR_MOMENT = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)
KEYS = {
    "age": Order.by("visit_key"),
    "ns": Order.by("ns_key", "visit_key"),
    "echeance": Order.by("due_key", "visit_key"),
}
ORDERS = {"age": "Les plus anciens", "ns": "NS d’abord", "echeance": "Échéance"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mission to review: since how many days, and whether that is late."""

    mission: Mission
    days: int
    tone: str


@dataclass(frozen=True, slots=True)
class Queue:
    rows: list[Waiting]
    total: int
    order: str
    families: list[tuple[str, int]]
    family: str
    page: KeysetPage[Mission]
    cursor: str

    def neighbours(self, pk: int) -> tuple[int | None, int | None]:
        """Return the missions before and after `pk` in the queue."""
        ids = [row.mission.pk for row in self.rows]
        if pk not in ids:
            return None, ids[0] if ids else None
        at = ids.index(pk)
        return (ids[at - 1] if at else None), (ids[at + 1] if at + 1 < len(ids) else None)

    def rank(self, pk: int) -> int | None:
        """Return the place of `pk` in the queue, from 1; None beyond the first page, where nobody counts."""
        if self.page.before:
            return None
        return next((n for n, row in enumerate(self.rows, 1) if row.mission.pk == pk), None)


def to_review(user: User) -> QuerySet[Mission]:
    """Return the missions that wait for a reviewer."""
    return Mission.objects.visible_to(user).filter(status=MissionStatus.TO_REVIEW)


def review_queue(user: User, *, order: str = "age", family: str = "", cursor: str = "") -> Queue:
    """Return a page of what waits, the oldest first; NS first or by deadline when asked: two queries."""
    waiting = to_review(user)
    counts = dict(waiting.order_by().values_list("family").annotate(n=Count("pk")))
    shown = waiting.filter(family=family) if family else waiting
    keyed = shown.annotate(
        ns_key=Case(When(conclusion=Conclusion.NS, then=0), default=1),
        due_key=Coalesce("due_on", Value(FAR)),
        visit_key=Coalesce("visited_at", Value(FAR_MOMENT)),
    ).select_related("operation", "agent", "lot__fiche")
    chosen = order if order in ORDERS else "age"
    page = keyset_page(keyed, KEYS[chosen], cursor, size=QUEUE_SHOWN)
    late = int(kept_parameters()["delay-report"])
    total = counts.get(family, 0) if family else sum(counts.values())
    rows = [_waiting(mission, late) for mission in page]
    pages: KeysetPage[Mission] = KeysetPage([row.mission for row in rows], page.after, page.before, total)
    return Queue(rows, total, chosen, sorted(counts.items()), family, pages, cursor)


def queue_badge(user: User) -> Badge | None:
    """Return how many readings wait, late when one waits beyond the delay; None when there is none."""
    delay = dt.timedelta(days=int(parameter("delay-report")))
    late = Q(visited_at__lt=timezone.now() - delay)
    counts = to_review(user).aggregate(n=Count("pk"), late=Count("pk", filter=late))
    return Badge(counts["n"], late=bool(counts["late"])) if counts["n"] else None


def _waiting(mission: Mission, late: int) -> Waiting:
    since = timezone.localdate(mission.visited_at) if mission.visited_at else timezone.localdate()
    days = (timezone.localdate() - since).days
    tone = "ko" if days > late else "act" if days == late else ""
    return Waiting(mission, days, tone)


def is_inspector(user: User, mission: Mission, reading: Reading | None) -> bool:
    """Return whether `user` took part in the inspection: they must not review it (NF EN ISO/IEC 17020)."""
    agent_id = user.agent_id_or_none
    if agent_id is None:
        return False
    return agent_id in {mission.agent_id, reading.agent_id if reading else None}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reading as the reviewer sees it."""

    mission: Mission
    reading: Reading | None
    rows: list[Row]
    photos: list[tuple[Photo, str]]
    checks: list[Check]
    is_inspector: bool
    disputed: list[Reading]


def evidence_of(mission: Mission, user: User) -> Evidence:
    """Return all that is read before deciding on `mission`."""
    reading = current_reading(mission)
    definition = reading.definition if reading else None
    labels: dict[str, str] = {}
    if definition:
        labels = {need.code: need.label for need in read_definition(definition.content).photos}
    photos = [(photo, labels.get(photo.question, "Photo")) for photo in photos_of(mission)]
    disputed = list(mission.readings.filter(state="disputed").select_related("agent"))
    rows = compare(definition.content, reading.answers) if reading and definition else []
    own = is_inspector(user, mission, reading)
    checks = automatic_checks(_facts(mission, reading, photos, own, len(disputed))) if reading else []
    return Evidence(mission, reading, rows, photos, checks, own, disputed)


def _facts(
    mission: Mission, reading: Reading, photos: list[tuple[Photo, str]], own: bool, disputed: int
) -> Facts:
    day = timezone.localdate(mission.visited_at or reading.finished_at)
    definition = reading.definition
    form = read_definition(definition.content) if definition else None
    taken = {photo.question for photo, _ in photos}
    site = mission.operation
    minutes = None
    if reading.started_at:
        minutes = math.ceil((reading.finished_at - reading.started_at).total_seconds() / 60)
    return Facts(
        reviewer_is_inspector=own,
        competence_refusal=assignment_refusal(mission, reading.agent, day) or "",
        family=mission.family,
        visit_day=french.day(day, with_year=False),
        is_site=mission.channel == Channel.SITE,
        minutes=minutes,
        usual_minutes=mission.minutes,
        site=None if site.lat is None or site.lon is None else (site.lat, site.lon),
        photo_places=[(p.lat, p.lon) for p, _ in photos if p.lat is not None and p.lon is not None],
        photo_count=len(photos),
        missing_photos=[n.label for n in form.photos if n.required and n.code not in taken] if form else [],
        signed=bool(reading.signature_id or reading.signer) if form and form.signature else None,
        disputed=disputed,
    )


@dataclass(frozen=True, slots=True)
class LotEffect:
    """What a conclusion changes for the lot: satisfied on site, NS ratio before and after, ceiling."""

    satisfied: int
    required: int | None
    before: Fraction | None
    after: Fraction | None
    ns_after: int
    concluded_after: int
    ceiling: Fraction | None
    year: int
    few: bool

    @property
    def is_over(self) -> bool:
        return self.ceiling is not None and self.after is not None and self.after > self.ceiling


def lot_effect(mission: Mission, conclusion: str) -> LotEffect | None:
    """Return the effect of issuing `mission` with `conclusion` (R8: on site, first inspections, issued)."""
    if mission.channel != Channel.SITE or mission.reinspection_of_id or not conclusion:
        return None
    counts = site_conclusions(mission.lot)
    done = sum(counts.values())
    year = (mission.lot.filing_on or timezone.localdate()).year
    ns = counts[Conclusion.NS] + (conclusion == Conclusion.NS)
    return LotEffect(
        satisfied=counts[Conclusion.S] + (conclusion == Conclusion.S),
        required=_required(mission.lot),
        before=Fraction(counts[Conclusion.NS], done) if done else None,
        after=Fraction(ns, done + 1),
        ns_after=ns,
        concluded_after=done + 1,
        ceiling=ns_ceiling(year),
        year=year,
        few=done + 1 < 10,
    )


def site_conclusions(lot: Lot) -> Counter[str]:
    """Return how many issued first inspections on site concluded S, NS, NV."""
    issued = lot.missions.filter(
        channel=Channel.SITE, status=MissionStatus.REPORTED, reinspection_of__isnull=True
    ).exclude(conclusion="")
    return Counter(dict(issued.order_by().values_list("conclusion").annotate(n=Count("pk"))))


def _required(lot: Lot) -> int | None:
    return None if lot.site_pct is None else math.ceil(lot.site_pct * lot.size / Decimal(100))


def ns_ceiling(year: int) -> Fraction | None:
    """Return the highest NS ratio of a filing year (R11), None when the law's rows don't reach it."""
    row = NsCeiling.objects.filter(from_year__lte=year).order_by("-from_year").first()
    return Fraction(row.pct) / 100 if row else None
