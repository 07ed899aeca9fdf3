"""Fiche mission: what it is, what to do next, all that happened."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from missions.models import Mission
from missions.permissions import can_plan
from missions.rules.next_act import NextAct
from missions.selectors import detail as selectors
from missions.views.acts import ACTS
from missions.views.links import address
from quality.selectors.review import evidence_of
from spekty.accounts.access import person
from spekty.accounts.models import User

ELSEWHERE = {"relire": "quality:review", "contre-visite": "quality:reports", "facturer": "billing:list"}


@require_safe
def mission_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show one mission; an agent is sent to their portal, an old link to the address by number."""
    user = person(request)
    mission = selectors.find_mission(user, number)
    if mission is None:
        raise Http404
    # Nobody's mission isn't that of a reader, who is no agent.
    if not user.sees_everything and mission.agent_id and user.agent_id_or_none == mission.agent_id:
        return redirect("field:mission", pk=mission.pk)
    if number != mission.number:
        return redirect("missions:detail", number=mission.number, permanent=False)
    return render(request, "missions/detail/page.html", _context(mission, user))


def _context(mission: Mission, user: User) -> dict[str, Any]:
    now = timezone.localtime()
    changes = selectors.changes_of(mission)
    following = selectors.next_act_of(mission, now)
    held = mission.is_held
    documents, reports = list(mission.documents.select_related("file")), selectors.reports_of(mission)
    return {
        "mission": mission,
        "steps": selectors.steps_of(mission, changes),
        "history": selectors.history_of(mission, changes),
        "next": following,
        "next_url": _next_url(mission, following),
        "may_next": bool(following.roles & user.acting().roles),
        "next_is_dialog": following.verb in ACTS,
        "others": _others(mission, user, following),
        "attempts": list(mission.attempts.all()),
        "doors": list(mission.unproductive.select_related("agent")),
        "slot": selectors.standing_slot(mission),
        "documents": documents,
        "papers": len(documents) + len(reports),
        "evidence": evidence_of(mission, user) if held and user.sees_everything else None,
        "reports": reports,
        "invoice_lines": selectors.invoice_lines_of(mission, user),
        "pay_lines": selectors.pay_lines_of(mission, user),
        "reinspections": list(mission.reinspections.all()),
        "lot_url": address("lots:detail", mission.lot.number)
        or address("missions:list", lot=mission.lot.number),
        "can_plan": can_plan(user),
    }


def _next_url(mission: Mission, following: NextAct) -> str:
    if following.verb in ACTS:
        return reverse("missions:act", args=[mission.number, following.verb])
    name = ELSEWHERE.get(following.verb, "")
    if not name:
        return ""
    return address(name) if name == "billing:list" else address(name, mission.pk)


def _others(mission: Mission, user: User, following: NextAct) -> list[tuple[str, str, str]]:
    """The other acts that leave this state: (label, address, "danger" or "")."""
    if not can_plan(user):
        return []
    return [
        (asked.title, reverse("missions:act", args=[mission.number, verb]), "danger" if asked.danger else "")
        for verb, asked in ACTS.items()
        if mission.status in asked.sources and verb != following.verb
    ]
