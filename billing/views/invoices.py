"""Issued invoices: list, one invoice, its PDF, exports."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.models import Invoice, InvoiceQuerySet
from billing.permissions import can_bill
from billing.selectors import invoices
from billing.selectors.sheets import sheet_of
from billing.services import invoice_pdf
from spekty.accounts.access import only, person
from spekty.core.files import file_response
from spekty.core.keyset import Order, keyset_page
from spekty.core.models import StateChange
from spekty.core.tables import download, table_response

PAGE = 40
VIEWS = {"": "Toutes", "a-encaisser": "À encaisser", "en-retard": "En retard", "avoirs": "Avoirs"}


def _filtered(request: HttpRequest) -> InvoiceQuerySet:
    rows = invoices.matching(invoices.issued_to(person(request)), request.GET.get("q", "").strip())
    year = request.GET.get("annee", "")
    if year.isdecimal() and len(year) == 4:
        rows = rows.filter(issued_on__year=int(year))
    return _of_view(rows, request.GET.get("vue", ""))


def _of_view(rows: InvoiceQuerySet, view: str) -> InvoiceQuerySet:
    if view == "a-encaisser":
        return invoices.unpaid(rows)
    if view == "en-retard":
        return invoices.late(rows, timezone.localdate())
    return rows.filter(kind="381") if view == "avoirs" else rows


@require_safe
@only(can_bill)
def issued(request: HttpRequest) -> HttpResponse:
    """Show the issued invoices; with HTMX, the list alone."""
    today = timezone.localdate()
    mine = invoices.issued_to(person(request))
    rows, newest = _filtered(request), Order.by("issued_on", descending=True)
    view = request.GET.get("vue", "")
    context = {
        "page": keyset_page(rows, newest, request.GET.get("page", ""), size=PAGE, counted=True),
        "q": request.GET.get("q", ""),
        "view": view,
        "views": [
            {"label": label, "url": f"?vue={key}" if key else "?", "count": None, "on": key == view}
            for key, label in VIEWS.items()
        ],
        "late": invoices.summary(invoices.late(mine, today)),
        "owed": invoices.summary(invoices.unpaid(mine)),
        "today": today,
    }
    template = "billing/_issued.html" if request.htmx else "billing/issued.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_safe
@only(can_bill)
def export(request: HttpRequest) -> HttpResponse:
    """Give the filtered invoices as CSV, Excel or the sales journal in the layout of the FEC."""
    rows, kind = _filtered(request), request.GET.get("format", "csv")
    if kind == "journal":
        name = f"journal-ventes-{timezone.localdate():%Y%m%d}.txt"
        return download(name, "text/plain; charset=utf-8", invoices.journal_text(rows))
    return table_response("factures", kind, invoices.HEADER, invoices.export_rows(rows))


def visible_invoice(request: HttpRequest, pk: int) -> Invoice:
    """Return an invoice that the person may see, 404 else."""
    rows = Invoice.objects.visible_to(person(request)).select_related("client", "lot", "corrects", "file")
    return get_object_or_404(rows, pk=pk)


@require_safe
@only(can_bill)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one invoice, draft or issued: its lines explained, its life, what can be done with it."""
    invoice = visible_invoice(request, pk)
    context = {
        "invoice": invoice,
        "sheet": sheet_of(invoice, timezone.localdate()),
        "notes": invoice.credit_notes.order_by("issued_on", "number"),
        "standing": invoice.lines.filter(is_credited=False).exists(),
        "owed": invoices.issued_to(person(request)).filter(pk=pk).first(),
        "changes": StateChange.objects.filter(aggregate="billing.invoice", aggregate_id=pk),
        "today": timezone.localdate(),
    }
    return render(request, "billing/detail.html", context)


@require_safe
@only(can_bill)
def pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the kept PDF of an issued invoice, or the preview of a draft; nothing is written."""
    invoice = visible_invoice(request, pk)
    if invoice.file is not None:
        return file_response(invoice.file)
    response = HttpResponse(invoice_pdf(invoice), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{invoice.number or "apercu"}.pdf"'
    return response
