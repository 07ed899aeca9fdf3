"""What an agent's phone shows: the day, the week, a mission and its past, own readings."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from field.models import DailyKm, Photo, Reading, ReadingDefinition
from field.rules.sheet import Column, Value, cells_of, columns_of
from lots.models import Lot
from missions.enums import OPEN_STATUSES, MissionStatus
from missions.models import Mission, UnproductiveVisit
from planning.models import Tour
from planning.selectors.told import Told, told_stops
from spekty.accounts.models import Agent
from spekty.core.engine import label_of
from spekty.core.enums import Channel
from spekty.core.models import StateChange

PRECACHED_DAYS = 3
READINGS_SHOWN = 60
# Another visit than the one that counts.
NO_EVIDENCE = ("disputed", "set_aside")
TOLD_FOR = dt.timedelta(60)


@dataclass(frozen=True, slots=True)
class Passage:
    """A mission at its place in a day. `state` is todo, done or unproductive."""

    mission: Mission
    at: dt.datetime | None
    state: str
    note: str

    @property
    def look(self) -> str:
        return "unproductive" if self.state == "unproductive" else self.mission.status


@dataclass(frozen=True, slots=True)
class DayPlan:
    """An agent's day: the next stop, the others, those behind, and what has no hour."""

    day: dt.date
    tour: Tour | None
    km_declared: Decimal | None
    next: Passage | None
    later: list[Passage]
    past: list[Passage]
    contacts: list[Mission]
    to_complete: list[Mission]

    @property
    def left(self) -> int:
        return len(self.later) + bool(self.next)

    @property
    def visits(self) -> int:
        return self.left + len(self.past)

    @property
    def missions(self) -> list[Mission]:
        ahead = ([self.next] if self.next else []) + self.later
        return [passage.mission for passage in ahead] + self.contacts + self.to_complete


def told_lately(agent: Agent) -> dict[int, Told]:
    """Return the visits that the agent was told of for two months and to come, read once a request."""
    book: dict[int, Told] | None = agent.__dict__.get("told_lately")
    if book is None:
        book = agent.__dict__["told_lately"] = told_stops(agent, timezone.localdate() - TOLD_FOR)
    return book


def missions_of(agent: Agent, told_of: Mapping[int, Told] | None = None) -> QuerySet[Mission]:
    """Return the agent's missions that they were told of: published tour, appointment, contact, visit."""
    told = (
        Q(pk__in=told_lately(agent) if told_of is None else told_of)
        | Q(appointment_at__isnull=False)
        | Q(visited_at__isnull=False)
        | Q(channel=Channel.CONTACT)
        | Q(Exists(UnproductiveVisit.objects.filter(mission=OuterRef("pk"), agent=agent)))
    )
    related = ("operation", "lot__fiche", "lot__client")
    return Mission.objects.filter(told, agent=agent).select_related(*related)


def missions_once_of(agent: Agent) -> QuerySet[Mission]:
    """Return the missions that are or were the agent's: what a phone without signal may still report on."""
    events = apps.get_model("missions", "MissionEvent")
    was = events._default_manager.filter(pgh_obj_id=OuterRef("pk"), agent_id=agent.pk)
    return Mission.objects.filter(Q(agent=agent) | Q(Exists(was)))


