"""Anomalies: every rule of "late and abnormal", who acts, and what may wait with its reason."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from billing.selectors.stakes import stakes
from missions.forms.anomalies import OwnerForm, SnoozeForm
from missions.permissions import can_follow, can_settle
from missions.rules.anomalies import RULES, Severity
from missions.rules.anomalies.catalogue import Key
from missions.selectors.anomalies import remember, snoozes, survey
from missions.selectors.findings import WORDS, Finding, Point, findings_of
from missions.services import anomalies as services
from missions.views.links import Act, act_of, object_url
from missions.views.today import OWNERS
from spekty.accounts.access import only, person
from spekty.accounts.models import User
from spekty.core.engine import TransitionRefused
from spekty.core.keyset import keyset_slice

PAGE = 50
SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class Row:
    """One anomaly as the list draws it."""

    finding: Finding
    point: Point
    url: str
    act: Act
    amount: Any
    snoozed: bool


@require_safe
@only(can_follow)
def anomalies(request: HttpRequest) -> HttpResponse:
    """Show what is late or abnormal; `regle`, `gravite`, `pour` and `etat` narrow it."""
    user = person(request)
    today = timezone.localdate()
    seen, follow = survey(), snoozes()
    found = findings_of(seen.anomalies, seen.targets, follow)
    waiting = [f for f in found if not _is_snoozed(f, today)]
    remember([f.anomaly for f in waiting])
    aside = [f for f in found if _is_snoozed(f, today)]
    state, rule = request.GET.get("etat", ""), request.GET.get("regle", "")
    listed = aside if state == "cote" else waiting
    page = keyset_slice(_kept(listed, request, user), _place, request.GET.get("page", ""), size=PAGE)
    amounts = stakes(f.target for f in page)
    severity, whose = request.GET.get("gravite", ""), request.GET.get("pour", "")
    context = {
        "page": page,
        "rows": [_row(f, amounts, today) for f in page],
        "rules": _rules(listed, rule),
        "severities": [(s.value, s.label, severity == s.value) for s in Severity],
        "owners": [(code, word, code == whose) for code, word in OWNERS.items()],
        "state": state,
        "aside": len(aside),
        "total": len(waiting),
        "may_settle": can_settle(user),
    }
    template = "missions/anomalies/_list.html" if request.htmx else "missions/anomalies/page.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _kept(listed: list[Finding], request: HttpRequest, user: User) -> list[Finding]:
    """Return the findings that the address asks for."""
    rule, severity = request.GET.get("regle", ""), request.GET.get("gravite", "")
    whose = request.GET.get("pour", "")
    return [
        f
        for f in listed
        if (rule not in RULES or f.anomaly.rule == rule)
        and (severity not in set(Severity) or f.anomaly.severity == severity)
        and (whose != "moi" or f.is_for(user))
        and (whose != "personne" or f.owner is None)
    ]


def _place(finding: Finding) -> tuple[int | str, ...]:
    """The place of a finding in the list: `by_urgency` in numbers and texts."""
    a = finding.anomaly
    due = (a.due or dt.date.max).isoformat()
    return SEVERITIES.index(a.severity), due, a.since.isoformat(), a.rule, a.aggregate, a.aggregate_id


def _is_snoozed(finding: Finding, today: Any) -> bool:
    return bool(finding.follow and finding.follow.until and finding.follow.until > today)


def _row(finding: Finding, amounts: Any, today: Any) -> Row:
    target = finding.target
    amount = amounts.get(target.pk) if target.stake else None
    url = object_url(target)
    return Row(finding, Point([finding]), url, act_of(finding), amount, _is_snoozed(finding, today))


def _rules(listed: list[Finding], chosen: str) -> list[tuple[str, str, int, bool]]:
    counts = Counter(f.anomaly.rule for f in listed)
    return [
        (code, WORDS[code][0], counts[code], code == chosen)
        for code in RULES
        if counts[code] or code == chosen
    ]


def _key(rule: str, aggregate: str, pk: int) -> Key:
    if rule not in RULES:
        raise Http404
    return (rule, aggregate, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, rule: str, aggregate: str, pk: int, verb: str) -> HttpResponse:
    """Give an anomaly to somebody (`suivre`), set it aside (`attendre`) or bring it back (`reprendre`)."""
    user = person(request)
    if not can_settle(user):
        raise PermissionDenied
    key = _key(rule, aggregate, pk)
    seen = survey()
    wanted = [anomaly for anomaly in seen.anomalies if anomaly.key == key]
    if not wanted:
        raise Http404("Cette anomalie n’existe plus.")
    finding = findings_of(wanted, seen.targets, snoozes())[0]
    if verb == "reprendre" and request.method == "POST":
        services.wake(key=key, by=user.acting())
        return _back(request, "Anomalie reprise.")
    form = _form(request, verb, finding)
    if form is None:
        raise Http404
    if request.method != "POST" or not form.is_valid():
        return _draw(request, finding, verb, form, 422 if request.method == "POST" else 200)
    data = form.cleaned_data
    try:
        if verb == "suivre":
            services.take_up(key=key, owner=data["owner"], by=user.acting())
            return _back(request, f"Confiée à {data['owner']}." if data["owner"] else "Remise à tous.")
        services.snooze(key=key, today=timezone.localdate(), by=user.acting(), **data)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return _draw(request, finding, verb, form, 422)
    return _back(request, "Anomalie mise de côté.")


def _form(request: HttpRequest, verb: str, finding: Finding) -> OwnerForm | SnoozeForm | None:
    sent = request.POST if request.method == "POST" else None
    follow = finding.follow
    if verb == "suivre":
        return OwnerForm(sent, initial={"owner": follow.owner if follow else person(request)})
    if verb == "attendre":
        return SnoozeForm(sent, initial={"reason": follow.reason if follow else ""})
    return None


def _draw(request: HttpRequest, finding: Finding, verb: str, form: Any, status: int) -> HttpResponse:
    template = "missions/anomalies/_settle.html" if request.htmx else "missions/anomalies/settle.html"  # type: ignore[attr-defined]
    context = {"finding": finding, "verb": verb, "form": form, "path": request.path}
    return render(request, template, context, status=status)


def _back(request: HttpRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    url = reverse("missions:anomalies")
    if request.htmx:  # type: ignore[attr-defined]
        return cast(HttpResponse, HttpResponseClientRedirect(url))
    return redirect(url)
