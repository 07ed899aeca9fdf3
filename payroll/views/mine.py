"""An agent's own pay, on a phone; nobody else's."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from payroll.views.periods import asked_month, pdf_response, sheet_context
from spekty.accounts.access import person
from spekty.accounts.models import Agent


def _myself(request: HttpRequest) -> Agent:
    """Return the signed-in person's agent profile; 403 for who has none."""
    agent = Agent.objects.filter(user_id=person(request).pk).first()
    if agent is None:
        raise PermissionDenied
    return agent


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show one's own month."""
    return render(request, "payroll/mine.html", sheet_context(_myself(request), asked_month(request)))


@require_safe
def mine_pdf(request: HttpRequest) -> HttpResponse:
    """Give one's own month as a PDF."""
    return pdf_response(_myself(request), asked_month(request))
