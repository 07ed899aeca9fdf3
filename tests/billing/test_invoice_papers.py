"""The PDF: legal mentions, explanations, kept once; sending; exports that no text can turn into a formula."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from billing.models import Invoice, Issuer
from billing.selectors.invoices import HEADER, export_rows, issued_to, journal_text
from billing.services import issue_credit_note, issue_invoice, prepare_lot_invoice, send_invoice
from billing.services.documents import invoice_pdf, paper, store_invoice_pdf
from billing.services.issuing import MentionMissing
from spekty.core import french
from spekty.core.engine import TransitionRefused
from spekty.core.models import OutboxMessage, StoredFile
from spekty.core.tables import as_csv, as_xlsx
from tests import factories
from tests.billing.scenes import BILLER, TODAY, customer, drawn_lot, example_lot, issued, missions

pytestmark = pytest.mark.django_db


def small_invoice(**client_fields) -> Invoice:
    lot = drawn_lot(customer(**client_fields))
    missions(lot, 2)
    return issued(lot)


def test_the_paper_carries_the_legal_mentions_and_explains_each_line():
    invoice = issued(example_lot())
    html = render_to_string("billing/pdf/invoice.html", paper(invoice))
    issuer = Issuer.objects.get()
    for mention in (
        "FA-2025-0001", issuer.siren, issuer.vat_number, issuer.iban, "732829320", "Pénalités de retard",
        french.euros(Decimal(40)), "Pas d’escompte", french.day(invoice.due_on),
        french.euros(invoice.total_ttc),
        french.euros(invoice.total_vat), french.euros(invoice.total_ht), "Prestations de services",
    ):  # fmt: skip
        assert mention in html
    assert all(line.label in html for line in invoice.lines.all())


def test_the_pdf_is_a_pdf_a_and_is_kept_once(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    invoice = small_invoice()
    content = invoice_pdf(invoice)
    assert content.startswith(b"%PDF-1.7")
    assert b"pdfaid" in b"".join(streams(content))
    first = store_invoice_pdf(invoice_id=invoice.pk, by=BILLER)
    assert store_invoice_pdf(invoice_id=invoice.pk, by=BILLER) == first
    assert (StoredFile.objects.count(), first.store_path) == (1, "factures/2025/FA-2025-0001.pdf")
    assert OutboxMessage.objects.filter(topic="ged.file").count() == 1


def test_the_buyer_stands_on_the_paper_with_address_and_vat_number_frozen_at_the_issue():
    invoice = small_invoice(siren="732829320")
    client = invoice.client
    client.address = "1 rue du Déménagement"
    client.save()
    html = render_to_string("billing/pdf/invoice.html", paper(invoice))
    for mention in ("12 quai des Chartrons", "33000 Bordeaux", "SIREN 732829320", "FR44732829320"):
        assert mention in html
    assert "Déménagement" not in html


@pytest.mark.parametrize("lacking", ["address", "postcode", "city"])
def test_no_invoice_is_issued_without_the_client_s_address(lacking):
    lot = drawn_lot(customer(**{lacking: ""}))
    missions(lot, 2)
    draft = prepare_lot_invoice(lot_id=lot.pk, by=BILLER, on=TODAY)
    with pytest.raises(MentionMissing, match="adresse postale"):
        issue_invoice(invoice_id=draft.pk, on=TODAY, by=BILLER, today=TODAY)
    draft.refresh_from_db()
    assert (draft.status, draft.number) == ("draft", None)


def streams(pdf: bytes) -> Iterator[bytes]:
    """Yield the streams of a PDF, inflated where they are deflated."""
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield found[1]


def test_the_identities_stay_as_they_were_at_the_issue():
    invoice = small_invoice()
    invoice.client.name = "Autre nom"
    invoice.client.save()
    Issuer.objects.update(name="Spekty 2")
    html = render_to_string("billing/pdf/invoice.html", paper(Invoice.objects.get(pk=invoice.pk)))
    assert "Autre nom" not in html and "Spekty 2" not in html


def test_a_draft_says_that_it_is_one():
    lot = drawn_lot(customer())
    missions(lot, 1)
    draft = prepare_lot_invoice(lot_id=lot.pk, by=BILLER)
    assert "n’est pas émise" in render_to_string("billing/pdf/invoice.html", paper(draft))


def test_sending_promises_one_mail_with_the_pdf(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    invoice = small_invoice()
    send_invoice(invoice_id=invoice.pk, by=BILLER)
    message = OutboxMessage.objects.get(topic="mail.send")
    assert message.payload["to"] == ["c@ex.fr"]
    assert message.payload["attachments"] == [Invoice.objects.get(pk=invoice.pk).file_id]
    assert "FA-2025-0001" in message.payload["subject"]
    with pytest.raises(TransitionRefused):
        send_invoice(invoice_id=small_invoice(email="").pk, by=BILLER)


def test_exports_hold_no_formula():
    invoice = small_invoice(name="=HYPERLINK(1)")
    rows = list(export_rows(issued_to(factories.user("siege"))))
    written = list(csv.reader(io.StringIO(as_csv(HEADER, rows).decode("utf-8-sig")), delimiter=";"))
    assert written[1][4] == "'=HYPERLINK(1)"
    assert written[1][8] == f"{invoice.total_ht:.2f}".replace(".", ",")
    sheet = zipfile.ZipFile(io.BytesIO(as_xlsx("Factures", HEADER, rows))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<f " not in sheet


def test_the_sales_journal_balances():
    invoice = small_invoice()
    issue_credit_note(invoice_id=invoice.pk, reason="Essai", on=TODAY, by=BILLER, today=TODAY)
    lines = journal_text(issued_to(factories.user("siege"))).decode().splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t"))
    assert len(rows) == 6 and len(rows[0]) == 18

    def total(name: str) -> Decimal:
        return sum((Decimal(row[name].replace(",", ".")) for row in rows), Decimal(0))

    assert total("Debit") == total("Credit") == 2 * invoice.total_ttc
