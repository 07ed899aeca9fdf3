"""Issued reports: every version, shown in place, amended, followed by a re-inspection."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from missions.models import Mission
from missions.services import create_reinspection
from quality.forms import AmendForm
from quality.models import Report
from quality.permissions import can_review
from quality.selectors.review import is_inspector
from quality.services import amend_report
from quality.views.review import reviewer
from spekty.accounts.enums import Role
from spekty.accounts.models import User
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Conclusion
from spekty.core.files import file_response


@require_safe
def reports(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the versions of a mission's report, the latest open."""
    return _draw(request, pk, AmendForm())


def _draw(request: HttpRequest, pk: int, form: AmendForm, status: int = 200) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    related = ("operation", "lot__client", "agent")
    mission = get_object_or_404(Mission.objects.visible_to(user).select_related(*related), pk=pk)
    versions = list(
        Report.objects.visible_to(user).filter(mission=mission).select_related("file", "replaces")
    )
    latest = versions[0] if versions else None
    reading = mission.readings.filter(state="current").first()
    context = {
        "mission": mission,
        "versions": versions,
        "latest": latest,
        "form": form,
        "can_amend": bool(
            latest and reading and can_review(user) and not is_inspector(user, mission, reading)
        ),
        "reinspection": mission.reinspections.exclude(status="cancelled").first(),
        "can_reinspect": mission.conclusion == Conclusion.NS and latest is not None and _may_reinspect(user),
    }
    return render(request, "quality/reports.html", context, status=status)


def _may_reinspect(user: User) -> bool:
    return user.has_role(Role.QUALITY, Role.HEAD_OFFICE)


@require_safe
@xframe_options_sameorigin
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve the PDF of one version."""
    user = request.user
    assert isinstance(user, User)
    stored = Report.objects.visible_to(user).filter(file__isnull=False).select_related("file")
    file = get_object_or_404(stored, pk=pk).file
    assert file is not None
    return file_response(file, download="telecharger" in request.GET)


@require_POST
def amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a new version."""
    user = reviewer(request)
    get_object_or_404(Mission.objects.visible_to(user), pk=pk)
    form = AmendForm(request.POST)
    if not form.is_valid():
        return _draw(request, pk, form, status=422)
    reading = Mission.objects.get(pk=pk).readings.filter(state="current").first()
    try:
        version = amend_report(
            mission_id=pk,
            reviewer=user,
            reason=form.cleaned_data["reason"],
            observation=form.cleaned_data["observation"],
            reasons=reading.why if reading else (),
        )
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return _draw(request, pk, form, status=422)
    messages.success(request, f"Rapport {version} émis ; la version précédente est conservée.")
    return redirect("quality:reports", pk=pk)


@require_POST
def reinspect(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the re-inspection of a non-conformity put right."""
    user = request.user
    assert isinstance(user, User)
    if not _may_reinspect(user):
        reviewer(request)
    get_object_or_404(Mission.objects.visible_to(user), pk=pk)
    try:
        again = create_reinspection(mission_id=pk, by=user.acting())
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Contre-visite {again.number} ouverte : elle est à planifier.")
    return redirect("quality:reports", pk=pk)
