"""Fuses, batches, leases and dead letters of the outbox."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from spekty.core import circuits, outbox
from spekty.core.actors import Actor
from spekty.core.enums import Source
from spekty.core.models import Circuit, OutboxMessage, Parameter, StateChange

pytestmark = pytest.mark.django_db

TOPIC = "test.thing"
ADMIN = Actor(user_id=7, name="Nadia", roles=frozenset({"admin"}), source=Source.WEB)


@pytest.fixture(autouse=True)
def bells(settings, monkeypatch):
    rung = []
    monkeypatch.setattr(outbox, "ring", rung.append)
    return rung


@pytest.fixture
def rows():
    return [
        Parameter.objects.create(code=f"p-{number}", label=str(number), value=number) for number in range(8)
    ]


def due_now():
    OutboxMessage.objects.update(next_at=timezone.now())


def test_a_lease_that_expired_gives_the_message_back(rows):
    message = outbox.emit(TOPIC, rows[0])
    OutboxMessage.objects.update(
        lease_token="6f1e4f9a-0000-4000-8000-000000000000",
        lease_until=timezone.now() - dt.timedelta(seconds=1),
        attempts=1,
    )
    assert outbox.drain(TOPIC, handler=lambda m: None).delivered == 1
    message.refresh_from_db()
    assert message.attempts == 2 and message.lease_token is None


def test_a_refusal_is_dead_at_once_and_does_not_blow_the_fuse(rows):
    for row in rows:
        outbox.emit(TOPIC, row)

    def refuse(message):
        raise outbox.Undeliverable("Refusé par la GED.")

    assert outbox.drain(TOPIC, handler=refuse).dead == len(rows)
    assert not Circuit.objects.filter(opened_at__isnull=False).exists()


def test_the_fuse_opens_after_five_failures_and_spares_the_rest(rows):
    for row in rows:
        outbox.emit(TOPIC, row)
    tried = []

    def fail(message):
        tried.append(message.pk)
        raise OSError("down")

    outbox.drain(TOPIC, handler=fail)
    assert len(tried) == circuits.FAILURES_TO_OPEN
    untouched = OutboxMessage.objects.exclude(pk__in=tried)
    assert set(untouched.values_list("attempts", "lease_token")) == {(0, None)}
    assert outbox.drain(TOPIC, handler=fail).total == 0


def test_the_fuse_probes_with_one_message_then_closes(rows):
    for row in rows:
        outbox.emit(TOPIC, row)
    Circuit.objects.create(
        connector="test",
        failures=5,
        opened_at=timezone.now(),
        probe_at=timezone.now() - dt.timedelta(seconds=1),
    )
    seen = []
    result = outbox.drain(TOPIC, handler=lambda m: seen.append(m.pk))
    assert result.delivered == len(rows)
    circuit = Circuit.objects.get()
    assert circuit.opened_at is None and circuit.failures == 0


def test_a_failed_probe_keeps_the_fuse_open_for_thirty_seconds(rows):
    for row in rows:
        outbox.emit(TOPIC, row)
    Circuit.objects.create(
        connector="test",
        failures=5,
        opened_at=timezone.now(),
        probe_at=timezone.now() - dt.timedelta(seconds=1),
    )
    tried = []

    def fail(message):
        tried.append(message.pk)
        raise OSError("still down")

    outbox.drain(TOPIC, handler=fail)
    outbox.drain(TOPIC, handler=fail)
    assert len(tried) == 1
    assert Circuit.objects.get().probe_at > timezone.now() + dt.timedelta(seconds=25)


def test_another_connector_is_not_touched_by_an_open_fuse(rows):
    Circuit.objects.create(
        connector="test",
        failures=5,
        opened_at=timezone.now(),
        probe_at=timezone.now() + dt.timedelta(hours=1),
    )
    outbox.emit("other.thing", rows[0])
    assert outbox.drain("other.thing", handler=lambda m: None).delivered == 1


def test_a_batch_isolates_the_message_that_is_refused(rows):
    for row in rows:
        outbox.emit(TOPIC, row)
    sizes = []

    @outbox.batched(size=100)
    def push(messages):
        sizes.append(len(messages))
        if any(m.aggregate_id == rows[5].pk for m in messages):
            raise outbox.Undeliverable("document refusé")

    result = outbox.drain(TOPIC, handler=push)
    assert (result.delivered, result.dead) == (len(rows) - 1, 1)
    assert sizes[0] == len(rows)
    assert OutboxMessage.objects.dead().get().aggregate_id == rows[5].pk


def test_a_batch_that_meets_a_dead_server_is_tried_once(rows):
    for row in rows:
        outbox.emit(TOPIC, row)
    calls = []

    @outbox.batched(size=100)
    def push(messages):
        calls.append(len(messages))
        raise OSError("down")

    assert outbox.drain(TOPIC, handler=push).failed == len(rows)
    assert calls == [len(rows)]


def test_no_transaction_is_open_while_the_handler_calls_out(rows, transactional_db):
    outbox.emit(TOPIC, rows[0])
    open_ones = []
    outbox.drain(TOPIC, handler=lambda m: open_ones.append(connection.in_atomic_block))
    assert open_ones == [False]


def test_replaying_a_dead_letter_resets_it_and_names_who_did(rows):
    message = outbox.emit(TOPIC, rows[0])
    outbox.drain(TOPIC, handler=lambda m: (_ for _ in ()).throw(outbox.Undeliverable("non")))
    outbox.replay(message.pk, by=ADMIN)
    message.refresh_from_db()
    assert message.dead_at is None and message.attempts == 0
    assert StateChange.objects.get(aggregate="core.outboxmessage").actor_name == "Nadia"
    assert outbox.drain(TOPIC, handler=lambda m: None).delivered == 1


def test_a_dismissed_dead_letter_is_neither_waiting_nor_dead(rows):
    message = outbox.emit(TOPIC, rows[0])
    outbox.drain(TOPIC, handler=lambda m: (_ for _ in ()).throw(outbox.Undeliverable("non")))
    outbox.dismiss(message.pk, by=ADMIN)
    assert not OutboxMessage.objects.dead().exists()
    assert not OutboxMessage.objects.waiting().exists()
    with pytest.raises(OutboxMessage.DoesNotExist):
        outbox.replay(message.pk, by=ADMIN)


def test_a_connector_switched_off_takes_and_forgets(rows, settings):
    settings.MEILI_URL = ""
    outbox.emit("search.mission", rows[0])
    assert outbox.drain("search.mission").delivered == 1
