"""Drafts, issue and credit notes on the real models, to the cent (pay-and-billing.md)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum

from billing import rules
from billing.enums import InvoiceStatus, LineKind
from billing.models import Invoice, InvoiceLine
from billing.services import (
    DraftChanged,
    LotNotReady,
    NothingToInvoice,
    PriceMissing,
    WrongDate,
    discard_draft,
    issue_credit_note,
    issue_invoice,
    prepare_lot_invoice,
    prepare_monthly_invoices,
    send_invoice,
    settle_invoice,
    unsettle_invoice,
)
from lots.enums import BillingMode
from missions.enums import MissionStatus
from spekty.core import french
from spekty.core.engine import NotAllowed, WrongState
from spekty.core.enums import Channel
from tests import factories
from tests.billing.scenes import (
    BILLER,
    TODAY,
    customer,
    door,
    drawn_lot,
    example_lot,
    issued,
    missions,
    reinspection,
)

pytestmark = pytest.mark.django_db


def amount(invoice: Invoice, kind: LineKind) -> Decimal:
    return invoice.lines.filter(kind=kind).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def test_one_vocabulary_with_the_rules():
    assert set(LineKind.values) == {kind.value for kind in rules.LineKind}
    assert set(BillingMode.values) == {mode.value for mode in rules.InvoicingMode}
    assert set(Channel.values) == {channel.value for channel in rules.Channel}


def test_the_worked_example_to_the_cent():
    invoice = issued(example_lot())
    assert amount(invoice, LineKind.SITE) == Decimal("7800.00")
    assert amount(invoice, LineKind.REINSPECTION) == Decimal("120.00")
    assert amount(invoice, LineKind.DISCOUNT) == Decimal("-237.60")
    assert amount(invoice, LineKind.UNPRODUCTIVE) == Decimal("150.00")
    assert amount(invoice, LineKind.CONTACT) == Decimal("200.00")
    assert amount(invoice, LineKind.FEE) == Decimal("90.00")
    invoice.refresh_from_db()
    assert (invoice.total_ht, invoice.total_vat, invoice.total_ttc) == (
        Decimal("8122.40"),
        Decimal("1624.48"),
        Decimal("9746.88"),
    )
    assert (invoice.number, invoice.issued_on) == ("FA-2025-0001", TODAY)
    assert invoice.due_on == dt.date(2025, 7, 31)
    assert invoice.parties["buyer"]["siren"] == "732829320"
    assert all(line.label and line.rule for line in invoice.lines.all())


def test_preparing_twice_gives_the_same_rows():
    lot = example_lot()
    first = prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
    rows = list(first.lines.order_by("id").values())
    second = prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
    assert (second.pk, list(second.lines.order_by("id").values())) == (first.pk, rows)


def test_a_lot_waits_for_its_last_mission_and_takes_refusals_with_their_visits():
    lot = drawn_lot(customer())
    missions(lot, 2)
    (last,) = missions(lot, 1, status=MissionStatus.TO_REVIEW)
    (refused,) = missions(lot, 1, status=MissionStatus.REFUSED)
    door(refused, factories.agent())
    with pytest.raises(LotNotReady):
        prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
    last.reported_on, last.status = TODAY, MissionStatus.REPORTED
    last.save()
    invoice = issued(lot)
    assert invoice.total_ht == Decimal("615.00")  # 3 x 150 + 75 + 90
    label = invoice.lines.get(kind=LineKind.UNPRODUCTIVE).label
    assert f"{french.day(dt.date(2025, 6, 10))} à {french.hour(dt.time(10))}" in label


def test_reinspections_reported_later_go_to_the_month_end_without_fee():
    lot = drawn_lot(customer())
    (first,) = missions(lot, 1)
    issued(lot)
    reinspection(first, reported_on=dt.date(2025, 7, 8))
    with pytest.raises(NothingToInvoice):
        prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
    assert prepare_monthly_invoices(client=lot.client, month=TODAY, by=BILLER) == []
    (draft,) = prepare_monthly_invoices(client=lot.client, month=dt.date(2025, 7, 3), by=BILLER)
    assert [(line.kind, line.amount) for line in draft.lines.all()] == [
        (LineKind.REINSPECTION, Decimal("120.00"))
    ]
    with pytest.raises(WrongDate):
        issue_invoice(invoice_id=draft.pk, on=dt.date(2025, 7, 30), by=BILLER, today=dt.date(2025, 7, 30))
    sent = issue_invoice(invoice_id=draft.pk, on=dt.date(2025, 7, 31), by=BILLER, today=dt.date(2025, 8, 2))
    assert sent.number == "FA-2025-0002"


def test_a_monthly_client_has_all_lots_on_one_invoice_and_each_fee_once():
    client = customer(BillingMode.MONTHLY)
    one, two = drawn_lot(client), drawn_lot(client)
    missions(one, 2)
    missions(one, 1, status=MissionStatus.TO_PLAN)
    (reported,) = missions(two, 1)
    door(reported, factories.agent())
    (refused,) = missions(two, 1, status=MissionStatus.REFUSED)
    door(refused, factories.agent())
    (june,) = prepare_monthly_invoices(client=client, month=TODAY, by=BILLER)
    assert june.total_ht == Decimal("705.00")  # 3 x 150 + 75 + 2 x 90
    issue_invoice(invoice_id=june.pk, on=TODAY, by=BILLER, today=TODAY)
    missions(one, 1, reported_on=dt.date(2025, 7, 1))
    (july,) = prepare_monthly_invoices(client=client, month=dt.date(2025, 7, 1), by=BILLER)
    assert july.total_ht == Decimal("150.00")


def test_a_missing_price_is_named():
    lot = drawn_lot(customer(), fiche=factories.fiche("BAR-TH-164", "GLO"))
    missions(lot, 1)
    with pytest.raises(PriceMissing, match="GLO"):
        prepare_lot_invoice(lot_id=lot.pk, by=BILLER)


def test_the_price_is_that_of_the_reception_date():
    client = customer()
    factories.price(client, "ISO", "200.00", dt.date(2025, 3, 2))
    lot = drawn_lot(client)
    missions(lot, 1)
    line = prepare_lot_invoice(lot_id=lot.pk, by=BILLER).lines.get(kind=LineKind.SITE)
    assert (line.amount, line.rule_from) == (Decimal("150.00"), dt.date(2020, 1, 1))


def test_only_those_who_invoice_may():
    lot = drawn_lot(customer())
    missions(lot, 1)
    for role in ("planificateur", "qualite", "intervenant"):
        with pytest.raises(NotAllowed):
            prepare_lot_invoice(lot_id=lot.pk, by=factories.actor(role))


def test_what_was_shown_is_what_is_issued():
    lot = drawn_lot(customer())
    (mission,) = missions(lot, 1)
    draft = prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
    door(mission, factories.agent())
    with pytest.raises(DraftChanged):
        issue_invoice(invoice_id=draft.pk, on=TODAY, by=BILLER, expected_ttc=draft.total_ttc, today=TODAY)
    assert Invoice.objects.get().number is None
    assert issue_invoice(invoice_id=draft.pk, on=TODAY, by=BILLER, today=TODAY).total_ht == 315


def test_numbers_follow_the_dates():
    client = customer()
    lots = [drawn_lot(client) for _ in range(3)]
    for lot in lots:
        missions(lot, 1)
    issued(lots[0])
    draft = prepare_lot_invoice(lot_id=lots[1].pk, by=BILLER)
    for wrong in (TODAY - dt.timedelta(1), TODAY + dt.timedelta(1)):
        with pytest.raises(WrongDate):
            issue_invoice(invoice_id=draft.pk, on=wrong, by=BILLER, today=TODAY)
    assert issue_invoice(invoice_id=draft.pk, on=TODAY, by=BILLER, today=TODAY).number == "FA-2025-0002"
    with pytest.raises(WrongState):
        issue_invoice(invoice_id=draft.pk, on=TODAY, by=BILLER, today=TODAY)
    new_year = dt.date(2026, 1, 2)
    assert issued(lots[2], new_year).number == "FA-2026-0001"


def test_credit_of_the_whole_gives_everything_back_and_frees_the_missions():
    lot = example_lot()
    invoice = issued(lot)
    note = issue_credit_note(invoice_id=invoice.pk, reason="Mauvais lot", on=TODAY, by=BILLER, today=TODAY)
    assert (note.number, note.kind, note.corrects_id) == ("AV-2025-0001", "381", invoice.pk)
    assert (note.total_ht, note.total_vat, note.total_ttc) == (
        Decimal("-8122.40"),
        Decimal("-1624.48"),
        Decimal("-9746.88"),
    )
    assert not invoice.lines.filter(is_credited=False).exists()
    again = issued(lot)
    assert (again.number, again.total_ttc) == ("FA-2025-0002", Decimal("9746.88"))
    with pytest.raises(Exception, match="ligne"):
        issue_credit_note(invoice_id=invoice.pk, reason="Encore", on=TODAY, by=BILLER, today=TODAY)


def test_credit_in_parts_adds_up_to_the_invoice_and_frees_only_its_part():
    lot = example_lot()
    invoice = issued(lot)
    sites = list(invoice.lines.filter(kind=LineKind.SITE))
    chosen = {line.pk for line in sites[:3]}
    part = issue_credit_note(
        invoice_id=invoice.pk, reason="Trois en trop", on=TODAY, by=BILLER, line_ids=chosen, today=TODAY
    )
    assert part.total_ht == Decimal("-436.50")  # 3 x 150, less 3 %
    freed = {line.mission_id for line in sites[:3]}
    draft = prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
    assert {line.mission_id for line in draft.lines.all()} == freed
    assert draft.total_ht == 450  # no fee again, no discount on three lines
    rest = issue_credit_note(invoice_id=invoice.pk, reason="Le reste", on=TODAY, by=BILLER, today=TODAY)
    assert part.total_ht + rest.total_ht == -invoice.total_ht
    assert part.total_ttc + rest.total_ttc == -invoice.total_ttc


def test_payment_and_its_undo():
    lot = drawn_lot(customer())
    missions(lot, 1)
    invoice = issued(lot)
    send_invoice(invoice_id=invoice.pk, by=BILLER)
    paid = settle_invoice(invoice_id=invoice.pk, on=TODAY, by=BILLER, today=TODAY)
    assert (paid.status, paid.paid_on) == (InvoiceStatus.PAID, TODAY)
    back = unsettle_invoice(invoice_id=invoice.pk, by=BILLER, reason="Chèque rejeté")
    assert (back.status, back.paid_on) == (InvoiceStatus.SENT, None)


def test_a_draft_can_be_dropped_an_issued_invoice_never():
    lot = drawn_lot(customer())
    missions(lot, 1)
    draft = prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
    discard_draft(invoice_id=draft.pk, by=BILLER)
    assert not Invoice.objects.exists()
    invoice = issued(lot)
    with pytest.raises(WrongState):
        discard_draft(invoice_id=invoice.pk, by=BILLER)


STRAY_WRITES = [
    "UPDATE billing_invoice SET total_ht = total_ht + 1, total_ttc = total_ttc + 1",
    "UPDATE billing_invoice SET due_on = due_on + 1",
    "UPDATE billing_invoice SET number = 'FA-2025-0009'",
    "UPDATE billing_invoiceline SET amount = amount + 1",
    "UPDATE billing_invoiceline SET label = 'x'",
    "DELETE FROM billing_invoiceline",
    "INSERT INTO billing_invoiceline (invoice_id, kind, quantity, unit_amount, amount, rule, label, "
    "is_credited, is_credit, is_legacy) SELECT id, 'CONTACT', 1, 1, 1, '', '', false, false, false "
    "FROM billing_invoice",
]


@pytest.mark.parametrize("sql", STRAY_WRITES)
def test_the_database_keeps_an_issued_invoice_as_it_is(sql):
    lot = drawn_lot(customer())
    missions(lot, 1)
    issued(lot)
    with pytest.raises(DatabaseError, match="issued invoice"), transaction.atomic():
        connection.cursor().execute(sql)


def test_a_mission_is_never_on_two_invoices():
    lot = drawn_lot(customer())
    (mission,) = missions(lot, 1)
    issued(lot)
    other = Invoice.objects.create(client=lot.client)
    with pytest.raises(IntegrityError, match="mission_invoiced_once"), transaction.atomic():
        InvoiceLine.objects.create(
            invoice=other, kind=LineKind.SITE, mission=mission, unit_amount=1, amount=1, label="x"
        )
