"""Aujourd'hui: what head office must know and do, on one page whose zones refresh themselves."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from billing.selectors.stakes import stakes
from missions.selectors import today as day
from missions.selectors.anomalies import remember, snoozes, survey, unsnoozed
from missions.selectors.findings import Finding, Point, findings_of, points_of
from missions.views.links import Act, address, object_url, point_act
from spekty.accounts.access import person
from spekty.accounts.models import User
from spekty.core import french
from spekty.core.selectors import connector_states

SHOWN = 12
OWNERS = {"": "Tous", "moi": "Les miens", "personne": "Sans responsable"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of "À traiter" as the page draws it."""

    point: Point
    why: str
    url: str
    ref: str
    act: Act


def _findings(request: HttpRequest) -> list[Finding]:
    """The findings, looked for once a request: two zones of the page read them."""
    found: list[Finding] | None = getattr(request, "_open_findings", None)
    if found is None:
        seen, follow = survey(), snoozes()
        waiting = remember(unsnoozed(seen.anomalies, follow.values(), timezone.localdate()))
        found = findings_of(waiting, seen.targets, follow)
        request._open_findings = found  # type: ignore[attr-defined]
    return found


def _counters(request: HttpRequest, user: User) -> dict[str, Any]:
    now = timezone.localtime()
    waiting = day.to_invoice(user)
    anomalies = [finding.anomaly for finding in _findings(request)]
    oldest = waiting.values_list("reported_on", flat=True).first()
    count = waiting.count()
    return {
        "counts": day.counts(user, now),
        "anomalies": len(anomalies),
        "blocking": sum(anomaly.severity == "ko" for anomaly in anomalies),
        "to_invoice": count,
        "since": day.since_yesterday(now.date(), anomalies=len(anomalies), to_invoice=count),
        "oldest_report": oldest,
        "today": now.date(),
    }


def _tools(request: HttpRequest, user: User) -> dict[str, Any]:
    states = [state for state in connector_states() if state.state != "off"]
    return {"tools": states, "tools_url": address("core:connectors")}


def _todo(request: HttpRequest, user: User) -> dict[str, Any]:
    found = _findings(request)
    amounts = stakes(finding.target for finding in found)
    chosen = request.GET.get("pour", "")
    groups = {code: points_of([f for f in found if _belongs(f, code, user)], amounts) for code in OWNERS}
    shown = groups.get(chosen, groups[""])
    return {
        "lines": [_line(point) for point in shown[:SHOWN]],
        "total": len(shown),
        "others": max(0, len(shown) - SHOWN),
        "owners": [(code, word, len(groups[code]), code == chosen) for code, word in OWNERS.items()],
        "chosen": chosen,
    }


def _belongs(finding: Finding, code: str, user: User) -> bool:
    if code == "moi":
        return finding.is_for(user)
    return finding.owner is None if code == "personne" else True


def _line(point: Point) -> Line:
    target = point.first.target
    if point.count > 1 and target.lot:
        why = ", ".join(finding.target.name for finding in point.findings[:2])
        rest = point.count - 2
        more = f" et {french.plural(rest, 'autre')}" if rest > 0 else ""
        url = address("lots:detail", target.lot)
        return Line(point, why + more, url, target.lot, point_act(point))
    why = point.first.anomaly.sentence.removeprefix(target.name).lstrip("\u00a0: ")
    return Line(point, why, object_url(target), target.name, point_act(point))


def _activity(request: HttpRequest, user: User) -> dict[str, Any]:
    now = timezone.localtime()
    return {
        "progress": day.progress(user, now),
        "events": day.last_hours(user, now),
        "board_url": address("planning:day"),
        "today": now.date(),
    }


ZONES: dict[str, tuple[Callable[[HttpRequest, User], dict[str, Any]], str]] = {
    "compteurs": (_counters, "missions/today/_counters.html"),
    "outils": (_tools, "missions/today/_tools.html"),
    "a-traiter": (_todo, "missions/today/_todo.html"),
    "activite": (_activity, "missions/today/_activity.html"),
}


@login_not_required
def today(request: HttpRequest) -> HttpResponse:
    """Show the day; who is not signed in yet will land on their own home, hence no `next`."""
    return _today(request) if request.user.is_authenticated else redirect("account_login")


@require_safe
def _today(request: HttpRequest) -> HttpResponse:
    """Show the day, or one of its zones (`?zone=`) when it changed since the version that the page has."""
    user = person(request)
    if not user.sees_everything:
        return redirect("core:home")
    name = request.GET.get("zone")
    if name is None:
        zones = {code.replace("-", "_"): _zone(request, user, code)[0] for code in ZONES}
        return render(request, "missions/today/page.html", {"zones": zones, "now": timezone.localtime()})
    if name not in ZONES:
        raise Http404
    html, version = _zone(request, user, name)
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    return HttpResponse(html)


def _zone(request: HttpRequest, user: User, name: str) -> tuple[SafeString, str]:
    """Return the HTML of a zone and the version of what it says."""
    read, template = ZONES[name]
    context = read(request, user)
    body = render_to_string(template, context, request)
    version = hashlib.sha256(body.encode()).hexdigest()[:16]
    zone = {"name": name, "version": version, "body": body, "pour": request.GET.get("pour", "")}
    return render_to_string("missions/today/_zone.html", zone, request), version
