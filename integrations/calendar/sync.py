"""The agenda that an agent's own calendar subscribes to."""

import datetime as dt

from django.utils import timezone

from integrations.calendar.mapping import appointment_entry, published_stops, stop_entry
from missions.enums import AppointmentState, MissionStatus
from missions.models import Appointment, Mission
from planning.models import Tour
from spekty.accounts.models import Agent
from spekty.core.agenda import Entry, feed

PAST = dt.timedelta(days=30)
AHEAD = dt.timedelta(days=120)
LIVE = (AppointmentState.FIXED, AppointmentState.CONFIRMED)


def agent_feed(agent: Agent) -> bytes:
    """Return the agent's calendar: published tours, then appointments that no tour holds yet."""
    return feed(agent_entries(agent), name=f"Spekty · {agent}")


def agent_entries(agent: Agent) -> list[Entry]:
    """Return the entries from thirty days ago to four months ahead, a mission once, by hour."""
    today = timezone.localdate()
    tours = list(Tour.objects.told().filter(agent=agent, day__range=(today - PAST, today + AHEAD)))
    told = [(tour, stop) for tour in tours for stop in published_stops(tour)]
    missions = (
        Mission.objects.select_related("operation", "lot__fiche")
        .exclude(status=MissionStatus.CANCELLED)
        .in_bulk([stop["mission"] for _tour, stop in told])
    )
    entries = {
        stop["mission"]: entry
        for tour, stop in told
        if stop["mission"] in missions and (entry := stop_entry(tour, stop, missions[stop["mission"]]))
    }
    now = timezone.now()
    appointments = Appointment.objects.filter(
        agent=agent, state__in=LIVE, starts_at__range=(now - PAST, now + AHEAD)
    ).select_related("mission__operation", "mission__lot__fiche")
    for appointment in appointments:
        entries.setdefault(appointment.mission_id, appointment_entry(appointment))
    return sorted(entries.values(), key=lambda entry: entry.starts_at)
