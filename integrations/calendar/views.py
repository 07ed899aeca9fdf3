"""The address that calendars read: its token is the key, there is no sign-in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from integrations.calendar.sync import agent_feed
from spekty.accounts.models import Agent


@login_not_required
@require_safe
def agent_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Answer with the agenda of the agent who holds `token`; unknown or inactive is 404."""
    agent = get_object_or_404(Agent.objects.active(), calendar_token=token)
    response = HttpResponse(agent_feed(agent), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="spekty.ics"'
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    return response
