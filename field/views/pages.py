"""Pages to read: the day, the week, what waits on the phone, own readings."""

import datetime as dt
import uuid

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_safe

from field import selectors
from field.forms import KmForm
from field.models import Photo, Reading
from field.permissions import signed_in_agent
from missions.models import Mission
from spekty.accounts.models import Agent


def _asked_day(request: HttpRequest, name: str, fallback: dt.date) -> dt.date:
    try:
        return parse_date(request.GET.get(name, "")) or fallback
    except ValueError:
        return fallback


def offline_urls(missions: list[Mission], today: dt.date) -> list[str]:
    """Return the addresses that a phone keeps for when there is no signal."""
    days = [reverse("field:day")]
    for ahead in range(1, selectors.PRECACHED_DAYS):
        days.append(f"{reverse('field:day')}?jour={today + dt.timedelta(ahead)}")
    fixed = [reverse(f"field:{name}") for name in ("week", "outbox", "readings", "offline")]
    own = [
        reverse(f"field:{name}", args=[mission.pk])
        for mission in missions
        for name in ("mission", "reading", "unproductive")
    ]
    return [*days, *fixed, *own]


def _kept_urls(agent: Agent) -> list[str]:
    today = timezone.localdate()
    return offline_urls(selectors.precached(agent, today), today)


@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """Show a day, today's by default."""
    _, agent = signed_in_agent(request)
    today = timezone.localdate()
    shown = _asked_day(request, "jour", today)
    plan = selectors.day_plan(agent, shown)
    context = {
        "agent": agent,
        "plan": plan,
        "today": today,
        "is_today": shown == today,
        "before": shown - dt.timedelta(1),
        "after": shown + dt.timedelta(1),
        "km_form": KmForm(initial={"km": plan.km_declared}),
        "precache": _kept_urls(agent) if shown == today else [],
    }
    return render(request, "field/day.html", context)


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """Show a week from its Monday."""
    _, agent = signed_in_agent(request)
    today = timezone.localdate()
    asked = _asked_day(request, "debut", today)
    monday = asked - dt.timedelta(asked.weekday())
    context = {
        "days": selectors.week_plan(agent, monday),
        "monday": monday,
        "sunday": monday + dt.timedelta(6),
        "before": monday - dt.timedelta(7),
        "after": monday + dt.timedelta(7),
        "today": today,
    }
    return render(request, "field/week.html", context)


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what waits on the phone: the page is empty, the phone fills it."""
    signed_in_agent(request)
    return render(request, "field/outbox.html")


@require_safe
def readings(request: HttpRequest) -> HttpResponse:
    """Show the agent's own readings and the month's tally."""
    _, agent = signed_in_agent(request)
    today = timezone.localdate()
    context = {
        "readings": selectors.readings_of(agent),
        "tally": selectors.month_tally(agent, today),
        "month": today,
    }
    return render(request, "field/readings.html", context)


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show what a phone says of a page that it doesn't keep."""
    signed_in_agent(request)
    return render(request, "field/offline.html")


@require_safe
def photo(request: HttpRequest, key: uuid.UUID) -> FileResponse:
    """Serve a photo of one's own missions."""
    _, agent = signed_in_agent(request)
    own = Photo.objects.filter(reading__mission__in=selectors.missions_of(agent))
    found = get_object_or_404(own.select_related("file"), key=key)
    response = FileResponse(found.file.content.open(), content_type=found.file.mime)
    patch_cache_control(response, private=True, max_age=86_400, immutable=True)
    return response


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Serve what makes the portal an application on the phone's screen."""
    return render(request, "field/manifest.json", content_type="application/manifest+json")


def own_reading(agent: Agent, key: uuid.UUID) -> Reading | None:
    """Return the agent's reading of that key."""
    return Reading.objects.filter(agent=agent, key=key).select_related("mission__lot__client").first()
