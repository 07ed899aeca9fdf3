"""Two readings for one mission: the list of those to settle, and the two side by side."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from field.models import Reading
from quality.forms import TAKE, SettleForm
from quality.selectors.disputes import dispute_list, dispute_of
from quality.services import settle_dispute
from quality.views.review import reviewer
from spekty.accounts.models import User
from spekty.core import french
from spekty.core.engine import TransitionRefused


@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """List the readings that wait for a decision, the oldest first."""
    page = dispute_list(reviewer(request), request.GET.get("page", ""))
    return render(request, "quality/disputes.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Show two readings of one mission; take the reviewer's decision."""
    user = reviewer(request)
    related = ("agent", "definition", "mission__operation", "mission__lot__fiche", "mission__agent")
    found = get_object_or_404(Reading.objects.visible_to(user).select_related(*related), pk=pk)
    if request.method != "POST":
        return _draw(request, user, found, SettleForm())
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _draw(request, user, found, form, status=422)
    take = form.cleaned_data["choice"] == TAKE
    try:
        settle_dispute(reading=found, reviewer=user, take=take, reason=form.cleaned_data["reason"])
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        found.refresh_from_db(fields=["state"])
        return _draw(request, user, found, form, status=422)
    whose = french.of(found.agent.short_name)
    if take:
        messages.success(request, f"Le relevé {whose} est retenu ; l’autre est écarté, et conservé.")
        return redirect("quality:review", found.mission_id)
    messages.success(request, f"Le relevé {whose} est écarté, et conservé.")
    return redirect("quality:disputes")


def _draw(
    request: HttpRequest, user: User, reading: Reading, form: SettleForm, status: int = 200
) -> HttpResponse:
    context = {"dispute": dispute_of(reading, user), "mission": reading.mission, "form": form}
    return render(request, "quality/dispute.html", context, status=status)
