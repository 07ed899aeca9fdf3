"""What is late or abnormal, found set-wise: each source reads a few queries whatever the volume.

The sources are named in the settings (ANOMALY_SOURCES), so that an app above this one adds its own.
"""

import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from missions.enums import MissionStatus
from missions.models import Mission, Snooze
from missions.rules.anomalies import (
    PARAMETERS,
    Anomaly,
    Delays,
    MissionFacts,
    by_urgency,
    mission_anomalies,
    not_snoozed,
)
from missions.rules.anomalies.catalogue import Key
from missions.selectors import facts
from spekty.accounts.models import User
from spekty.core.enums import Channel
from spekty.core.models import Parameter
from spekty.core.shell import Badge

log = logging.getLogger(__name__)

BADGE_SECONDS = 24 * 3600
BADGE_KEY = "missions:anomalies"


@dataclass(frozen=True, slots=True)
class Moment:
    """When the rules are applied and with which delays; `now` is in local time."""

    now: dt.datetime
    delays: Delays

    @property
    def today(self) -> dt.date:
        return self.now.date()


Source = Callable[[Moment], Iterable[Anomaly]]


def house_delays() -> Delays:
    """Return the delays that an administrator set."""
    codes = [*PARAMETERS, "margin-ns"]
    return Delays.of(dict(Parameter.objects.filter(code__in=codes).values_list("code", "value")))


def all_anomalies(now: dt.datetime | None = None) -> list[Anomaly]:
    """Return every finding of every source, gravest first, snoozed ones included."""
    moment = Moment(timezone.localtime(now), house_delays())
    found: list[Anomaly] = []
    for dotted in settings.ANOMALY_SOURCES:
        source = cast(Source, import_string(dotted))
        found.extend(source(moment))
    return by_urgency(found)


def snoozes() -> dict[Key, Snooze]:
    """Return who follows which finding and until when it is set aside."""
    rows = Snooze.objects.select_related("owner")
    return {(row.rule, row.aggregate, row.aggregate_id): row for row in rows}


def open_anomalies(now: dt.datetime | None = None) -> list[Anomaly]:
    """Return the findings that nobody set aside until a later day, gravest first."""
    follow = snoozes()
    until = {key: row.until for key, row in follow.items() if row.until}
    return remember(not_snoozed(all_anomalies(now), until, timezone.localtime(now).date()))


def remember(anomalies: list[Anomaly]) -> list[Anomaly]:
    """Keep the count for the rail's badge; a cache that is away changes nothing."""
    late = sum(anomaly.severity == "ko" for anomaly in anomalies)
    try:
        cache.set(BADGE_KEY, (len(anomalies), late), BADGE_SECONDS)
    except (RedisError, OSError):
        log.warning("anomalies: the cache is away, the badge is not renewed")
    return anomalies


def anomaly_badge(user: User) -> Badge | None:
    """Return the rail's count of anomalies as last found: no query (a task and two pages renew it)."""
    if not user.sees_everything:
        return None
    try:
        count, late = cache.get(BADGE_KEY) or (0, 0)
    except (RedisError, OSError):
        return None
    return Badge(count, late=bool(late)) if count else None


def mission_badge(user: User) -> Badge | None:
    """Return the rail's count of missions still to be held, capped."""
    rows = Mission.objects.visible_to(user).open().order_by()[:1001]
    count = rows.count()
    return Badge(count) if count else None


def late_missions(moment: Moment) -> list[Anomaly]:
    """Source: missions not contacted, without tour, without reading, or whose reading has no report."""
    days, now = moment.delays, moment.now
    wanted = _late(Mission.objects.all(), days, now)
    rows = wanted.annotate(
        drawn_on=F("lot__drawn_on"),
        read_at=Coalesce(Max("readings__received_at"), F("visited_at")),
        held_tour=Max("stop__id"),
    ).values_list(
        *("pk", "number", "status", "channel", "drawn_on", "created_at", "appointment_at"),
        *("visited_at", "read_at", "held_tour"),
        named=True,
    )
    silent = set(facts.never_contacted(Mission.objects.all()).values_list("pk", flat=True))
    return [finding for row in rows for finding in _of_row(row, row.pk in silent, moment)]


def _late(missions: QuerySet[Mission], days: Delays, now: dt.datetime) -> QuerySet[Mission]:
    """Keep the missions that a rule may find something about: the only ones whose facts are read."""
    today = facts.start_of(now.date())
    since = now.date() - dt.timedelta(days=days.contact_days)
    no_contact = Q(status__in=facts.TO_PLAN) & (Q(lot__drawn_on__lt=since) | Q(lot__drawn_on__isnull=True))
    no_tour = Q(status__in=facts.PLANNED, channel=Channel.SITE, stop__isnull=True)
    no_reading = Q(
        status__in=(*facts.PLANNED, *facts.UNDER_WAY),
        appointment_at__lt=now - dt.timedelta(hours=days.reading_hours),
    )
    no_report = Q(status__in=facts.READ, visited_at__lt=today - dt.timedelta(days=days.report_days))
    return missions.filter(no_contact | no_tour | no_reading | no_report)


def _of_row(row: "object", silent: bool, moment: Moment) -> list[Anomaly]:
    read: dict[str, object] = row._asdict()  # type: ignore[attr-defined]
    opened = read["drawn_on"] or timezone.localdate(cast(dt.datetime, read["created_at"]))
    held = cast("dt.datetime | None", read["read_at"]) if read["status"] in facts.READ else None
    known = MissionFacts(
        id=cast(int, read["pk"]),
        number=cast(str, read["number"]),
        status=cast(str, read["status"]),
        selected_on=cast(dt.date, opened),
        first_attempt_on=None if silent else cast(dt.date, opened),
        appointment_at=_local(read["appointment_at"]),
        visited_at=_local(read["visited_at"]),
        in_tour=read["held_tour"] is not None,
        on_site=read["channel"] == Channel.SITE,
        reading_on=timezone.localdate(held) if held else None,
    )
    return mission_anomalies(known, moment.delays, moment.now)


def _local(value: object) -> dt.datetime | None:
    return timezone.localtime(cast(dt.datetime, value)) if value else None


def missing_reports(moment: Moment) -> list[Anomaly]:
    """Source: missions said to have a report of which the file can't be found."""
    reported = Mission.objects.filter(status=MissionStatus.REPORTED, is_legacy=False)
    rows = reported.exclude(reports__file__isnull=False).values_list(
        "pk", "number", "reported_on", "created_at"
    )
    return [
        finding
        for pk, number, reported_on, created_at in rows
        for finding in mission_anomalies(
            MissionFacts(
                id=pk,
                number=number,
                status=MissionStatus.REPORTED,
                selected_on=timezone.localdate(created_at),
                reported_on=reported_on,
                billable=False,
                missing_documents=("le rapport",),
            ),
            moment.delays,
            moment.now,
        )
    ]
