"""The board of a day: a lane per agent, the missions to assign, what was told and what is a draft."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from django.db.models import Subquery, Value
from django.db.models.functions import Concat
from django.utils import timezone

from missions.models import Mission
from planning.enums import TourStatus
from planning.models import BoardMove, DayLock, Stop, Tour
from planning.selectors.people import absence_on, agents_on
from planning.selectors.share import FreelanceShare, freelance_share
from planning.selectors.waiting import Filters, WaitingList, waiting_list
from spekty.accounts.enums import Contract
from spekty.accounts.models import Absence, Agent
from spekty.core.french import NBSP, hour

CAPACITY = 7 * 60
"""Minutes of driving and visits that fill a day: our choice (design reference, board)."""
GRACE = dt.timedelta(minutes=15)
COLOURS = 12
"""Tours of a day have each their own, which only the agents decide: lanes that come back alone keep it."""
UNDO_STEPS = 20
AXIS_START, AXIS_HOURS, AXIS_WIDTH = Fraction(15, 2), 11, 600


DAY_LOCK = DayLock.objects.annotate(text=Concat("reason", Value(" ")))
"""Read with the agents: a query less; the space tells a lock without reason from no lock."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of the time line under a lane, in its own units."""

    x: str
    width: str
    is_visit: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A visit on a lane. `mark` is lock, new, chg, warn or ""."""

    stop: Stop
    mark: str
    why: str

    @property
    def mission(self) -> Mission:
        return self.stop.mission


@dataclass(frozen=True, slots=True)
class Warn:
    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Lane:
    """An agent's day."""

    agent: Agent
    day: dt.date
    colour: int
    is_dashed: bool
    """The second dozen has the same colours, its lines are dashed."""
    tour: Tour | None
    cards: list[Card]
    absence: Absence | None
    warnings: list[Warn]
    state: str
    """draft, changed, told, begun or "" (nothing on it, nothing told)."""
    day_is_locked: bool

    @property
    def key(self) -> str:
        return f"{self.agent.pk}:{self.day.isoformat()}"

    @property
    def dom_id(self) -> str:
        return f"lane-{self.agent.pk}"

    @property
    def version(self) -> int:
        return self.tour.version if self.tour else 0

    @property
    def minutes(self) -> int:
        drive = self.tour.drive_minutes if self.tour else 0
        return drive + sum(card.mission.minutes for card in self.cards)

    @property
    def metres(self) -> int:
        return int(self.tour.km * 1000) if self.tour else 0

    @property
    def load(self) -> Fraction:
        return Fraction(self.minutes, CAPACITY)

    @property
    def is_locked(self) -> bool:
        return bool(self.tour and self.tour.is_locked)

    @property
    def is_open(self) -> bool:
        """Whether missions may enter and leave."""
        return not (self.is_locked or self.day_is_locked or self.state == "begun" or self.absence)

    @property
    def is_working(self) -> bool:
        return self.day.weekday() in self.agent.workdays

    @property
    def columns(self) -> int:
        return max(6, len(self.cards))

    @property
    def bars(self) -> list[Bar]:
        return list(_bars(self.cards))


@dataclass(frozen=True)
class DayBoard:
    day: dt.date
    lanes: list[Lane]
    waiting: WaitingList
    is_locked: bool
    lock_reason: str = ""
    share: FreelanceShare | None = None
    undo: BoardMove | None = None
    undo_left: int = 0
    zones: list[str] = field(default_factory=list)

    @property
    def visits(self) -> int:
        return sum(len(lane.cards) for lane in self.lanes)

    @property
    def metres(self) -> int:
        return sum(lane.metres for lane in self.lanes)

    @property
    def at_work(self) -> int:
        return sum(1 for lane in self.lanes if lane.cards)

    @property
    def drafts(self) -> list[Lane]:
        return [lane for lane in self.lanes if lane.state in ("draft", "changed")]


