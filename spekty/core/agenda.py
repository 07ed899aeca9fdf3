"""Calendar files (iCalendar, RFC 5545): one appointment to attach to a mail, or a whole feed."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from icalendar import Alarm, Calendar, Event, vCalAddress, vText


@dataclass(frozen=True)
class Entry:
    """One thing in an agenda. `uid` never changes; `sequence` grows at each move; times are aware."""

    uid: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    place: str = ""
    note: str = ""
    sequence: int = 0
    cancelled: bool = False


def invitation(entry: Entry, *, organizer: str, attendee: str = "") -> bytes:
    """Return the .ics of one appointment: a request, or its cancellation."""
    calendar = _calendar("CANCEL" if entry.cancelled else "REQUEST")
    event = _event(entry)
    event.add("organizer", vCalAddress(f"mailto:{organizer}"))
    if attendee:
        guest = vCalAddress(f"mailto:{attendee}")
        guest.params["RSVP"] = vText("FALSE")
        event.add("attendee", guest)
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def feed(entries: Iterable[Entry], *, name: str) -> bytes:
    """Return a calendar to subscribe to; an agenda re-reads it every quarter of an hour if it obeys."""
    calendar = _calendar("PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", settings.TIME_ZONE)
    calendar.add("refresh-interval", dt.timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for entry in entries:
        event = _event(entry)
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", entry.summary)
        alarm.add("trigger", dt.timedelta(minutes=-30))
        event.add_component(alarm)
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Spekty//Agenda//FR")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    return calendar


def _event(entry: Entry) -> Event:
    zone = timezone.get_default_timezone()
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", timezone.now().astimezone(dt.UTC))
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", entry.ends_at.astimezone(zone))
    event.add("summary", entry.summary)
    event.add("sequence", entry.sequence)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    if entry.place:
        event.add("location", entry.place)
    if entry.note:
        event.add("description", entry.note)
    return event
