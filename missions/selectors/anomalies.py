"""What is late or abnormal, found set-wise: all sources are read in one query whatever the volume.

The sources are named in the settings (ANOMALY_SOURCES), so that an app above this one adds its own.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from missions.enums import MissionStatus
from missions.models import Mission, Snooze
from missions.rules.anomalies import (
    Anomaly,
    Delays,
    MissionFacts,
    by_urgency,
    mission_anomalies,
    not_snoozed,
)
from missions.rules.anomalies.catalogue import Key
from missions.selectors import facts
from missions.selectors.survey import (
    MISSION,
    Moment,
    Rows,
    Source,
    Target,
    TargetKey,
    local_day,
    mission_target,
)
from spekty.accounts.models import User
from spekty.core.enums import Channel
from spekty.core.oneshot import Ask, Row, day, moment, read_all
from spekty.core.parameters import kept_parameters
from spekty.core.shell import Badge

log = logging.getLogger(__name__)

BADGE_SECONDS = 24 * 3600
BADGE_KEY = "missions:anomalies"


@dataclass(frozen=True, slots=True)
class Survey:
    """Every finding of every source, gravest first, and what each is about."""

    anomalies: list[Anomaly]
    targets: dict[TargetKey, Target]


def house_delays() -> Delays:
    """Return the delays that an administrator set."""
    return Delays.of(kept_parameters())


def survey(now: dt.datetime | None = None) -> Survey:
    """Return every finding, snoozed ones included, in one query."""
    at = Moment(timezone.localtime(now), house_delays())
    sources = [cast(Source, import_string(dotted)) for dotted in settings.ANOMALY_SOURCES]
    asks: dict[str, Ask] = {}
    for source in sources:
        asks.update(source.asks(at))
    rows = read_all(asks)
    anomalies: list[Anomaly] = []
    targets: dict[TargetKey, Target] = {}
    for source in sources:
        for anomaly, target in source.judge(rows, at):
            anomalies.append(anomaly)
            targets[anomaly.aggregate, anomaly.aggregate_id] = target
    return Survey(by_urgency(anomalies), targets)


def all_anomalies(now: dt.datetime | None = None) -> list[Anomaly]:
    """Return every finding, gravest first, snoozed ones included."""
    return survey(now).anomalies


def snoozes() -> dict[Key, Snooze]:
    """Return who follows which finding and until when it is set aside."""
    rows = Snooze.objects.select_related("owner")
    return {(row.rule, row.aggregate, row.aggregate_id): row for row in rows}


def open_anomalies(now: dt.datetime | None = None) -> list[Anomaly]:
    """Return the findings that nobody set aside until a later day, gravest first."""
    return remember(unsnoozed(all_anomalies(now), snoozes().values(), timezone.localtime(now).date()))


def unsnoozed(anomalies: Iterable[Anomaly], follow: Iterable[Snooze], today: dt.date) -> list[Anomaly]:
    """Return the findings that nobody set aside until a later day."""
    until = {(row.rule, row.aggregate, row.aggregate_id): row.until for row in follow if row.until}
    return not_snoozed(anomalies, until, today)


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


def _late_asks(at: Moment) -> dict[str, Ask]:
    silent = facts.never_contacted(Mission.objects.filter(pk=OuterRef("pk")))
    rows = _late(Mission.objects.all(), at.delays, at.now).annotate(
        read_at=Coalesce(Max("readings__received_at"), F("visited_at")),
        held_tour=Max("stop__id"),
        silent=Exists(silent),
    )
    return {
        "late_missions": Ask(
            rows,
            MISSION
            | {
                "drawn_on": "lot__drawn_on",
                "visited_at": "visited_at",
                "read_at": "read_at",
                "held_tour": "held_tour",
                "silent": "silent",
            },
        )
    }


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


def _late_found(rows: Rows, at: Moment) -> Iterator[tuple[Anomaly, Target]]:
    for row in rows["late_missions"]:
        target = mission_target(row)
        for finding in mission_anomalies(_late_facts(row), at.delays, at.now):
            yield finding, target


def _late_facts(row: Row) -> MissionFacts:
    opened = day(row["drawn_on"]) or local_day(row["created_at"])
    held = moment(row["read_at"]) if row["status"] in facts.READ else None
    return MissionFacts(
        id=row["pk"],
        number=row["number"],
        status=row["status"],
        selected_on=opened,
        first_attempt_on=None if row["silent"] else opened,
        appointment_at=moment(row["appointment_at"]),
        visited_at=moment(row["visited_at"]),
        in_tour=row["held_tour"] is not None,
        on_site=row["channel"] == Channel.SITE,
        reading_on=held.date() if held else None,
    )


# Missions not contacted, without tour, without reading, or whose reading has no report.
late_missions = Source(_late_asks, _late_found)


def _report_asks(at: Moment) -> dict[str, Ask]:
    reported = Mission.objects.filter(status=MissionStatus.REPORTED, is_legacy=False)
    return {"missing_reports": Ask(reported.exclude(reports__file__isnull=False), MISSION)}


def _report_found(rows: Rows, at: Moment) -> Iterator[tuple[Anomaly, Target]]:
    for row in rows["missing_reports"]:
        known = MissionFacts(
            id=row["pk"],
            number=row["number"],
            status=MissionStatus.REPORTED,
            selected_on=local_day(row["created_at"]),
            reported_on=day(row["reported_on"]),
            billable=False,
            missing_documents=("le rapport",),
        )
        for finding in mission_anomalies(known, at.delays, at.now):
            yield finding, mission_target(row)


# Missions said to have a report of which the file can't be found.
missing_reports = Source(_report_asks, _report_found)