def day_board(day: dt.date, *, filters: Filters, user_id: int) -> DayBoard:
    """Return all that the board of `day` shows; the number of queries doesn't depend on the visits."""
    agents = list(agents_on(day, day).annotate(day_lock=Subquery(DAY_LOCK.filter(day=day).values("text"))))
    lock = getattr(agents[0], "day_lock", None) if agents else None
    share = freelance_share(day.year) if any(a.contract == Contract.FREELANCE for a in agents) else None
    lanes = lanes_of(agents, day, is_locked=bool(lock), share=share)
    moves = [move for move in BoardMove.objects.filter(user_id=user_id)[:UNDO_STEPS] if not move.undone_at]
    return DayBoard(
        day=day,
        lanes=shown_lanes(lanes, filters),
        waiting=waiting_list(day, filters, agents),
        is_locked=bool(lock),
        lock_reason=(lock or "").strip(),
        share=share,
        undo=moves[0] if moves else None,
        undo_left=len(moves),
        zones=sorted({zone for agent in agents for zone in agent.departments}),
    )


def shown_lanes(lanes: list[Lane], filters: Filters) -> list[Lane]:
    """Keep the agents of the zones, those who have visits first, those away last."""
    kept = [
        lane
        for lane in lanes
        if not filters.zones or lane.cards or set(filters.zones) & set(lane.agent.departments)
    ]
    return sorted(kept, key=lambda lane: (not lane.cards, bool(lane.absence) or not lane.is_working))


def lanes_of(
    agents: Sequence[Agent], day: dt.date, *, is_locked: bool, share: FreelanceShare | None
) -> list[Lane]:
    """Return the lanes of these agents (of `agents_on`), in two queries."""
    tours = {tour.agent_id: tour for tour in Tour.objects.filter(day=day, agent__in=agents)}
    stops = defaultdict(list)
    related = ("mission__operation", "mission__lot__fiche")
    for stop in Stop.objects.filter(tour__in=tours.values()).select_related(*related).order_by("position"):
        stops[stop.tour_id].append(stop)
    return [
        _lane(agent, day, number, tours.get(agent.pk), stops, is_locked, share)
        for number, agent in enumerate(agents)
    ]


def _lane(
    agent: Agent,
    day: dt.date,
    number: int,
    tour: Tour | None,
    stops: dict[int, list[Stop]],
    is_locked: bool,
    share: FreelanceShare | None,
) -> Lane:
    mine = stops[tour.pk] if tour else []
    absence = absence_on(agent, day)
    cards = [_card(stop, tour, agent) for stop in mine]
    return Lane(
        agent=agent,
        day=day,
        colour=number % COLOURS + 1,
        is_dashed=number // COLOURS % 2 == 1,
        tour=tour,
        cards=cards,
        absence=absence,
        warnings=_warnings(agent, day, tour, cards, absence, share),
        state=_state(tour, mine),
        day_is_locked=is_locked,
    )


def _state(tour: Tour | None, stops: list[Stop]) -> str:
    if tour is None:
        return ""
    if tour.status in (TourStatus.STARTED, TourStatus.DONE):
        return "begun"
    if tour.status == TourStatus.PUBLISHED:
        return "told"
    if tour.published_at:
        return "changed"
    return "draft" if stops else ""


def _card(stop: Stop, tour: Tour | None, agent: Agent) -> Card:
    why = _late(stop) or _no_right(stop.mission, agent, tour)
    if why:
        return Card(stop, "warn", why)
    if stop.is_locked or (tour and tour.is_locked):
        return Card(stop, "lock", "verrouillée")
    if tour and tour.published_at and tour.status == TourStatus.DRAFT:
        was = {item["mission"]: item["arrives_at"] for item in tour.published}
        if stop.mission_id not in was:
            return Card(stop, "new", "ajoutée depuis la publication")
        if stop.arrives_at and was[stop.mission_id] != stop.arrives_at.isoformat():
            return Card(stop, "chg", "heure changée depuis la publication")
    return Card(stop, "", "")


