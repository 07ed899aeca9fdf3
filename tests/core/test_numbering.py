"""Numbers without gap nor double, under threads and rollbacks."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from spekty.core.models import NumberSeries
from spekty.core.numbering import take_number

THREADS, TURNS = 8, 40


class Dropped(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_eight_threads_take_every_number_once():
    taken: list[int] = []

    def run(_thread: int) -> None:
        for turn in range(TURNS):
            try:
                with transaction.atomic():
                    number = take_number(code="FA", year=2026)
                    if turn % 5 == 0:
                        raise Dropped
                    taken.append(number)
            except Dropped:
                continue
        connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(run, range(THREADS)))
    kept = THREADS * TURNS * 4 // 5
    assert sorted(taken) == list(range(1, kept + 1))
    assert NumberSeries.objects.get(code="FA", year=2026).last == kept


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_is_a_programming_error():
    with pytest.raises(RuntimeError):
        take_number(code="FA", year=2026)
