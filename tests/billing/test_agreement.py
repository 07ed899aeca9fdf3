"""Done = billed = paid: the three counts, and each mission out of step with its reason."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.enums import InvoiceStatus, LineKind
from billing.models import Invoice, InvoiceLine
from billing.rules.agreement import Agreement, Gap, MissionTrace, agree
from billing.services import issue_credit_note
from billing.views.agreement import agreement_of
from lots.models import Client
from missions.enums import MissionStatus
from payroll.models import LegacyPayment
from payroll.services import close_period, compute_month
from tests import factories
from tests.billing.scenes import BILLER, TODAY, customer, drawn_lot, issued, missions
from tests.payroll.scenes import PAYER

JUNE = dt.date(2025, 6, 1)


def june(client: Client | None = None) -> Agreement:
    return agreement_of(JUNE, TODAY, client, TODAY)


def reasons(found: Agreement, gap: Gap) -> list[str]:
    return [row.reason for row in found.of(gap)]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.django_db
def test_all_agree_once_invoiced_and_paid():
    lot = drawn_lot(customer())
    missions(lot, 4, agent=factories.agent())
    issued(lot)
    close_period(month=JUNE, by=PAYER, today=TODAY)
    found = june()
    assert (found.done, found.invoiced, found.paid, found.gaps) == (4, 4, 4, ())
    assert june(factories.client()).done == 0


@pytest.mark.django_db
def test_what_is_not_invoiced_or_paid_says_why():
    lot = drawn_lot(customer())
    agent = factories.agent()
    missions(lot, 1, agent=agent)
    held = dt.datetime(2025, 6, 17, 9, tzinfo=dt.UTC)
    missions(lot, 1, status=MissionStatus.TO_REVIEW, visited_at=held)
    found = june()
    assert (found.done, found.invoiced, found.paid) == (2, 0, 0)
    assert reasons(found, Gap.NOT_INVOICED) == [
        f"Le lot {lot} n’est pas terminé.",
        "Pas encore de rapport : à relire.",
    ]
    assert reasons(found, Gap.NOT_PAID) == [
        "La paie de juin 2025 n’est pas encore calculée.",
        "Aucun intervenant sur la mission.",
    ]
    compute_month(month=JUNE, by=PAYER)
    assert "encore ouverte" in reasons(june(), Gap.NOT_PAID)[0]


@pytest.mark.django_db
def test_the_workbook_s_errors_are_listed_and_a_credit_note_settles_one():
    lot = drawn_lot(customer(), is_legacy=True)
    twice, unheld = (
        *missions(lot, 1, is_legacy=True, agent=factories.agent()),
        *missions(lot, 1, status=MissionStatus.REFUSED, is_legacy=True),
    )
    papers = [
        Invoice.objects.create(
            client=lot.client, number=f"FA-2025-000{rank}", status=InvoiceStatus.SENT, issued_on=JUNE,
            total_ht=150, total_vat=30, total_ttc=180, is_legacy=True,
        )
        for rank in (1, 2)
    ]  # fmt: skip
    for paper in papers:
        InvoiceLine.objects.create(
            invoice=paper, kind=LineKind.SITE, mission=twice, lot=lot, unit_amount=150, amount=150,
            rule="Classeur", label="Classeur", is_legacy=True,
        )  # fmt: skip
    LegacyPayment.objects.create(mission=twice, month=JUNE)
    LegacyPayment.objects.create(mission=unheld, month=JUNE)
    found = june()
    assert reasons(found, Gap.INVOICED_TWICE) == ["Sur FA-2025-0001, FA-2025-0002 : un avoir est à établir."]
    assert [row.reference for row in found.of(Gap.PAID_NOT_DONE)] == [unheld.number]
    assert (found.done, found.invoiced, found.paid) == (1, 1, 1)
    note = issue_credit_note(
        invoice_id=papers[1].pk, reason="Facturée deux fois", on=TODAY, by=BILLER, today=TODAY
    )
    assert note.total_ttc == -180
    assert june().of(Gap.INVOICED_TWICE) == []


traces = st.builds(
    MissionTrace,
    reference=st.text(max_size=3),
    done=st.booleans(),
    invoices=st.lists(st.sampled_from(["FA-1", "FA-2"]), max_size=2, unique=True).map(tuple),
    payments=st.integers(0, 2),
)


@given(rows=st.lists(traces, max_size=20))
def test_without_a_gap_the_counts_are_equal_and_each_gap_has_a_cause(rows):
    found = agree(rows)
    assert found.invoiced <= found.done and found.paid <= found.done
    assert found.done - found.invoiced == len(found.of(Gap.NOT_INVOICED))
    assert found.done - found.paid == len(found.of(Gap.NOT_PAID))
    in_step = [r for r in rows if r.done == bool(r.invoices) == bool(r.payments)]
    if len(in_step) == len(rows) and all(len(r.invoices) < 2 and r.payments < 2 for r in rows):
        assert found.gaps == ()
        assert found.done == found.invoiced == found.paid
