"""Counters kept a few seconds: dropped by the person's own writes, and never needed."""

import pytest
from redis.exceptions import ConnectionError as RedisDown

from spekty.accounts.backends import HouseBackend
from spekty.core import memo
from spekty.core.memo import forget, remembered
from spekty.core.models import Parameter
from spekty.core.parameters import kept_parameters
from spekty.core.reference import forget_kept, form_of, save_row, table
from tests import factories
from tests.reference import load_parameters


@pytest.fixture
def calls(redis_server):
    forget("memo:test")
    return iter(range(10))


def test_kept_then_forgotten(calls):
    assert [remembered("memo:test", 60, lambda: next(calls)) for _ in range(3)] == [0, 0, 0]
    forget("memo:test")
    assert remembered("memo:test", 60, lambda: next(calls)) == 1


def test_zero_seconds_keeps_nothing(calls):
    assert [remembered("memo:test", 0, lambda: next(calls)) for _ in range(2)] == [0, 1]


def test_nothing_is_a_value(calls):
    seen = []
    for _ in range(2):
        remembered("memo:test", 60, lambda: seen.append(1))
    assert seen == [1]


def test_a_cache_that_is_away_changes_nothing(monkeypatch, calls):
    def away(*_args: object, **_kwargs: object) -> None:
        raise RedisDown("away")

    monkeypatch.setattr(memo.cache, "get", away)
    monkeypatch.setattr(memo.cache, "set", away)
    monkeypatch.setattr(memo.cache, "delete", away)
    assert remembered("memo:test", 60, lambda: next(calls)) == 0
    forget("memo:test")


@pytest.mark.django_db
def test_the_person_and_their_roles_are_one_query(django_assert_num_queries):
    person = factories.user("siege", "qualite")
    with django_assert_num_queries(1):
        found = HouseBackend().get_user(person.pk)
        assert found is not None
        assert found.roles == {"siege", "qualite"}
    assert HouseBackend().get_user(factories.user().pk).roles == frozenset()


@pytest.mark.django_db
def test_a_closed_account_is_out_at_the_next_request():
    person = factories.user("siege", is_active=False)
    assert HouseBackend().get_user(person.pk) is None


@pytest.mark.django_db(transaction=True)
def test_a_setting_that_is_changed_is_read_at_once(settings, calls):
    settings.LIST_MEMORY = 600
    forget_kept()
    load_parameters()
    assert kept_parameters()["delay-report"] == 5
    row = Parameter.objects.get(code="delay-report")
    form = form_of(table("delais"), is_new=False)({"value": "9", "label": row.label}, instance=row)
    assert form.is_valid(), form.errors
    save_row(form=form, by=factories.actor("admin"))
    assert kept_parameters()["delay-report"] == 9
    forget_kept()
