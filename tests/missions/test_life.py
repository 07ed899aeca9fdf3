"""The life of a mission: every edge of the table, and no other, by any way."""

import copy
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TypeVar

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.models import Model
from django.db.models.base import ModelState
from django.utils import timezone

from lots.models import Operation
from missions.enums import HELD_STATUSES, MissionStatus, UnproductiveReason
from missions.models import Mission, UnproductiveVisit
from missions.services import record_unproductive_visit
from missions.services.moves import move
from missions.workflow import MISSION
from spekty.core import engine, outbox
from spekty.core.engine import NotAllowed, WrongState
from spekty.core.models import OutboxMessage, StateChange
from tests import factories

M = TypeVar("M", bound=Model)
MISSIONS = 300
THREADS = 8
EVERY_ROLE = factories.actor("planificateur", "siege", "intervenant", "qualite")
ILLEGAL = sorted(
    (a, b) for a, b in product(MISSION.states, repeat=2) if a != b and (a, b) not in MISSION.edges()
)


def fields_for(status: str) -> dict[str, object]:
    """Return what the constraints ask of a mission in `status`."""
    dated = {"visited_at": "2026-01-20T09:00Z"} if status in HELD_STATUSES else {}
    return {**dated, **({"reported_on": "2026-01-25"} if status == MissionStatus.REPORTED else {})}


@pytest.mark.django_db
@pytest.mark.parametrize("transition", MISSION.transitions, ids=lambda t: t.name)
def test_every_edge_moves_journals_and_promises(transition):
    for source in transition.sources:
        mission = factories.mission(status=source)
        after = move(mission.pk, transition.name, by=EVERY_ROLE, changes=fields_for(transition.target))
        assert (after.status, after.version) == (transition.target, 1)
        change = StateChange.objects.get(aggregate="missions.mission", aggregate_id=mission.pk)
        assert (change.from_state, change.to_state, change.source) == (source, transition.target, "web")
        assert OutboxMessage.objects.filter(topic="search.mission", aggregate_id=mission.pk).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("transition", MISSION.transitions, ids=lambda t: t.name)
def test_other_states_are_refused_and_nothing_is_written(transition):
    for source in set(MISSION.states) - set(transition.sources):
        mission = factories.mission(status=source)
        with pytest.raises(WrongState):
            move(mission.pk, transition.name, by=EVERY_ROLE)
        assert Mission.objects.get(pk=mission.pk).version == 0
    assert not StateChange.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("transition", [t for t in MISSION.transitions if t.roles], ids=lambda t: t.name)
def test_people_without_the_role_are_refused(transition):
    mission = factories.mission(status=transition.sources[0])
    with pytest.raises(NotAllowed):
        move(mission.pk, transition.name, by=factories.actor("paie-facturation"))


@pytest.mark.django_db
def test_the_database_refuses_every_illegal_change_by_orm_and_by_sql():
    missions = {status: factories.mission(status=status).pk for status in MISSION.states}
    for source, target in ILLEGAL:
        with pytest.raises(DatabaseError, match="illegal transition"), transaction.atomic():
            Mission.objects.filter(pk=missions[source]).update(status=target, **fields_for(target))
        with pytest.raises(DatabaseError, match="illegal transition"), transaction.atomic():
            connection.cursor().execute(
                "UPDATE missions_mission SET status = %s, visited_at = now(), reported_on = now() "
                "WHERE id = %s",
                [target, missions[source]],
            )


def in_threads(work: Callable[[], object]) -> None:
    """Run `work` in every thread at the same moment; fail if one of them does."""
    start = threading.Barrier(THREADS)

    def run() -> None:
        try:
            start.wait()
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        for future in [pool.submit(run) for _ in range(THREADS)]:
            future.result()


def race(mission_ids: list[int], transition: str, target: str) -> Counter[int]:
    """Let every thread try the transition on every mission; return how many winners each had."""
    wins: Counter[int] = Counter()

    def try_all() -> None:
        for pk in mission_ids:
            try:
                move(pk, transition, by=EVERY_ROLE, changes=fields_for(target))
            except WrongState:
                continue
            wins[pk] += 1

    in_threads(try_all)
    return wins


def missions_in(status: str, count: int = MISSIONS) -> list[int]:
    """Make missions that differ by their number and their operation only."""
    first = factories.mission(lot=factories.lot(size=count), status=status)
    names = [f"COURSE-{number}" for number in range(1, count)]
    sites = Operation.objects.bulk_create(other(first.operation, reference=name) for name in names)
    more = Mission.objects.bulk_create(
        other(first, number=name, operation=site) for name, site in zip(names, sites, strict=True)
    )
    return [first.pk, *(mission.pk for mission in more)]


def other(row: M, **fields: object) -> M:
    """Return an unsaved copy of a row with other values."""
    twin = copy.copy(row)
    twin.pk, twin._state = None, ModelState()
    for name, value in fields.items():
        setattr(twin, name, value)
    return twin


@pytest.fixture
def bell_unheard(monkeypatch):
    """Leave the broker alone: nobody listens, and the promise itself is a row."""
    monkeypatch.setattr(outbox, "ring", lambda topic: None)


# A second unproductive visit is a second fact: it has its own race, by key.
ONCE_ONLY = [t for t in MISSION.transitions if t.target not in t.sources]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("transition", ONCE_ONLY, ids=lambda t: t.name)
def test_eight_threads_one_winner(transition, bell_unheard):
    ids = missions_in(transition.sources[0])
    wins = race(ids, transition.name, transition.target)
    assert wins == Counter(dict.fromkeys(ids, 1))
    assert StateChange.objects.count() == MISSIONS


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_unproductive_visit_sent_eight_times_is_one(bell_unheard):
    agent = factories.agent()
    ids = missions_in("confirmed", 40)
    keys = {pk: uuid.uuid4() for pk in ids}

    def send(pk: int) -> None:
        record_unproductive_visit(
            mission_id=pk,
            agent=agent,
            at=timezone.now(),
            reason=UnproductiveReason.ABSENCE,
            by=EVERY_ROLE,
            key=keys[pk],
        )

    in_threads(lambda: [send(pk) for pk in ids])
    assert UnproductiveVisit.objects.count() == len(ids)
    assert StateChange.objects.count() == len(ids)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_several_win(bell_unheard, monkeypatch):
    """Negative control: the race above is real."""
    monkeypatch.setattr(engine, "lock_row", lambda model, pk: model.objects.get(pk=pk))
    ids = missions_in("to_plan", 100)
    wins = race(ids, "assign", "to_contact")
    assert max(wins.values()) > 1
