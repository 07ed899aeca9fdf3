"""Numbers and drafts under threads: no gap, no double, in order."""

import datetime as dt
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from billing.models import Invoice, InvoiceLine
from billing.services import NothingToInvoice, issue_invoice, issuing, prepare_lot_invoice
from spekty.core.engine import TransitionRefused, WrongState
from tests.billing.scenes import BILLER, TODAY, customer, drawn_lot, missions

THREADS, INVOICES = 8, 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("reference_data"),
]


def in_threads(work: Callable[[int], None]) -> None:
    def run(thread: int) -> None:
        try:
            work(thread)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        for future in [pool.submit(run, thread) for thread in range(THREADS)]:
            future.result()


def drafts(count: int) -> list[int]:
    clients = [customer() for _ in range(4)]
    made = []
    for rank in range(count):
        lot = drawn_lot(clients[rank % 4])
        missions(lot, 1)
        made.append(prepare_lot_invoice(lot_id=lot.pk, by=BILLER).pk)
    return made


def test_eight_threads_issue_sixty_invoices_numbered_in_order():
    waiting = drafts(INVOICES)
    days = itertools.count()

    def issue_all(thread: int) -> None:
        """Every thread tries every draft, from its own end; dates only go forward."""
        for pk in waiting[thread:] + waiting[:thread]:
            try:
                day = TODAY + dt.timedelta(next(days) // 40)
                issue_invoice(invoice_id=pk, on=day, by=BILLER, today=TODAY + dt.timedelta(60))
            except TransitionRefused:
                continue

    in_threads(issue_all)
    for pk in Invoice.objects.filter(number=None).values_list("pk", flat=True):
        issue_invoice(invoice_id=pk, on=TODAY + dt.timedelta(60), by=BILLER, today=TODAY + dt.timedelta(60))
    numbers = list(Invoice.objects.order_by("number").values_list("number", "issued_on"))
    assert [n for n, _ in numbers] == [f"FA-2025-{rank:04d}" for rank in range(1, INVOICES + 1)]
    assert [d for _, d in numbers] == sorted(d for _, d in numbers)


def test_without_the_locked_row_numbers_collide(monkeypatch):
    """Negative control: the race above is real."""
    waiting = drafts(16)

    def unlocked(*, code: str, year: int, count: int = 1) -> int:
        return Invoice.objects.exclude(number=None).count() + 1

    monkeypatch.setattr(issuing, "take_number", unlocked)
    collisions: list[Exception] = []

    def issue_some(thread: int) -> None:
        for pk in waiting[thread::THREADS]:
            try:
                issue_invoice(invoice_id=pk, on=TODAY, by=BILLER, today=TODAY)
            except WrongState:
                raise
            except Exception as refusal:  # noqa: BLE001  (the database refuses the double in its own words)
                collisions.append(refusal)

    in_threads(issue_some)
    assert collisions


def test_a_lot_prepared_by_eight_people_is_one_draft():
    lot = drawn_lot(customer())
    missions(lot, 5)

    def prepare(_thread: int) -> None:
        for _turn in range(3):
            try:
                prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
            except NothingToInvoice:
                continue

    in_threads(prepare)
    assert Invoice.objects.count() == 1
    assert InvoiceLine.objects.count() == 6
