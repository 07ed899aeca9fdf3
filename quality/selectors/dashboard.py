"""The indicators of a period beside the one before: few grouped queries, exact rates."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from missions.enums import HELD_STATUSES, MissionStatus
from missions.models import Mission
from quality.enums import ReviewDecision
from quality.models import Review
from quality.rules.indicators import (
    ControlPoint,
    Standing,
    Tally,
    control_points,
    monday,
    standing,
    total,
    weeks_between,
)
from spekty.accounts.models import Agent, User
from spekty.core.enums import Channel, Conclusion
from spekty.core.parameters import parameters

MONTHS = (3, 6, 12)
TARGETS = ("target-delay", "target-ns", "target-returns", "target-visits", "target-deadlines")
LOWER_IS_BETTER = frozenset({"delay", "ns", "returns"})
ISSUED = Q(status=MissionStatus.REPORTED)
FIRST_ON_SITE = Q(channel=Channel.SITE, reinspection_of__isnull=True) & ~Q(conclusion="")

ByDay = Mapping[dt.date, Tally]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page is about. Days are included at both ends."""

    first: dt.date
    last: dt.date
    months: int
    department: str = ""
    family: str = ""
    client: int | None = None
    agent: int | None = None

    @property
    def before(self) -> dt.date:
        """First day of the period compared: of the same length, just before."""
        return self.first - (self.last - self.first) - dt.timedelta(days=1)

    def narrow(self, prefix: str = "") -> Q:
        """Return the condition on missions (reached through `prefix`)."""
        chosen = {
            "operation__department": self.department,
            "family": self.family,
            "lot__client_id": self.client,
            "agent_id": self.agent,
        }
        return Q(**{f"{prefix}{name}": value for name, value in chosen.items() if value})


@dataclass(frozen=True, slots=True)
class Indicator:
    """One tile: value and its arithmetic, target, change since the former period, weekly line."""

    code: str
    title: str
    unit: str
    current: Tally
    former: Tally
    target: Fraction
    lower_is_better: bool
    weekly: list[tuple[dt.date, Tally]] = field(default_factory=list)

    @property
    def standing(self) -> Standing:
        return standing(self.current.rate, self.target, lower_is_better=self.lower_is_better)

    @property
    def change(self) -> Fraction | None:
        now, before = self.current.rate, self.former.rate
        return None if now is None or before is None else now - before

    @property
    def change_tone(self) -> str:
        if not self.change:
            return ""
        return "good" if (self.change < 0) == self.lower_is_better else "bad"


