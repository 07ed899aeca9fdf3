"""The closing page: what is to invoice on the left, the invoice of the chosen dossier on the right."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.models import Invoice
from billing.permissions import can_bill
from billing.selectors import invoices
from billing.selectors.agreement import latest_month
from billing.selectors.dossiers import Dossier, ToInvoice, to_invoice
from billing.selectors.sheets import Sheet, preview, sheet_of
from billing.views.agreement import agreement_of, groups_of
from spekty.accounts.access import only, person
from spekty.core.months import month_end, next_month, previous_month, read_month


@require_safe
@only(can_bill)
def closing(request: HttpRequest) -> HttpResponse:
    """Show a month's closing; with HTMX, the sheet of the chosen dossier alone."""
    today = timezone.localdate()
    month = read_month(request.GET.get("mois", "")) or latest_month(today)
    found = to_invoice(month, today)
    chosen = _chosen(found, request.GET.get("dossier", ""))
    context: dict[str, Any] = {
        "month": month,
        "before": previous_month(month),
        "after": next_month(month),
        "found": found,
        "chosen": chosen,
        "sheet": _sheet(chosen, today),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "billing/_sheet.html", context)
    owed = invoices.issued_to(person(request))
    context["late"] = invoices.summary(invoices.late(owed, today))
    agreement = agreement_of(month, month_end(month), None, today)
    context |= {"agreement": agreement, "groups": groups_of(agreement)}
    return render(request, "billing/closing.html", context)


def _chosen(found: ToInvoice, key: str) -> Dossier | None:
    return next((d for d in found.dossiers if d.key == key), next(iter(found.dossiers), None))


def _sheet(dossier: Dossier | None, today: dt.date) -> Sheet | None:
    if dossier is None:
        return None
    if dossier.draft is not None:
        return sheet_of(Invoice.objects.select_related("client", "lot").get(pk=dossier.draft.pk), today)
    return preview(dossier, today)
