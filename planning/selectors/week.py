"""The week: load of each agent and day, what is to assign, capacity against load, the weeks to come."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncWeek

from missions.enums import HELD_STATUSES
from missions.models import Mission
from planning.models import Stop, Tour
from planning.rules.forecast import WEEK, WeekForecast, forecast
from planning.selectors.board import CAPACITY
from planning.selectors.people import absence_on, agents_on
from planning.selectors.waiting import to_assign
from spekty.accounts.models import Agent
from spekty.core.enums import Channel

DRIVE = 45
"""Minutes of driving for a visit that is on no tour yet, while no tour says better: our choice."""
AHEAD = 4
HORIZON = 8
PAST = 6
TIGHT = Fraction(85, 100)


@dataclass(frozen=True, slots=True)
class Cell:
    """An agent's day. `tone` is the class of the heat table: q0 to q2, over, free or off."""

    day: dt.date
    visits: int
    minutes: int
    metres: int
    tone: str
    note: str = ""

    @property
    def rate(self) -> Fraction:
        return Fraction(self.minutes, CAPACITY)


@dataclass(frozen=True, slots=True)
class Row:
    agent: Agent
    cells: list[Cell]
    available: int
    """Minutes that the agent can work this week."""

    @property
    def minutes(self) -> int:
        return sum(cell.minutes for cell in self.cells)

    @property
    def rate(self) -> Fraction:
        return Fraction(self.minutes, self.available) if self.available else Fraction(0)


@dataclass(frozen=True, slots=True)
class ZoneRow:
    """A department: missions to assign by week, then capacity against load this week, in minutes."""

    code: str
    weeks: list[int]
    load: int
    capacity: int

    @property
    def total(self) -> int:
        return sum(self.weeks)

    @property
    def tone(self) -> str:
        if self.load > self.capacity:
            return "ko"
        return "act" if self.load > self.capacity * TIGHT else "ok"

    @property
    def heat(self) -> list[tuple[int, str]]:
        return [(count, f"q{min(4, 1 + count // 3)}" if count else "q0") for count in self.weeks]


@dataclass(frozen=True)
class WeekBoard:
    monday: dt.date
    days: list[dt.date]
    rows: list[Row]
    zones: list[ZoneRow]
    weeks: list[dt.date]
    forecast: list[WeekForecast]
    past: list[tuple[dt.date, int]]
    capacity: int
    """Minutes that all agents can work this week."""
    drafts: list[dt.date]

    @property
    def visits(self) -> int:
        return sum(cell.visits for row in self.rows for cell in row.cells)

    @property
    def waiting(self) -> int:
        return sum(zone.total for zone in self.zones)

    @property
    def minutes(self) -> int:
        return sum(row.minutes for row in self.rows)

    @property
    def totals(self) -> list[int]:
        return [sum(zone.weeks[n] for zone in self.zones) for n in range(AHEAD)]

    @property
    def peak(self) -> WeekForecast | None:
        """Return the first week to come that is above the capacity."""
        return next((week for week in self.forecast if week.minutes > self.capacity), None)


def week_board(monday: dt.date) -> WeekBoard:
    """Return all that the week shows; the number of queries doesn't depend on its size."""
    sunday = monday + dt.timedelta(6)
    agents = list(agents_on(monday, sunday))
    worked = {day for agent in agents for day in agent.workdays} | set(range(5))
    days = [monday + dt.timedelta(n) for n in range(7) if n in worked]
    tours = list(
        Tour.objects.filter(day__range=(monday, sunday), agent__in=agents).annotate(
            visits=Count("stops"), on_site=Sum("stops__mission__minutes")
        )
    )
    rows = [_row(agent, days, {(t.agent_id, t.day): t for t in tours}) for agent in agents]
    drive = _drive_per_visit(tours)
    zones = _zones(monday, rows, drive)
    history = _history(monday, drive)
    return WeekBoard(
        monday=monday,
        days=days,
        rows=rows,
        zones=zones,
        weeks=[monday + n * WEEK for n in range(AHEAD)],
        forecast=forecast(_known(monday, drive), history, monday),
        past=sorted(item for item in history.items() if item[0] >= monday - PAST * WEEK),
        capacity=sum(row.available for row in rows),
        drafts=sorted({tour.day for tour in tours if tour.status == "draft" and _count(tour)}),
    )


