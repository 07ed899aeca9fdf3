"""Properties of invoices on the real models, whatever the lot."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from billing.enums import LineKind
from billing.models import BillingRate, Invoice
from billing.services import issue_credit_note, issue_invoice, prepare_lot_invoice
from spekty.core.enums import Channel
from tests import factories
from tests.billing.scenes import BILLER, TODAY, customer, door, drawn_lot, missions

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
euros = st.decimals("0.01", "999.99", places=2)


@pytest.mark.slow
class InvoiceProperties(TestCase):
    @SLOW
    @given(
        sites=st.integers(1, 8),
        contacts=st.integers(0, 3),
        doors=st.integers(0, 4),
        most=st.integers(0, 3),
        price=euros,
        pct=st.decimals(0, 100, places=2),
        step=st.integers(1, 4),
        data=st.data(),
    )
    def test_sums_discounts_and_credits(self, sites, contacts, doors, most, price, pct, step, data):
        BillingRate.objects.create(code="REMISE", valid_from=dt.date(2025, 1, 1), threshold=step, pct="3.33")
        client = customer(unproductive_pct=pct, unproductive_max=most)
        factories.price(client, "ISO", price, dt.date(2024, 1, 1))
        lot = drawn_lot(client)
        made = missions(lot, sites)
        missions(lot, contacts, channel=Channel.CONTACT)
        agent = factories.agent()
        for turn in range(doors):
            door(made[turn % sites], agent, 1 + turn)
        draft = prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
        rows = list(draft.lines.order_by("id").values())
        assert list(prepare_lot_invoice(lot_id=lot.pk, by=BILLER).lines.order_by("id").values()) == rows
        invoice = issue_invoice(invoice_id=draft.pk, on=TODAY, by=BILLER, today=TODAY)
        check_sums(invoice)
        discounts = [row["amount"] for row in rows if row["kind"] == LineKind.DISCOUNT]
        base = sum(row["amount"] for row in rows if row["kind"] in (LineKind.SITE, LineKind.REINSPECTION))
        assert all(-base <= amount <= 0 for amount in discounts)
        self.credit_in_two(invoice, data)

    def credit_in_two(self, invoice, data):
        ids = list(invoice.lines.exclude(kind=LineKind.DISCOUNT).values_list("pk", flat=True))
        first = data.draw(st.sets(st.sampled_from(ids), min_size=1))
        notes = [credit(invoice, first)]
        if len(first) < len(ids):
            notes.append(credit(invoice, None))
        for note in notes:
            check_sums(note)
        assert sum(note.total_ht for note in notes) == -invoice.total_ht
        assert sum(note.total_ttc for note in notes) == -invoice.total_ttc
        assert not invoice.lines.filter(is_credited=False).exists()


def credit(invoice, line_ids):
    note = issue_credit_note(
        invoice_id=invoice.pk, reason="Essai", on=TODAY, by=BILLER, line_ids=line_ids, today=TODAY
    )
    return Invoice.objects.get(pk=note.pk)


def check_sums(invoice):
    invoice.refresh_from_db()
    assert invoice.lines.aggregate(total=Sum("amount"))["total"] == invoice.total_ht
    assert invoice.total_ttc == invoice.total_ht + invoice.total_vat
    assert abs(invoice.total_vat - invoice.total_ht * invoice.vat_pct / 100) <= Decimal("0.01")
