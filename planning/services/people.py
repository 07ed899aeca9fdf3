"""Absences, rights, hours and areas of agents: what decides where they may go."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from planning.enums import TourStatus
from planning.models import Stop
from spekty.accounts.enums import LinkKind
from spekty.accounts.models import Absence, Agent, Authorisation, DeclaredLink
from spekty.core.actors import Actor
from spekty.core.engine import TransitionRefused
from spekty.core.history import acting


class DatesCross(TransitionRefused):
    """The dates overlap those of another row of the same agent."""


@dataclass(frozen=True, slots=True)
class AbsenceNoted:
    absence: Absence
    stops_to_move: int
    """Visits that stand on these days and must go to somebody else."""


@transaction.atomic
def add_absence(
    *, agent: Agent, first_day: dt.date, last_day: dt.date, reason: str, by: Actor
) -> AbsenceNoted:
    """Note an absence, both days included. Raises DatesCross."""
    Agent.objects.select_for_update(of=("self",), no_key=True).get(pk=agent.pk)
    crossed = Absence.objects.filter(agent=agent, first_day__lte=last_day, last_day__gte=first_day).first()
    if crossed is not None:
        raise DatesCross(
            f"{agent} a déjà une absence du {crossed.first_day:%d/%m/%Y} au {crossed.last_day:%d/%m/%Y}."
        )
    with acting(by):
        absence = Absence.objects.create(
            agent=agent, first_day=first_day, last_day=last_day, reason=reason or "Congé"
        )
    left = Stop.objects.filter(tour__agent=agent, tour__day__range=(first_day, last_day))
    return AbsenceNoted(absence, left.exclude(tour__status=TourStatus.DONE).count())


@transaction.atomic
def remove_absence(*, absence: Absence, by: Actor) -> None:
    """Take an absence back; history keeps it."""
    with acting(by):
        absence.delete()


@transaction.atomic
def grant_authorisation(
    *, agent: Agent, family: str, valid_from: dt.date, valid_to: dt.date | None, by: Actor
) -> Authorisation:
    """Give the right to inspect a family from a day on. Raises DatesCross."""
    Agent.objects.select_for_update(of=("self",), no_key=True).get(pk=agent.pk)
    for old in Authorisation.objects.filter(agent=agent, family=family):
        starts_before_end = valid_to is None or old.valid_from <= valid_to
        if starts_before_end and (old.valid_to is None or old.valid_to >= valid_from):
            raise DatesCross(f"{agent} a déjà une habilitation {family} qui couvre une partie de ces dates.")
    with acting(by):
        return Authorisation.objects.create(
            agent=agent, family=family, valid_from=valid_from, valid_to=valid_to
        )


@transaction.atomic
def end_authorisation(*, authorisation: Authorisation, last_day: dt.date | None, by: Actor) -> Authorisation:
    """Set the last day of a right; None gives it no end. Raises DatesCross."""
    if last_day is not None and last_day < authorisation.valid_from:
        raise DatesCross("L’habilitation ne peut pas finir avant d’avoir commencé.")
    later = Authorisation.objects.filter(
        agent=authorisation.agent, family=authorisation.family, valid_from__gt=authorisation.valid_from
    ).order_by("valid_from")
    following = later.first()
    if following and (last_day is None or last_day >= following.valid_from):
        raise DatesCross(f"Une autre habilitation commence le {following.valid_from:%d/%m/%Y}.")
    with acting(by):
        authorisation.valid_to = last_day
        authorisation.save(update_fields=["valid_to"])
    return authorisation


@transaction.atomic
def declare_link(
    *, agent: Agent, kind: LinkKind, name: str, siren: str, reason: str, valid_from: dt.date, by: Actor
) -> DeclaredLink:
    """Keep a link that would bias an inspection: it blocks the assignments concerned."""
    with acting(by):
        return DeclaredLink.objects.create(
            agent=agent, kind=kind, name=name, siren=siren, reason=reason, valid_from=valid_from
        )


@transaction.atomic
def set_working_conditions(
    *,
    agent: Agent,
    departments: Sequence[str],
    workdays: Sequence[int],
    day_start: dt.time,
    day_end: dt.time,
    lunch_minutes: int,
    max_km: int,
    max_stops: int,
    by: Actor,
) -> Agent:
    """Set where and when an agent works, and the limits of a day."""
    row = Agent.objects.select_for_update(of=("self",), no_key=True).get(pk=agent.pk)
    row.departments, row.workdays = sorted(departments), sorted(workdays)
    row.day_start, row.day_end, row.lunch_minutes = day_start, day_end, lunch_minutes
    row.max_km, row.max_stops = max_km, max_stops
    with acting(by):
        row.save(
            update_fields=[
                "departments", "workdays", "day_start", "day_end", "lunch_minutes", "max_km", "max_stops"
            ]
        )  # fmt: skip
    return row