def _late(stop: Stop) -> str:
    agreed = stop.mission.appointment_at
    if agreed is None or stop.arrives_at is None or not stop.mission.is_open:
        return ""
    late = stop.arrives_at - agreed
    if late <= GRACE:
        return ""
    return f"rendez-vous à {hour(timezone.localtime(agreed))}, arrivée {late.seconds // 60}{NBSP}min après"


def _no_right(mission: Mission, agent: Agent, tour: Tour | None) -> str:
    if tour is None or not mission.is_open:
        return ""
    if any(a.family == mission.family and a.covers(tour.day) for a in agent.authorisations.all()):
        return ""
    return f"pas d’habilitation {mission.family} ce jour-là"


def _warnings(
    agent: Agent,
    day: dt.date,
    tour: Tour | None,
    cards: list[Card],
    absence: Absence | None,
    share: FreelanceShare | None,
) -> list[Warn]:
    found = []
    if absence and cards:
        found.append(Warn("ko", f"{absence.reason} ce jour-là"))
    if tour and tour.ends_at and cards:
        end = timezone.make_aware(dt.datetime.combine(day, agent.day_end))
        over = int((tour.ends_at - end).total_seconds() // 60)
        if over > 0:
            found.append(Warn("ko", f"+{over}{NBSP}min"))
    if tour and tour.km > agent.max_km:
        found.append(Warn("ko", f"+{tour.km - agent.max_km:.0f}{NBSP}km"))
    if len(cards) > agent.max_stops:
        found.append(Warn("ko", f"{len(cards)} visites pour {agent.max_stops}"))
    if share and share.is_near and agent.contract == Contract.FREELANCE:
        found.append(Warn("act", f"{share.rate * 100:.0f}{NBSP}% non-salariés"))
    return found


def _bars(cards: Iterable[Card]) -> Iterable[Bar]:
    for card in cards:
        stop = card.stop
        if stop.arrives_at is None or stop.leaves_at is None:
            continue
        start, end = _x(stop.arrives_at), _x(stop.leaves_at)
        trip = Fraction(stop.travel_minutes, 60) * AXIS_WIDTH / AXIS_HOURS
        if trip > 2:
            yield Bar(f"{float(max(Fraction(0), start - trip)):.1f}", f"{float(trip - 1):.1f}", False)
        yield Bar(f"{float(start):.1f}", f"{float(end - start):.1f}", True)


def _x(moment: dt.datetime) -> Fraction:
    local = timezone.localtime(moment)
    hours = local.hour + Fraction(local.minute, 60) - AXIS_START
    return max(Fraction(0), hours) * AXIS_WIDTH / AXIS_HOURS


@dataclass(frozen=True, slots=True)
class Change:
    """What publishing a draft would tell its agent: numbers of the missions that come, go, or change hour."""

    lane: Lane
    come: list[str]
    go: list[str]
    shifted: list[str]

    @property
    def is_reordered(self) -> bool:
        return not (self.come or self.go or self.shifted)


def changes_of(lanes: Sequence[Lane]) -> list[Change]:
    """Compare drafts with what was told, in one query."""
    told = {lane.agent.pk: lane.tour.published if lane.tour else [] for lane in lanes}
    ids = [stop["mission"] for stops in told.values() for stop in stops]
    numbers = dict(Mission.objects.filter(pk__in=ids).values_list("pk", "number"))
    found = []
    for lane in lanes:
        was = {stop["mission"] for stop in told[lane.agent.pk]}
        now = {card.mission.pk for card in lane.cards}
        found.append(
            Change(
                lane,
                [card.mission.number for card in lane.cards if card.mission.pk not in was],
                [numbers[mission] for mission in sorted(was - now) if mission in numbers],
                [card.mission.number for card in lane.cards if card.mark == "chg"],
            )
        )
    return found
