"""An agent's published day to agenda entries."""

import datetime as dt
from typing import Any

from missions.models import Appointment, Mission
from planning.models import Stop, Tour
from spekty.core.agenda import Entry
from spekty.core.french import phone


def published_stops(tour: Tour) -> list[dict[str, Any]]:
    """Return what the agent was told: {"mission", "arrives_at", "leaves_at"} per visit, ISO times.

    A tour brought from the workbook was never published through the board: its stops are what it was.
    """
    if tour.has_snapshot:
        return list(tour.published)
    return [
        {
            "mission": stop.mission_id,
            "arrives_at": stop.arrives_at.isoformat() if stop.arrives_at else None,
            "leaves_at": stop.leaves_at.isoformat() if stop.leaves_at else None,
        }
        for stop in Stop.objects.filter(tour=tour).order_by("position")
    ]


def stop_entry(tour: Tour, stop: dict[str, Any], mission: Mission) -> Entry | None:
    """Return the entry of one visit of a published tour; None while it has no hour."""
    if not stop.get("arrives_at"):
        return None
    starts_at = dt.datetime.fromisoformat(stop["arrives_at"])
    leaves_at = stop.get("leaves_at")
    ends_at = dt.datetime.fromisoformat(leaves_at) if leaves_at else _after(starts_at, mission)
    return _entry(mission, starts_at, ends_at, tour.version)


def appointment_entry(appointment: Appointment) -> Entry:
    """Return the entry of an appointment that is on no published tour yet."""
    return _entry(appointment.mission, appointment.starts_at, appointment.ends_at, 0)


def _after(starts_at: dt.datetime, mission: Mission) -> dt.datetime:
    return starts_at + dt.timedelta(minutes=mission.minutes)


def _entry(mission: Mission, starts_at: dt.datetime, ends_at: dt.datetime, version: int) -> Entry:
    operation = mission.operation
    note = [
        f"{mission.number}, lot {mission.lot.number}, {mission.lot.fiche.code}",
        f"Téléphone : {phone(operation.phone)}" if operation.phone else "",
        mission.comment,
    ]
    return Entry(
        uid=f"mission-{mission.pk}@spekty",
        starts_at=starts_at,
        ends_at=ends_at,
        summary=f"{operation.beneficiary or mission.number} ({operation.town})",
        place=f"{operation.address}, {operation.place}".strip(", "),
        note="\n".join(part for part in note if part),
        # Both only grow, hence their sum.
        sequence=mission.version + version,
    )
