"""Absences and rights as the planner lists them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from planning.models import Stop
from spekty.accounts.models import Absence, Agent, Authorisation
from spekty.core.enums import Family
from spekty.core.keyset import KeysetPage, Order, keyset_page

PAGE = 50
EXPIRES_SOON = dt.timedelta(60)


def absences_from(day: dt.date) -> QuerySet[Absence]:
    """Return absences under way or to come, with the visits that stand on them (`stops`)."""
    stops = (
        Stop.objects.filter(
            tour__agent=OuterRef("agent"),
            tour__day__gte=OuterRef("first_day"),
            tour__day__lte=OuterRef("last_day"),
        )
        .order_by()
        .values("tour__agent")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        Absence.objects.filter(last_day__gte=day)
        .select_related("agent")
        .annotate(stops=Coalesce(Subquery(stops), 0))
    )


@dataclass(frozen=True, slots=True)
class Right:
    """What an agent may inspect of a family. `state` is ok, soon, ended or none."""

    family: str
    authorisation: Authorisation | None
    state: str


@dataclass(frozen=True, slots=True)
class Member:
    agent: Agent
    rights: list[Right]


def team_page(day: dt.date, cursor: str = "") -> KeysetPage[Member]:
    """Return a page of the active agents with the state of each family on `day`, in three queries."""
    agents = Agent.objects.active().prefetch_related("authorisations")
    page = keyset_page(agents, Order.by("last_name", "first_name"), cursor, size=PAGE, counted=True)
    members = [Member(agent, [_right(agent, family, day) for family in Family.values]) for agent in page]
    return KeysetPage(members, page.after, page.before, page.total)


def _right(agent: Agent, family: str, day: dt.date) -> Right:
    mine = [a for a in agent.authorisations.all() if a.family == family]
    held = next((a for a in mine if a.covers(day)), None)
    if held is None:
        last = max(mine, key=lambda a: a.valid_from, default=None)
        return Right(family, last, "ended" if last else "none")
    is_near = held.valid_to is not None and held.valid_to <= day + EXPIRES_SOON
    return Right(family, held, "soon" if is_near else "ok")
