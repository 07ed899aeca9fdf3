"""Missions, re-inspections, visits without access, reviews, issued reports."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from field.models import DailyKm
from integrations.workbook.fates import Fate
from integrations.workbook.loading.bulk import copy_rows
from integrations.workbook.loading.stages import Loading, moment
from integrations.workbook.loading.upsert import Key, upsert
from integrations.workbook.loading.words import CHANNELS, STATUSES
from integrations.workbook.rows import MissionRow, Place
from lots.models import Lot
from missions.enums import HELD_STATUSES, MissionStatus, UnproductiveReason
from missions.models import Mission, UnproductiveVisit
from missions.services.creation import CONTACT_MINUTES
from quality.enums import ReviewDecision
from quality.models import Report, Review
from spekty.core.enums import Channel, Source
from spekty.core.models import StateChange

ZONE = ZoneInfo(settings.TIME_ZONE)
NOON = dt.time(12)
VISIT_KEY = ("mission_id", "agent_id", "at")


def load_missions(loading: Loading) -> None:
    """Load the sheet Missions; re-inspections second, since they name the mission that they follow."""
    shapes = {
        pk: (number, family, minutes, due_on)
        for pk, number, family, minutes, due_on in Lot.objects.filter(
            pk__in=loading.lots.values()
        ).values_list("pk", "number", "fiche__family", "fiche__minutes", "filing_on")
    }
    first = [row for row in loading.book.missions if not row.reinspection]
    again = [row for row in loading.book.missions if row.reinspection]
    for rows in (first, again):
        wanted, places = [], []
        for row in rows:
            refusal = _refusal(row, loading)
            if refusal:
                loading.settle(row.place, Fate.REJECTED, refusal)
                continue
            lot = loading.lots[row.lot]
            wanted.append(_mission(row, loading, lot, shapes[lot][1:]))
            places.append((row.place, (row.number,)))
        done = loading.note("Mission", upsert(Mission, ("number",), wanted))
        loading.settle_rows(places, done)
        loading.missions |= {str(key[0]): pk for key, pk in done.ids.items()}


def _refusal(row: MissionRow, loading: Loading) -> str:
    if row.lot not in loading.lots:
        return f"lot inconnu : « {row.lot} »"
    if (row.lot, row.operation.upper()) not in loading.operations:
        return f"opération inconnue dans {row.lot} : « {row.operation} »"
    if row.reinspection and row.reinspection_of not in loading.missions:
        return f"mission d’origine inconnue : « {row.reinspection_of} »"
    return ""


def status_of(row: MissionRow) -> MissionStatus:
    """Return the status; where its word is unknown (the reader remarks it), what the facts of the row say."""
    if row.status:
        return STATUSES[row.status]
    if row.reported_on:
        return MissionStatus.REPORTED
    return MissionStatus.RECEIVED if row.visited_on and row.result else MissionStatus.TO_PLAN


def _mission(
    row: MissionRow, loading: Loading, lot: int, shape: tuple[str, int, dt.date | None]
) -> dict[str, Any]:
    family, minutes, due_on = shape
    channel = CHANNELS[row.channel] if row.channel else Channel.SITE
    status = status_of(row)
    when = moment(row.visited_on, row.visited_at, ZONE)
    held = status in HELD_STATUSES
    return {
        "number": row.number,
        "lot_id": lot,
        "operation_id": loading.operations[row.lot, row.operation.upper()],
        "channel": channel,
        "family": family,
        "reinspection_of_id": loading.missions.get(row.reinspection_of),
        "status": status,
        "conclusion": str(row.result) if row.result else "",
        "agent_id": loading.agents.get(row.agent),
        "minutes": minutes if channel == Channel.SITE else CONTACT_MINUTES,
        "due_on": due_on,
        # "Date visite" of a mission that wasn't held yet is its appointment (workbook.md).
        "visited_at": when if held else None,
        "appointment_at": None if held else when,
        "reported_on": row.reported_on,
        "area_measured": row.measured_area,
        "comment": row.comment,
        "is_legacy": True,
    }


def load_unproductive(loading: Loading) -> None:
    """Load the visits without access of each mission."""
    wanted, places = [], []
    for row in loading.book.missions:
        for attempt in row.attempts:
            if row.number in loading.missions:
                visit = {
                    "mission_id": loading.missions[row.number],
                    "agent_id": loading.agents.get(attempt.agent),
                    "at": moment(attempt.day, attempt.time, ZONE),
                    "reason": UnproductiveReason.ABSENCE,
                    "source": Source.IMPORT,
                }
                wanted.append(visit)
                places.append((row.place, tuple(visit[name] for name in VISIT_KEY)))
    done = loading.note("UnproductiveVisit", upsert(UnproductiveVisit, VISIT_KEY, wanted))
    loading.tell(places, done, "Visite improductive")


def load_kilometres(loading: Loading) -> None:
    """Load the sheet Km; two rows of one agent and day add up."""
    wanted: dict[tuple[int, dt.date], dict[str, Any]] = {}
    places = []
    for row in loading.book.kilometres:
        agent = loading.agents.get(row.agent)
        if agent is None or row.day is None or row.km is None:
            reason = "intervenant inconnu" if agent is None else "date ou km illisible"
            loading.settle(row.place, Fate.REJECTED, reason)
            continue
        key = (agent, row.day)
        if key in wanted:
            wanted[key]["km"] += row.km
            loading.settle(row.place, Fate.MERGED, "ajoutée à une autre ligne du même jour")
            continue
        wanted[key] = {"agent_id": agent, "day": row.day, "km": row.km}
        places.append((row.place, key))
    done = upsert(DailyKm, ("agent_id", "day"), wanted.values())
    loading.settle_rows(places, loading.note("DailyKm", done))


def load_reviews(loading: Loading) -> None:
    """Load who reviewed each held mission; the workbook has no review date but the report's."""
    wanted = [
        {
            "mission_id": loading.missions[row.number],
            "reviewer_name": row.reviewer,
            "reviewer_agent_id": loading.agents.get(row.reviewer),
            "inspector_id": loading.agents[row.agent],
            "decision": ReviewDecision.ACCEPTED,
            "conclusion": str(row.result) if row.result else "",
            "at": moment(row.reported_on or row.visited_on, NOON, ZONE),
            "is_legacy": True,
        }
        for row in loading.book.missions
        if row.reviewer
        and row.number in loading.missions
        and row.agent in loading.agents
        and (row.reported_on or row.visited_on)
    ]
    legacy = Review.objects.filter(is_legacy=True)
    done = loading.note("Review", upsert(Review, ("mission_id",), wanted, existing=legacy))
    loading.tell(_places(loading), done, "Relecture")


