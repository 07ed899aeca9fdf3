"""The invoice as a paper: a PDF with its legal mentions and, line by line, why each amount is due."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from billing.enums import InvoiceKind
from billing.models import Invoice
from billing.selectors.lines import sections
from billing.selectors.parties import parties_of
from spekty.core.actors import Actor
from spekty.core.engine import lock_row
from spekty.core.files import store_file
from spekty.core.history import acting
from spekty.core.models import StoredFile
from spekty.core.pdf import render_pdf


def invoice_pdf(invoice: Invoice) -> bytes:
    """Return the PDF of an invoice or credit note; a draft says that it is one."""
    return render_pdf("billing/pdf/invoice.html", paper(invoice))


def paper(invoice: Invoice) -> dict[str, Any]:
    """Return what the paper shows: identities frozen at the issue, lines grouped, each line explained."""
    lines = list(invoice.lines.order_by("id"))
    parties = invoice.parties or parties_of(invoice.client)
    return {
        "invoice": invoice,
        "is_credit": invoice.kind == InvoiceKind.CREDIT_NOTE,
        "parties": parties,
        "recovery_fee": Decimal(parties["seller"].get("recovery_fee") or 0),
        "sections": sections(lines),
        "lines": lines,
    }


@transaction.atomic
def store_invoice_pdf(*, invoice_id: int, by: Actor) -> StoredFile:
    """Keep the PDF of an issued invoice in the document store, once; return the file."""
    invoice = lock_row(Invoice, invoice_id)
    if invoice.is_draft:
        raise ValueError("a draft has no paper to keep")
    if invoice.file is not None:
        return invoice.file
    year = f"{invoice.issued_on:%Y}"
    file = store_file(
        content=invoice_pdf(invoice),
        name=f"{invoice.number}.pdf",
        mime_hint="application/pdf",
        store_path=f"factures/{year}/{invoice.number}.pdf",
        by=by,
    )
    with acting(by):
        Invoice.objects.filter(pk=invoice.pk).update(file=file)
    return file
