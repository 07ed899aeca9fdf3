"""Keeping the filter of a list under a name."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from missions.forms.listing import SavedViewForm
from missions.models import SavedView
from missions.services import views as services
from spekty.accounts.access import person

LISTS = {SavedView.Page.MISSIONS.value: "missions:list", SavedView.Page.LOTS.value: "lots:list"}


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filter of a list under a name, for oneself or for the people of a role."""
    user = person(request)
    form = SavedViewForm(request.POST)
    page = request.POST.get("page", "")
    page = page if page in LISTS else SavedView.Page.MISSIONS.value
    query, base = request.POST.get("query", ""), reverse(LISTS[page])
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(f"{base}?{query}")
    data = form.cleaned_data
    if data["role"] and not user.sees_everything:
        raise PermissionDenied("Seul le bureau partage ses vues.")
    try:
        view = services.save_view(owner=user, name=data["name"], query=query, role=data["role"], page=page)
    except IntegrityError:
        messages.error(request, f"Vous avez déjà une vue nommée « {data['name']} ».")
        return redirect(f"{base}?{query}")
    except services.QueryTooLong as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{base}?{query}")
    messages.success(request, f"Vue « {view.name} » enregistrée.")
    return redirect(f"{base}?{view.query}")


@require_POST
def delete_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one of one's own views."""
    view = get_object_or_404(SavedView.objects.filter(owner=person(request)), pk=pk)
    services.delete_view(view=view)
    messages.success(request, f"Vue « {view.name} » supprimée.")
    return redirect(LISTS[view.page])
