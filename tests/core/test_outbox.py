"""The outbox: nothing lost, nothing from a rolled-back transaction, each refusal kept in the row."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from spekty.core import outbox
from spekty.core.models import Circuit, OutboxMessage
from tests import factories

TOPIC = "test.topic"


@pytest.fixture(autouse=True)
def bells(settings, monkeypatch):
    """Hear the bells instead of publishing them."""
    heard: list[str] = []
    monkeypatch.setattr(outbox, "ring", heard.append)
    return heard


def wait_over() -> None:
    OutboxMessage.objects.update(next_at=timezone.now(), lease_until=None)
    Circuit.objects.all().delete()


@pytest.mark.django_db
def test_delivered_once_then_silent():
    client = factories.client()
    message = outbox.emit(TOPIC, client, {"a": 1})
    seen = []
    assert outbox.drain(TOPIC, handler=seen.append) == outbox.Drained(1, 0, 0)
    assert [(m.key, m.payload) for m in seen] == [(message.key, {"a": 1})]
    assert outbox.drain(TOPIC, handler=seen.append) == outbox.Drained(0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_promises_nothing(bells):
    client = factories.client()
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.emit(TOPIC, client)
        raise RuntimeError
    assert not OutboxMessage.objects.filter(topic=TOPIC).exists()
    assert bells == []


@pytest.mark.django_db(transaction=True)
def test_one_bell_per_transaction_even_after_a_savepoint_is_lost(bells):
    client = factories.client()
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            outbox.emit(TOPIC, client)
            raise RuntimeError
        outbox.emit(TOPIC, client)
        outbox.emit(TOPIC, client)
    assert bells == [TOPIC]


@pytest.mark.django_db
def test_a_fault_waits_in_the_row_and_ends_as_a_dead_letter():
    message = outbox.emit(TOPIC, factories.client())

    def fail(_message: OutboxMessage) -> None:
        raise ConnectionError("le serveur ne répond pas")

    for attempt in range(1, outbox.MAX_ATTEMPTS):
        assert outbox.drain(TOPIC, handler=fail) == outbox.Drained(0, 1, 0)
        message.refresh_from_db()
        assert (message.attempts, message.dead_at) == (attempt, None)
        assert message.next_at > timezone.now()
        wait_over()
    assert outbox.drain(TOPIC, handler=fail) == outbox.Drained(0, 0, 1)
    message.refresh_from_db()
    assert message.dead_at is not None
    assert "ne répond pas" in message.error
    outbox.replay(message.pk, by=factories.actor("admin"))
    assert outbox.drain(TOPIC, handler=lambda m: None) == outbox.Drained(1, 0, 0)


@pytest.mark.django_db
def test_a_refusal_is_dead_at_once_and_a_delay_is_honoured():
    refused, delayed = outbox.emit(TOPIC, factories.client()), outbox.emit(TOPIC, factories.client())

    def answer(message: OutboxMessage) -> None:
        if message.pk == refused.pk:
            raise outbox.Undeliverable("400")
        raise outbox.RetryLater("429", seconds=300)

    assert outbox.drain(TOPIC, handler=answer) == outbox.Drained(0, 1, 1)
    delayed.refresh_from_db()
    assert delayed.next_at > timezone.now() + dt.timedelta(seconds=290)


@pytest.mark.django_db
def test_messages_of_one_object_keep_their_order():
    client = factories.client()
    first, second = outbox.emit(TOPIC, client), outbox.emit(TOPIC, client)
    seen: list[int] = []

    def fail_first(message: OutboxMessage) -> None:
        seen.append(message.pk)
        if seen == [first.pk]:
            raise ConnectionError

    outbox.drain(TOPIC, handler=fail_first)
    assert seen == [first.pk], "the second waits for the first"
    wait_over()
    outbox.drain(TOPIC, handler=fail_first)
    assert seen == [first.pk, first.pk, second.pk]


@pytest.mark.django_db
def test_who_lost_the_lease_settles_nothing():
    message = outbox.emit(TOPIC, factories.client())

    def slow(held: OutboxMessage) -> None:
        OutboxMessage.objects.filter(pk=held.pk).update(lease_token=None)

    outbox.drain(TOPIC, handler=slow)
    message.refresh_from_db()
    assert message.delivered_at is None


@given(st.integers(min_value=1, max_value=40))
def test_backoff_is_jittered_and_bounded(attempt):
    ceiling = min(2.0**attempt, 900)
    assert ceiling / 2 <= outbox.backoff_seconds(attempt) <= ceiling
