"""Pilotage: five indicators against their targets, a control chart, the funnel, where and who."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lots.models import Client
from quality.permissions import can_read_dashboard
from quality.rules.indicators import ControlPoint
from quality.selectors import dashboard as read
from spekty.accounts.models import Agent, User
from spekty.core import french
from spekty.core.departments import NAMES
from spekty.core.enums import Family


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with its options, as the page draws it."""

    name: str
    label: str
    options: list[tuple[str, str]]
    value: str

    @property
    def word(self) -> str:
        return next((label for code, label in self.options if code == self.value), "")


def _number(query: QueryDict, name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def filters_of(query: QueryDict) -> read.Filters:
    """Return the filters of an address; what isn't understood is left out."""
    months = _number(query, "mois")
    kept = months if months in read.MONTHS else read.MONTHS[0]
    first, last = read.period(kept, timezone.localdate())
    department, family = query.get("zone", ""), query.get("type", "")
    return read.Filters(
        first=first,
        last=last,
        months=kept,
        department=department if department in NAMES else "",
        family=family if family in Family.values else "",
        client=_number(query, "client"),
        agent=_number(query, "agent"),
    )


def _choices(chosen: read.Filters, user: User) -> list[Choice]:
    clients = [(str(pk), name) for pk, name in Client.objects.visible_to(user).values_list("pk", "name")]
    agents = [(str(agent.pk), str(agent)) for agent in Agent.objects.active()]
    zones = [(code, f"{code} {name}") for code, name in NAMES.items()]
    return [
        Choice("mois", "Période", [(str(n), f"{n} mois") for n in read.MONTHS], str(chosen.months)),
        Choice("zone", "Zone", zones, chosen.department),
        Choice("type", "Type", [(str(code), str(word)) for code, word in Family.choices], chosen.family),
        Choice("client", "Client", clients, str(chosen.client or "")),
        Choice("agent", "Intervenant", agents, str(chosen.agent or "")),
    ]


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the indicators of a period; the filters are in the address."""
    user = request.user
    if not isinstance(user, User) or not can_read_dashboard(user):
        raise PermissionDenied("Le pilotage est réservé à la qualité et à la direction.")
    chosen = filters_of(request.GET)
    tiles = read.indicators(user, chosen)
    stages, counts = read.funnel(user, chosen)
    returns = next(tile for tile in tiles if tile.code == "returns")
    points = read.control_chart(returns)
    departments = read.by_department(user, chosen)
    context = {
        "chosen": chosen,
        "choices": _choices(chosen, user),
        "tiles": tiles,
        "missed": [tile for tile in tiles if tile.standing.tone == "ko"],
        "points": points,
        "out": [point for point in points if point.is_out],
        "chart_label": _chart_label(points),
        "stages": stages,
        "counts": counts,
        "departments": [(line, french.department(line.key)) for line in departments],
        "families": [(line, str(Family(line.key).label)) for line in read.by_family(user, chosen)],
        "agents": read.by_agent(user, chosen),
    }
    template = (
        "quality/_dashboard.html"
        if request.headers.get("HX-Target") == "pilotage"
        else "quality/dashboard.html"
    )
    return render(request, template, context)


def _chart_label(points: list[ControlPoint]) -> str:
    out = sum(point.is_out for point in points)
    said = f"{french.plural(out, 'semaine')} hors limite" if out else "aucune semaine hors limite"
    return f"Carte de contrôle du taux de relevés incomplets par semaine : {said}. Tableau à la suite."
