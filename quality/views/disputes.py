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
        return _draw(request, user, found, form, status=422)
    word = "est retenu : l’autre est gardé, écarté" if take else "est écarté : il reste consultable ici"
    messages.success(request, f"Le relevé {found.agent.short_name} {word}.")
    return redirect("quality:review" if take else "quality:disputes", *([found.mission_id] if take else []))


def _draw(
    request: HttpRequest, user: User, reading: Reading, form: SettleForm, status: int = 200
) -> HttpResponse:
    fresh = Reading.objects.values_list("state", flat=True).get(pk=reading.pk)
    context = {
        "dispute": dispute_of(reading, user),
        "mission": reading.mission,
        "form": form,
        "is_open": fresh == "disputed",
    }
    return render(request, "quality/dispute.html", context, status=status)
