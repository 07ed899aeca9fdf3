"""The review: the queue on the left, the evidence in the middle, the decision on the right."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from field.models import Photo, Reading
from missions.enums import NotVerifiableKind
from missions.models import Mission
from quality.forms import ACCEPT, CHANGE, SEND_BACK, DecisionForm
from quality.permissions import can_review
from quality.selectors.disputes import to_settle
from quality.selectors.review import ORDERS, Queue, evidence_of, lot_effect, review_queue, to_review
from quality.services import accept_and_issue, send_back
from quality.services.reviewing import preview_report
from spekty.accounts.models import User
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Conclusion, Family
from spekty.core.files import file_response


def reviewer(request: HttpRequest) -> User:
    """Return the signed-in reviewer; raises PermissionDenied for anyone else."""
    user = request.user
    if not isinstance(user, User) or not can_review(user):
        raise PermissionDenied("La relecture est réservée à la qualité.")
    return user


def _queue(request: HttpRequest, user: User) -> Queue:
    family = request.GET.get("type", "")
    return review_queue(
        user,
        order=request.GET.get("tri", "age"),
        family=family if family in Family.values else "",
        cursor=request.GET.get("page", ""),
    )


def _queue_context(found: Queue, user: User) -> dict[str, Any]:
    return {
        "queue": found,
        "disputed": to_settle(user).count(),
        "orders": [(code, word, code == found.order) for code, word in ORDERS.items()],
        "families": [
            (code, Family(code).label, count, code == found.family) for code, count in found.families
        ],
    }


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Show the queue, and the evidence of its first reading."""
    user = reviewer(request)
    found = _queue(request, user)
    if request.headers.get("HX-Target") == "queue":
        return render(request, "quality/_queue.html", _queue_context(found, user) | {"current": None})
    first = found.rows[0].mission if found.rows else None
    if first is None:
        return render(request, "quality/review_empty.html", _queue_context(found, user))
    return _draw(request, user, found, first.pk, is_list=True)


@require_safe
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one reading to review."""
    user = reviewer(request)
    return _draw(request, user, _queue(request, user), pk)


def _draw(
    request: HttpRequest,
    user: User,
    found: Queue,
    pk: int,
    *,
    form: DecisionForm | None = None,
    is_list: bool = False,
) -> HttpResponse:
    related = ("operation__installer", "agent", "lot__fiche", "lot__client", "reinspection_of")
    mission = get_object_or_404(Mission.objects.visible_to(user).select_related(*related), pk=pk)
    evidence = evidence_of(mission, user)
    why = evidence.reading.why if evidence.reading else []
    proposed = evidence.reading.proposed if evidence.reading else ""
    first = ACCEPT if evidence.reading else SEND_BACK
    before, after = found.neighbours(pk)
    context = {
        "mission": mission,
        "evidence": evidence,
        "form": form or DecisionForm(initial={"decision": first, "reasons": why}, why=why),
        "proposed": proposed,
        "effect": lot_effect(mission, proposed) if mission.status == "to_review" else None,
        "before": before,
        "after": after,
        "rank": found.rank(pk),
        "current": pk,
        "is_list": is_list,
        "can_decide": mission.status == "to_review" and not evidence.is_inspector,
    }
    status = 422 if form is not None else 200
    return render(request, "quality/review.html", _queue_context(found, user) | context, status=status)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the reviewer's decision, then go on with the next reading."""
    user = reviewer(request)
    mission = get_object_or_404(Mission.objects.visible_to(user), pk=pk)
    reading = mission.readings.filter(state="current").first()
    form = DecisionForm(request.POST, why=reading.why if reading else [])
    found = _queue(request, user)
    if not form.is_valid():
        return _draw(request, user, found, pk, form=form)
    try:
        text = _carry_out(mission, reading, user, form.cleaned_data)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return _draw(request, user, found, pk, form=form)
    messages.success(request, text)
    _, after = found.neighbours(pk)
    url = reverse("quality:review", args=[after]) if after else reverse("quality:queue")
    return redirect(f"{url}?{request.GET.urlencode()}" if request.GET else url)


def _carry_out(mission: Mission, reading: Reading | None, user: User, sent: dict[str, Any]) -> str:
    if sent["decision"] == SEND_BACK:
        send_back(mission_id=mission.pk, reviewer=user, comment=sent["comment"].strip())
        return f"{mission.number} est renvoyée à compléter."
    changed = sent["decision"] == CHANGE
    conclusion = sent["conclusion"] if changed else (reading.proposed if reading else "")
    kind = sent["not_verifiable"] if changed else (reading.not_verifiable if reading else "")
    report = accept_and_issue(
        mission_id=mission.pk,
        reviewer=user,
        conclusion=Conclusion(conclusion or Conclusion.S),
        not_verifiable=NotVerifiableKind(kind) if kind else None,
        reasons=sent["reasons"],
        observation=sent["observation"],
        motive=sent["motive"] if changed else "",
    )
    return f"Rapport {report} émis : {report.get_conclusion_display().lower()}."


@require_safe
@xframe_options_sameorigin
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the PDF as it would be; nothing is kept."""
    user = reviewer(request)
    mission = get_object_or_404(to_review(user), pk=pk)
    try:
        pdf = preview_report(
            mission_id=mission.pk, reviewer=user, observation=request.GET.get("observation", "")[:2000]
        )
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("quality:review", pk=pk)
    return HttpResponse(pdf, content_type="application/pdf", headers={"Content-Disposition": "inline"})


@require_safe
def photo(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Serve a photo of a mission that the reader may see."""
    user = request.user
    if not isinstance(user, User) or not user.sees_everything:
        raise PermissionDenied
    return file_response(get_object_or_404(Photo.objects.select_related("file"), key=key).file)


@require_safe
def signature(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve the signature of a reading that the reader may see."""
    user = request.user
    if not isinstance(user, User) or not user.sees_everything:
        raise PermissionDenied
    signed = Reading.objects.visible_to(user).filter(signature__isnull=False).select_related("signature")
    file = get_object_or_404(signed, pk=pk).signature
    assert file is not None
    return file_response(file)
