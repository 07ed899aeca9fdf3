"""What pay is computed from, read from the database. Conclusions, reviews and reports aren't read."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone

from field.models import DailyKm
from missions.enums import HELD_STATUSES
from missions.models import Mission, UnproductiveVisit
from payroll import rules
from payroll.models import PayScale
from payroll.rules import AgentTerms, Contract, PayRate, Vehicle, Visit, VisitKind, address_key
from spekty.accounts.models import Agent
from spekty.core import french
from spekty.core.enums import Channel, Source
from spekty.core.months import next_month


@dataclass(frozen=True)
class Origin:
    """The row a visit comes from; `is_import` when the workbook brought an unproductive visit."""

    mission_id: int
    unproductive_id: int | None = None
    is_import: bool = False


@dataclass
class AgentFacts:
    """One agent's month: visits, kilometres by day, and where each visit's reference comes from."""

    agent: Agent
    visits: list[Visit] = field(default_factory=list)
    km: dict[dt.date, Decimal] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)

    def add(self, visit: Visit, origin: Origin) -> None:
        """Keep a visit; its reference is unique in the month."""
        self.visits.append(visit)
        self.origins[visit.reference] = origin

    def pay(self, month: dt.date, scale: rules.PayScale) -> rules.MonthPay:
        """Return what the rules pay for the month. Raises NoPayRate."""
        return rules.pay_month(terms_of(self.agent), month, self.visits, self.km, scale)


def terms_of(agent: Agent) -> AgentTerms:
    """Return the agent's contract as the rules read it; without own car, no kilometre of an employee."""
    own = agent.vehicle == Vehicle.OWN.value
    return AgentTerms(Contract(agent.contract), Vehicle.OWN if own else Vehicle.COMPANY)


def pay_scale() -> rules.PayScale:
    """Return the dated scale."""
    return rules.PayScale(
        PayRate(row.contract, row.item, row.valid_from, row.amount, row.reference)
        for row in PayScale.objects.all()
    )


def month_bounds(month: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """Return when a month begins and ends, in local time; the end is left out."""
    zone = timezone.get_current_timezone()
    first = month.replace(day=1)
    start, end = (dt.datetime.combine(day, dt.time(), zone) for day in (first, next_month(first)))
    return start, end


def gather(month: dt.date, agent_ids: Iterable[int] | None = None) -> dict[int, AgentFacts]:
    """Return the facts of a month by agent id: held visits and contacts, unproductive visits, kilometres."""
    start, end = month_bounds(month)
    who = Q() if agent_ids is None else Q(agent_id__in=list(agent_ids))
    facts: dict[int, AgentFacts] = {}

    def of(agent: Agent) -> AgentFacts:
        return facts.setdefault(agent.pk, AgentFacts(agent))

    held = Mission.objects.filter(
        who, status__in=HELD_STATUSES, visited_at__gte=start, visited_at__lt=end, agent__isnull=False
    )
    for mission in held.select_related("agent", "operation").order_by("visited_at", "number"):
        if mission.agent is not None:
            of(mission.agent).add(_visit(mission), Origin(mission.pk))
    doors = UnproductiveVisit.objects.filter(
        who, at__gte=start, at__lt=end, mission__channel=Channel.SITE, agent__isnull=False
    ).select_related("agent", "mission")
    for door in doors.order_by("at", "pk"):
        if door.agent is not None:
            mine = of(door.agent)
            mine.add(_door(door, mine), Origin(door.mission_id, door.pk, door.source == Source.IMPORT))
    for row in DailyKm.objects.filter(who, day__gte=start.date(), day__lt=end.date()).select_related("agent"):
        of(row.agent).km[row.day] = row.km
    return facts


def _visit(mission: Mission) -> Visit:
    at = timezone.localtime(mission.visited_at)
    site = mission.channel == Channel.SITE
    return Visit(
        reference=mission.number,
        kind=VisitKind.SITE if site else VisitKind.CONTACT,
        family=mission.family,
        day=at.date(),
        order=(at.hour * 60 + at.minute, mission.number),
        address=address_key(mission.operation.address, mission.operation.postcode) if site else "",
    )


def _door(door: UnproductiveVisit, mine: AgentFacts) -> Visit:
    at = timezone.localtime(door.at)
    reference = f"{door.mission.number} à {french.hour(at)}"
    if reference in mine.origins:
        reference = f"{reference} ({door.pk})"
    return Visit(
        reference=reference,
        kind=VisitKind.UNPRODUCTIVE,
        family=door.mission.family,
        day=at.date(),
        order=(at.hour * 60 + at.minute, door.mission.number),
    )


def has_facts(month: dt.date) -> bool:
    """Say whether anything in a month may have to be paid."""
    start, end = month_bounds(month)
    held = Mission.objects.filter(
        status__in=HELD_STATUSES, visited_at__gte=start, visited_at__lt=end, agent__isnull=False
    )
    return (
        held.exists()
        or UnproductiveVisit.objects.filter(at__gte=start, at__lt=end, agent__isnull=False).exists()
    )
