"""Agents with all that decides where they may go."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from missions.models import Mission
from spekty.accounts.models import Absence, Agent

MISSION_NEEDS = ("operation__installer", "lot__client", "lot__fiche")
"""What a mission must carry to be judged without further queries."""


def agents_for(first: dt.date, last: dt.date, ids: Iterable[int] | None = None) -> QuerySet[Agent]:
    """Return active agents with their rights, links, and the absences that touch these days: four queries."""
    found = agents_on(first, last).prefetch_related("links")
    return found if ids is None else found.filter(pk__in=list(ids))


def agents_on(first: dt.date, last: dt.date) -> QuerySet[Agent]:
    """Return active agents with what a screen shows of them: rights and absences, three queries."""
    absences = Absence.objects.filter(first_day__lte=last, last_day__gte=first)
    return Agent.objects.active().prefetch_related("authorisations", Prefetch("absences", queryset=absences))


def missions_for(ids: Iterable[int]) -> list[Mission]:
    """Return these missions with their parties, in one query."""
    return list(Mission.objects.filter(pk__in=list(ids)).select_related(*MISSION_NEEDS).order_by("pk"))


def absence_on(agent: Agent, day: dt.date) -> Absence | None:
    """Return the absence that covers `day`, from what was prefetched."""
    return next((a for a in agent.absences.all() if a.first_day <= day <= a.last_day), None)