def _bounds(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    return start, timezone.make_aware(dt.datetime.combine(day + dt.timedelta(1), dt.time()))


def _of_days(agent: Agent, first: dt.date, last: dt.date, told: Mapping[int, Told]) -> QuerySet[Mission]:
    start, end = _bounds(first)[0], _bounds(last)[1]
    on_tour = Q(pk__in=[mission for mission, stop in told.items() if first <= stop.day <= last])
    agreed = Q(appointment_at__gte=start, appointment_at__lt=end)
    held = Q(visited_at__gte=start, visited_at__lt=end)
    return missions_of(agent, told).filter(on_tour | agreed | held)


def _hour(mission: Mission, told: Mapping[int, Told]) -> dt.datetime | None:
    stop = told.get(mission.pk)
    return mission.visited_at or mission.appointment_at or (stop.arrives_at if stop else None)


def _in_order(passages: Iterable[Passage], told: Mapping[int, Told]) -> list[Passage]:
    late = dt.datetime.max.replace(tzinfo=dt.UTC)

    def place(passage: Passage) -> tuple[bool, dt.datetime, int]:
        stop = told.get(passage.mission.pk)
        return passage.at is None, passage.at or late, stop.rank if stop else 0

    return sorted(passages, key=place)


def _passages(agent: Agent, day: dt.date, told: Mapping[int, Told]) -> list[Passage]:
    start, end = _bounds(day)
    empty = UnproductiveVisit.objects.filter(agent=agent, at__gte=start, at__lt=end)
    vain = list(empty.select_related("mission__operation", "mission__lot__fiche"))
    gone = {visit.mission_id for visit in vain}
    found = [
        Passage(visit.mission, visit.at, "unproductive", visit.get_reason_display().lower()) for visit in vain
    ]
    for mission in _of_days(agent, day, day, told):
        if mission.pk in gone and mission.status == MissionStatus.TO_CONTACT:
            continue
        state = "todo" if mission.is_open else "done"
        found.append(Passage(mission, _hour(mission, told), state, ""))
    return _in_order(found, told)


def day_plan(agent: Agent, day: dt.date) -> DayPlan:
    """Return the agent's day, in the order of the tour."""
    is_old = day < timezone.localdate() - TOLD_FOR
    told = told_stops(agent, day, day) if is_old else told_lately(agent)
    passages = _passages(agent, day, told)
    todo = [p for p in passages if p.state == "todo"]
    todo.sort(key=lambda p: p.mission.status != MissionStatus.IN_PROGRESS)
    shown = {p.mission.pk for p in passages}
    waiting = missions_of(agent, told).order_by("due_on", "id")
    calls = waiting.exclude(pk__in=shown).filter(channel=Channel.CONTACT, status__in=OPEN_STATUSES)
    declared = DailyKm.objects.filter(agent=agent, day=day).values_list("km", flat=True).first()
    return DayPlan(
        day=day,
        tour=next((stop.tour for stop in told.values() if stop.day == day), None),
        km_declared=declared,
        next=todo[0] if todo else None,
        later=todo[1:],
        past=[p for p in passages if p.state != "todo" and p.mission.status != MissionStatus.TO_COMPLETE],
        contacts=list(calls[:50]),
        to_complete=list(waiting.filter(status=MissionStatus.TO_COMPLETE)[:20]),
    )


@dataclass(frozen=True, slots=True)
class WeekDay:
    day: dt.date
    passages: list[Passage]


def week_plan(agent: Agent, monday: dt.date) -> list[WeekDay]:
    """Return the agent's seven days from `monday`."""
    sunday = monday + dt.timedelta(6)
    days: dict[dt.date, list[Passage]] = {monday + dt.timedelta(n): [] for n in range(7)}
    told = told_stops(agent, monday, sunday)
    for mission in _of_days(agent, monday, sunday, told):
        at, stop = _hour(mission, told), told.get(mission.pk)
        day = timezone.localdate(at) if at else stop.day if stop else None
        if day in days:
            state = "todo" if mission.is_open else "done"
            days[day].append(Passage(mission, at, state, ""))
    return [WeekDay(day, _in_order(found, told)) for day, found in days.items()]


def precached(agent: Agent, today: dt.date) -> list[Mission]:
    """Return the missions that a phone keeps for when there is no signal: today and two more days."""
    told = told_lately(agent)
    ahead = _of_days(agent, today, today + dt.timedelta(PRECACHED_DAYS - 1), told)
    open_or_back = [*OPEN_STATUSES, MissionStatus.TO_COMPLETE]
    calls = missions_of(agent, told).filter(Q(channel=Channel.CONTACT) | Q(status=MissionStatus.TO_COMPLETE))
    wanted = (ahead | calls).filter(status__in=open_or_back).distinct()
    return list(wanted.order_by("appointment_at", "id")[:60])


@dataclass(frozen=True, slots=True)
class Past:
    """One thing that happened on a mission before: when, which icon, in words."""

    at: dt.datetime
    icon: str
    text: str


def past_of(mission: Mission) -> list[Past]:
    """Return former visits, tries and reports of the mission, the latest first."""
    found = [
        Past(v.at, "door-closed", f"Visite improductive : {v.get_reason_display().lower()}. {v.note}".strip())
        for v in mission.unproductive.all()
    ]
    found += [
        Past(
            a.at,
            "telephone",
            f"{a.get_outcome_display()} ({a.get_means_display().lower()}). {a.note}".strip(),
        )
        for a in mission.attempts.all()[:10]
    ]
    found += [
        Past(r.finished_at, "clipboard-check", f"Relevé de {r.agent.short_name}")
        for r in mission.readings.select_related("agent")
    ]
    first = mission.reinspection_of
    if first is not None and first.visited_at:
        word = first.get_conclusion_display().lower() or "sans conclusion"
        found.append(Past(first.visited_at, "arrow-repeat", f"Première visite {first.number} : {word}."))
    return sorted(found, key=lambda past: past.at, reverse=True)


def current_reading(mission: Mission) -> Reading | None:
    """Return the mission's reading in force."""
    return mission.readings.filter(state="current").select_related("definition", "agent").first()


def sent_back_reason(mission: Mission) -> str:
    """Return what the reviewer asks to complete, "" when nothing is asked."""
    if mission.status != MissionStatus.TO_COMPLETE:
        return ""
    asked = StateChange.objects.filter(
        aggregate=label_of(Mission), aggregate_id=mission.pk, transition="send_back"
    )
    return asked.values_list("reason", flat=True).first() or ""


def photos_of(mission: Mission) -> QuerySet[Photo]:
    """Return the mission's photos: those of the reading in force and of those it completes."""
    kept = Photo.objects.filter(reading__mission=mission).exclude(reading__state__in=NO_EVIDENCE)
    return kept.select_related("file", "reading")


def readings_of(agent: Agent) -> QuerySet[Reading]:
    """Return the agent's latest readings."""
    return (
        Reading.objects.filter(agent=agent)
        .exclude(state="superseded")
        .select_related("mission__operation", "mission__lot__fiche")[:READINGS_SHOWN]
    )


def month_tally(agent: Agent, month: dt.date) -> dict[str, int]:
    """Return what the agent did in `month`: site and contact readings, unproductive visits."""
    start = _bounds(month.replace(day=1))[0]
    end = _bounds((month.replace(day=28) + dt.timedelta(4)).replace(day=1))[0]
    mine = Mission.objects.filter(agent=agent, visited_at__gte=start, visited_at__lt=end)
    channels = Counter(mine.values_list("channel", flat=True))
    empty = UnproductiveVisit.objects.filter(agent=agent, at__gte=start, at__lt=end).count()
    return {"site": channels[Channel.SITE], "contact": channels[Channel.CONTACT], "unproductive": empty}


@dataclass(frozen=True, slots=True)
class LotReadings:
    """Readings behind the issued reports of a lot's first inspections, as columns.

    `forms` is channel -> its questionnaires, `found` is (operation, channel) -> (questionnaire, answers).
    """

    forms: dict[str, list[Mapping[str, Any]]]
    columns: dict[str, list[Column]]
    found: dict[tuple[int, str], tuple[Mapping[str, Any], Mapping[str, Any]]]

    def labels(self, channel: str) -> list[str]:
        """Return the titles of the columns of a channel."""
        return [column.label for column in self.columns[channel]]

    def cells(self, operation: int, channel: str, known: Mapping[str, Decimal | None]) -> list[Value]:
        """Return what was read of an operation, in the columns' order; `known` fills what has no reading."""
        columns = self.columns[channel]
        content, answers = self.found.get((operation, channel), (None, {}))
        content = content or next(iter(self.forms[channel]), None)
        given = {code: str(value) for code, value in known.items() if value is not None}
        return cells_of(columns, content, {**given, **answers}) if content else [None] * len(columns)


def readings_of_lot(lot: Lot, day: dt.date) -> LotReadings:
    """Return the readings of a lot's synthesis: two queries whatever their number.

    Where nothing was read by one, the questionnaire in force on `day` still names the columns.
    """
    rows = Reading.objects.filter(
        mission__lot=lot,
        mission__reinspection_of__isnull=True,
        mission__status=MissionStatus.REPORTED,
        state="current",
        definition__isnull=False,
    ).values_list("mission__operation_id", "mission__channel", "definition_id", "answers")
    listed = list(rows)
    codes = [lot.fiche.code, lot.fiche.family, "CONTACT"]
    wanted = Q(pk__in={definition for _, _, definition, _ in listed}) | Q(code__in=codes, valid_from__lte=day)
    known = {row.pk: row for row in ReadingDefinition.objects.filter(wanted).order_by("-version", "pk")}
    used = {channel: {pk for _, where, pk, _ in listed if where == channel} for channel in Channel.values}
    forms = {
        Channel.SITE.value: _contents(known, used[Channel.SITE], [lot.fiche.code, lot.fiche.family]),
        Channel.CONTACT.value: _contents(known, used[Channel.CONTACT], ["CONTACT"]),
    }
    return LotReadings(
        forms,
        {channel: columns_of(contents) for channel, contents in forms.items()},
        {(op, where): (known[pk].content, answers) for op, where, pk, answers in listed},
    )


def _contents(
    known: Mapping[int, ReadingDefinition], used: set[int], codes: list[str]
) -> list[Mapping[str, Any]]:
    """Return the questionnaires used, the newest first; none used: the one in force for the first code."""
    if used:
        return [row.content for pk, row in known.items() if pk in used]
    in_force = (row for code in codes for row in known.values() if row.code == code)
    first = next(in_force, None)
    return [first.content] if first else []