def _count(tour: Tour) -> int:
    count: int = getattr(tour, "visits", 0)
    return count


def _row(agent: Agent, days: Sequence[dt.date], tours: dict[tuple[int, dt.date], Tour]) -> Row:
    cells = [_cell(agent, day, tours.get((agent.pk, day))) for day in days]
    free = [day for day in days if day.weekday() in agent.workdays and not absence_on(agent, day)]
    return Row(agent, cells, len(free) * CAPACITY)


def _cell(agent: Agent, day: dt.date, tour: Tour | None) -> Cell:
    visits = _count(tour) if tour else 0
    absence = absence_on(agent, day)
    if not visits:
        if absence:
            return Cell(day, 0, 0, 0, "off", absence.reason)
        if day.weekday() not in agent.workdays:
            return Cell(day, 0, 0, 0, "off", "Non travaillé")
        return Cell(day, 0, 0, 0, "free", "Libre")
    assert tour is not None
    minutes = tour.drive_minutes + (getattr(tour, "on_site", 0) or 0)
    rate = Fraction(minutes, CAPACITY)
    tone = (
        "over"
        if rate > 1 or absence
        else "q2"
        if rate >= Fraction(8, 10)
        else "q1"
        if rate >= Fraction(6, 10)
        else "q0"
    )
    return Cell(day, visits, minutes, int(tour.km * 1000), tone, absence.reason if absence else "")


def _drive_per_visit(tours: Sequence[Tour]) -> int:
    visits = sum(_count(tour) for tour in tours)
    return round(sum(tour.drive_minutes for tour in tours) / visits) if visits else DRIVE


def _zones(monday: dt.date, rows: Sequence[Row], drive: int) -> list[ZoneRow]:
    """Return the departments with something to assign or on tours, the busiest first: two queries."""
    waiting: dict[str, list[int]] = defaultdict(lambda: [0] * AHEAD)
    load: dict[str, int] = defaultdict(int)
    for code, due, minutes in to_assign().values_list("operation__department", "due_on", "minutes"):
        week = _week_of(due, monday)
        waiting[code][min(week, AHEAD - 1)] += 1
        if week == 0:
            load[code] += minutes + drive
    on_tours = Stop.objects.filter(tour__day__range=(monday, monday + dt.timedelta(6)))
    for code, count, minutes in (
        on_tours.values("mission__operation__department")
        .annotate(count=Count("pk"), minutes=Sum("mission__minutes"))
        .values_list("mission__operation__department", "count", "minutes")
    ):
        load[code] += minutes + count * drive
    capacity: dict[str, int] = defaultdict(int)
    for row in rows:
        for code in row.agent.departments:
            capacity[code] += row.available // len(row.agent.departments)
    return [
        ZoneRow(code, waiting[code], load[code], capacity[code])
        for code in sorted(set(waiting) | set(load))
        if code
    ]


def _week_of(due: dt.date | None, monday: dt.date) -> int:
    """Return how many weeks away a due date is; late: this week; no date: the last."""
    return AHEAD - 1 if due is None else max(0, (due - monday).days // 7)


def _known(monday: dt.date, drive: int) -> list[int]:
    """Return the minutes that each of the eight weeks holds: visits on tours, then those due that week."""
    found = [0] * HORIZON
    end = monday + HORIZON * WEEK
    planned = Stop.objects.filter(tour__day__gte=monday, tour__day__lt=end)
    for day, minutes in planned.values_list("tour__day", "mission__minutes"):
        found[(day - monday).days // 7] += minutes + drive
    for due, minutes in to_assign().values_list("due_on", "minutes"):
        week = AHEAD - 1 if due is None else max(0, (due - monday).days // 7)
        if week < HORIZON:
            found[week] += minutes + drive
    return found


def _history(monday: dt.date, drive: int) -> dict[dt.date, int]:
    """Return the minutes of visits held each past week, over two years and a bit, one query."""
    held = Mission.objects.filter(
        Q(visited_at__date__lt=monday) & Q(visited_at__date__gte=monday - 110 * WEEK),
        channel=Channel.SITE,
        status__in=HELD_STATUSES,
    )
    weeks = held.annotate(week=TruncWeek("visited_at")).values("week")
    rows = weeks.annotate(count=Count("pk"), minutes=Sum("minutes")).order_by("week")
    return {row["week"].date(): row["minutes"] + row["count"] * drive for row in rows}