def period(months: int, today: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the `months` months that end today."""
    index = today.year * 12 + today.month - 1 - months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(today.day, 28)) + dt.timedelta(days=1), today


def indicators(user: User, chosen: Filters) -> list[Indicator]:
    """Return the five indicators, in three queries."""
    issued, visits, returns = _issued(user, chosen), _visits(user, chosen), _returns(user, chosen)
    goals = parameters(*TARGETS)

    shares = {"%": 100}
    kinds: list[tuple[str, str, str, ByDay, str]] = [
        ("delay", "Réception vers rapport", "j", issued["delay"], "target-delay"),
        ("ns", "Non-conformité sur site", "%", issued["ns"], "target-ns"),
        ("returns", "Relevés incomplets", "%", returns, "target-returns"),
        ("visits", "Visites par jour et agent", "", visits, "target-visits"),
        ("due", "Échéances respectées", "%", issued["due"], "target-deadlines"),
    ]
    return [
        _indicator(chosen, code, title, unit, days, Fraction(goals[goal]) / shares.get(unit, 1))
        for code, title, unit, days, goal in kinds
    ]


def _indicator(chosen: Filters, code: str, title: str, unit: str, days: ByDay, target: Fraction) -> Indicator:
    weekly: dict[dt.date, Tally] = dict.fromkeys(weeks_between(chosen.first, chosen.last), Tally())
    for day, tally in days.items():
        if day >= chosen.first:
            weekly[monday(day)] += tally
    return Indicator(
        code=code,
        title=title,
        unit=unit,
        current=total(tally for day, tally in days.items() if day >= chosen.first),
        former=total(tally for day, tally in days.items() if day < chosen.first),
        target=target,
        lower_is_better=code in LOWER_IS_BETTER,
        weekly=list(weekly.items()),
    )


def _missions(user: User, chosen: Filters) -> QuerySet[Mission]:
    return Mission.objects.visible_to(user).filter(chosen.narrow()).order_by()


def _issued(user: User, chosen: Filters) -> dict[str, dict[dt.date, Tally]]:
    delay = ExpressionWrapper(F("reported_on") - F("lot__received_on"), output_field=DurationField())
    first = FIRST_ON_SITE
    rows = (
        _missions(user, chosen)
        .filter(ISSUED, reported_on__range=(chosen.before, chosen.last))
        .values("reported_on")
        .annotate(
            n=Count("pk"),
            days=Sum(delay),
            ns=Count("pk", filter=first & Q(conclusion=Conclusion.NS)),
            concluded=Count("pk", filter=first),
            due=Count("pk", filter=Q(due_on__isnull=False)),
            kept=Count("pk", filter=Q(due_on__gte=F("reported_on"))),
        )
    )
    found: dict[str, dict[dt.date, Tally]] = {"delay": {}, "ns": {}, "due": {}}
    for row in rows:
        day = row["reported_on"]
        assert day is not None
        found["delay"][day] = Tally(row["days"].days, row["n"])
        found["ns"][day] = Tally(row["ns"], row["concluded"])
        found["due"][day] = Tally(row["kept"], row["due"])
    return found


def _visits(user: User, chosen: Filters) -> dict[dt.date, Tally]:
    start = timezone.make_aware(dt.datetime.combine(chosen.before, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(chosen.last + dt.timedelta(1), dt.time()))
    rows = (
        _missions(user, chosen)
        .filter(channel=Channel.SITE, visited_at__gte=start, visited_at__lt=end, agent__isnull=False)
        .values(day=TruncDate("visited_at"))
        .annotate(n=Count("pk"), people=Count("agent", distinct=True))
    )
    return {row["day"]: Tally(row["n"], row["people"]) for row in rows}


def _returns(user: User, chosen: Filters) -> dict[dt.date, Tally]:
    start = timezone.make_aware(dt.datetime.combine(chosen.before, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(chosen.last + dt.timedelta(1), dt.time()))
    seen = Review.objects.filter(chosen.narrow("mission__"), at__gte=start, at__lt=end)
    if not user.sees_everything:
        seen = seen.filter(mission__in=Mission.objects.visible_to(user))
    sent_back = Count("pk", filter=Q(decision=ReviewDecision.SENT_BACK))
    rows = seen.order_by().values(day=TruncDate("at")).annotate(n=Count("pk"), back=sent_back)
    return {row["day"]: Tally(row["back"], row["n"]) for row in rows}


def control_chart(indicator: Indicator) -> list[ControlPoint]:
    """Return the control chart of a share."""
    return control_points(indicator.weekly)


@dataclass(frozen=True, slots=True)
class Stage:
    label: str
    count: int
    share: Fraction | None


def funnel(user: User, chosen: Filters) -> tuple[list[Stage], dict[str, int]]:
    """Return the stages of the missions drawn in the period, and those that left or wait, in one query."""
    drawn = _missions(user, chosen).filter(lot__drawn_on__range=(chosen.first, chosen.last))
    held = Q(status__in=HELD_STATUSES)
    agreed = held | Q(appointment_at__isnull=False)
    counts = drawn.aggregate(
        drawn=Count("pk"),
        agreed=Count("pk", filter=agreed),
        held=Count("pk", filter=held),
        issued=Count("pk", filter=ISSUED),
        unreachable=Count("pk", filter=Q(status=MissionStatus.UNREACHABLE)),
        refused=Count("pk", filter=Q(status=MissionStatus.REFUSED)),
        cancelled=Count("pk", filter=Q(status=MissionStatus.CANCELLED)),
        to_plan=Count("pk", filter=Q(status=MissionStatus.TO_PLAN)),
    )
    labels = {
        "drawn": "Tirées",
        "agreed": "Rendez-vous pris",
        "held": "Relevé reçu",
        "issued": "Rapport émis",
    }
    stages: list[Stage] = []
    for code, label in labels.items():
        share = Fraction(counts[code], stages[-1].count) if stages and stages[-1].count else None
        stages.append(Stage(label, counts[code], share))
    return stages, counts


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: what it is about, its key for a link, its tallies."""

    key: str
    label: str
    tallies: list[Tally]


def by_department(user: User, chosen: Filters) -> list[Line]:
    """Return NS over concluded visits per department, the most visited first."""
    return _ns_by(user, chosen, "operation__department", str)[:15]


def by_family(user: User, chosen: Filters) -> list[Line]:
    """Return NS over concluded visits per fiche family."""
    return _ns_by(user, chosen, "family", str)


def _ns_by(user: User, chosen: Filters, name: str, label: Callable[[Any], str]) -> list[Line]:
    rows = (
        _missions(user, chosen)
        .filter(ISSUED, FIRST_ON_SITE, reported_on__range=(chosen.first, chosen.last))
        .values(name)
        .annotate(n=Count("pk"), ns=Count("pk", filter=Q(conclusion=Conclusion.NS)))
        .order_by("-n", name)
    )
    return [Line(str(row[name]), label(row[name]), [Tally(row["ns"], row["n"])]) for row in rows]


def by_agent(user: User, chosen: Filters) -> list[Line]:
    """Return per agent: visits over days worked, returns over reviews; two queries."""
    start = timezone.make_aware(dt.datetime.combine(chosen.first, dt.time()))
    end = timezone.make_aware(dt.datetime.combine(chosen.last + dt.timedelta(1), dt.time()))
    visits: dict[int, Tally] = {}
    held = _missions(user, chosen).filter(
        channel=Channel.SITE, visited_at__gte=start, visited_at__lt=end, agent__isnull=False
    )
    counted = held.values("agent").annotate(n=Count("pk"), days=Count(TruncDate("visited_at"), distinct=True))
    for row in counted:
        visits[row["agent"]] = Tally(row["n"], row["days"])
    returns: dict[int, Tally] = defaultdict(Tally)
    seen = Review.objects.filter(chosen.narrow("mission__"), at__gte=start, at__lt=end).order_by()
    sent_back = Count("pk", filter=Q(decision=ReviewDecision.SENT_BACK))
    for seen_row in seen.values("inspector").annotate(n=Count("pk"), back=sent_back):
        returns[seen_row["inspector"]] = Tally(seen_row["back"], seen_row["n"])
    names = Agent.objects.in_bulk(list(visits))
    lines = [Line(str(pk), str(names[pk]), [tally, returns[pk]]) for pk, tally in visits.items()]
    return sorted(lines, key=lambda line: (-line.tallies[0].part, line.label))