def load_reports(loading: Loading) -> None:
    """Load the issued reports; their files stay in the document store under the mission's number."""
    wanted = [
        {
            "mission_id": loading.missions[row.number],
            "rank": 1,
            "number": row.number,
            "conclusion": str(row.result) if row.result else "",
            "issued_at": moment(row.reported_on, NOON, ZONE),
            "issued_by_name": row.reviewer,
            "is_legacy": True,
        }
        for row in loading.book.missions
        if row.reported_on and row.number in loading.missions and status_of(row) == MissionStatus.REPORTED
    ]
    done = loading.note("Report", upsert(Report, ("mission_id", "rank"), wanted))
    loading.tell(_places(loading, 1), done, "Rapport")


def _places(loading: Loading, *more: int) -> Iterator[tuple[Place, Key]]:
    """Yield where each mission loaded stands, by its key and what follows it in a second table's key."""
    for row in loading.book.missions:
        if row.number in loading.missions:
            yield row.place, (loading.missions[row.number], *more)


def load_journal(loading: Loading) -> None:
    """Give each mission that has no journal its first line: loaded from the workbook, in its state."""
    label = Mission._meta.label_lower
    known = set(StateChange.objects.filter(aggregate=label).values_list("aggregate_id", flat=True))
    fresh = [row for row in loading.book.missions if loading.missions.get(row.number, 0) not in known]
    at = timezone.now()
    copy_rows(
        StateChange,
        [
            {
                "aggregate": label,
                "aggregate_id": loading.missions[row.number],
                "transition": "import",
                "from_state": "",
                "to_state": status_of(row),
                "at": at,
                "actor_name": "Classeur",
                "source": Source.IMPORT,
                "reason": f"Reprise, feuille {row.place.sheet}, ligne {row.place.row}",
            }
            for row in fresh
            if row.number in loading.missions
        ],
    )
