"""A month of pay: totals, each agent's sheet, computing, closing, export."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payroll import services
from payroll.enums import PayLineKind
from payroll.models import PayExport
from payroll.permissions import can_run_pay
from payroll.selectors import periods
from spekty.accounts.access import only, person
from spekty.accounts.models import Agent
from spekty.core.engine import TransitionRefused
from spekty.core.months import next_month, previous_month, read_month
from spekty.core.tables import table_response

# Short words for the columns, in the order of PayLineKind.
COLUMNS = ("Missions", "Contacts", "Improductifs", "Km", "Paniers", "Prime")


def asked_month(request: HttpRequest) -> dt.date:
    """Return the month asked for, else the one to close next."""
    text = request.POST.get("mois") or request.GET.get("mois", "")
    return read_month(text) or periods.current_month(timezone.localdate())


def _page(month: dt.date) -> str:
    return f"{reverse('payroll:list')}?mois={month:%Y-%m}"


@require_safe
@only(can_run_pay)
def month(request: HttpRequest) -> HttpResponse:
    """Show a month: its total, each agent by component, the days that look wrong."""
    today, asked = timezone.localdate(), asked_month(request)
    sheet = periods.month_sheet(asked)
    context: dict[str, Any] = {
        "sheet": sheet,
        "months": periods.months(today),
        "kinds": COLUMNS,
        "before": previous_month(asked),
        "after": next_month(asked),
        "is_over": next_month(asked) <= today,
        "exports": PayExport.objects.filter(period__month=asked).select_related("file"),
    }
    return render(request, "payroll/month.html", context)


@require_POST
@only(can_run_pay)
def compute(request: HttpRequest) -> HttpResponse:
    """Write what the open month pays today."""
    asked = asked_month(request)
    try:
        services.compute_month(month=asked, by=person(request).acting())
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Paie recalculée.")
    return redirect(_page(asked))


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_run_pay)
def close(request: HttpRequest) -> HttpResponse:
    """Say what closing does, then close the month."""
    asked, today = asked_month(request), timezone.localdate()
    if request.method == "POST":
        try:
            services.close_period(month=asked, by=person(request).acting(), today=today)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Paie close : le fichier pour le service de paie est prêt.")
        return redirect(_page(asked))
    context = {
        "sheet": periods.month_sheet(asked),
        "is_over": next_month(asked) <= today,
        "body": "payroll/_close.html",
    }
    template = "payroll/_close.html" if request.htmx else "payroll/dialog_page.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_safe
@only(can_run_pay)
def export(request: HttpRequest) -> HttpResponse:
    """Give the month for the payroll office, as CSV or Excel."""
    asked = asked_month(request)
    lines = [line for pay in periods.month_sheet(asked).agents for line in pay.lines]
    rows = periods.export_rows(lines, asked)
    return table_response(f"paie-{asked:%Y-%m}", request.GET.get("format", "csv"), periods.HEADER, rows)


@require_safe
@only(can_run_pay)
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one agent's month, day by day, each line explained."""
    who, asked = get_object_or_404(Agent, pk=pk), asked_month(request)
    return render(request, "payroll/agent.html", sheet_context(who, asked))


def sheet_context(who: Agent, asked: dt.date) -> dict[str, Any]:
    """Return what a sheet of one agent shows."""
    sheet = periods.month_sheet(asked, who)
    return {
        "agent": who,
        "sheet": sheet,
        "pay": sheet.of(who),
        "totals": list(zip(PayLineKind.labels, sheet.of(who).amounts, strict=True)),
        "before": previous_month(asked),
        "after": next_month(asked),
    }


@require_safe
@only(can_run_pay)
def agent_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one agent's month as a PDF."""
    return pdf_response(get_object_or_404(Agent, pk=pk), asked_month(request))


def pdf_response(who: Agent, asked: dt.date) -> HttpResponse:
    """Answer with the PDF of an agent's month."""
    content = services.pay_sheet_pdf(periods.month_sheet(asked, who), who)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="paie-{who.code}-{asked:%Y-%m}.pdf"'
    return response
