"""Réglages: the rows of the law and of the house, and the agents with their rights."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from spekty.accounts.access import only, person
from spekty.accounts.enums import Role
from spekty.accounts.forms import AgentForm, Links, Rights
from spekty.accounts.models import Agent, User
from spekty.accounts.services import save_agent
from spekty.core import reference
from spekty.core.keyset import Order, keyset_page

PAGE = 50


def can_read(user: User) -> bool:
    """Return whether `user` may read the settings: the office."""
    return user.sees_everything


def can_edit(user: User) -> bool:
    """Return whether `user` may change them."""
    return user.has_role(Role.ADMIN)


@require_safe
@only(can_read)
def settings_page(request: HttpRequest) -> HttpResponse:
    """Show one table of reference, the delays first."""
    known = reference.tables()
    chosen = reference.table(request.GET.get("table", "")) or known[0]
    rows = [
        (row.pk, [(heading, getattr(row, f"get_{name}_display", lambda r=row, n=name: getattr(r, n))())
                  for heading, name in zip(chosen.headings, chosen.shown, strict=True)])
        for row in reference.rows_of(chosen)
    ]  # fmt: skip
    base = reverse("accounts:settings")
    tabs = [
        {
            "label": one.title,
            "url": f"{base}?table={one.code}",
            "on": one is chosen or one.code == chosen.code,
            "count": None,
        }
        for one in known
    ]
    context = {"chosen": chosen, "rows": rows, "tabs": tabs, "can_edit": can_edit(person(request))}
    return render(request, "accounts/settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_edit)
def edit_row(request: HttpRequest, code: str, pk: int | None = None) -> HttpResponse:
    """Change a row of a table, or add one with its own date."""
    one = reference.table(code)
    if one is None or (pk is None and not one.may_add):
        raise Http404
    instance = get_object_or_404(one.model, pk=pk) if pk is not None else None
    form = reference.form_of(one, is_new=pk is None)(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        saved = reference.save_row(form=form, by=person(request).acting())
        messages.success(request, f"« {saved} » est enregistré.")
        return redirect(f"{reverse('accounts:settings')}?table={code}")
    context = {"one": one, "form": form, "instance": instance, "is_new": pk is None}
    return render(request, "accounts/row.html", context, status=422 if form.errors else 200)


@require_safe
@only(can_read)
def agents(request: HttpRequest) -> HttpResponse:
    """Show the agents, active first, with what ends soon among their rights."""
    today = timezone.localdate()
    soon = today + dt.timedelta(days=60)
    rows = Agent.objects.prefetch_related("authorisations").annotate(
        links_in_force=Count("links", filter=Q(links__valid_to__isnull=True) | Q(links__valid_to__gte=today))
    )
    order = Order.by("-is_active", "last_name")
    page = keyset_page(rows, order, request.GET.get("page", ""), size=PAGE, counted=True)
    listed = [(agent, _rights(agent, today, soon)) for agent in page]
    context = {"rows": listed, "page": page, "can_edit": can_edit(person(request))}
    return render(request, "accounts/agents.html", context)


def _rights(agent: Agent, today: dt.date, soon: dt.date) -> list[tuple[str, str]]:
    """Return (family, tone) for each family: ended, ending or in force."""
    ends: dict[str, dt.date] = {}
    for right in agent.authorisations.all():
        ends[right.family] = max(ends.get(right.family, dt.date.min), right.valid_to or dt.date.max)
    return [
        (family, "ko" if end < today else "act" if end <= soon else "ok")
        for family, end in sorted(ends.items())
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_read)
def agent(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an agent's profile, rights and links; an administrator edits them."""
    found = get_object_or_404(Agent, pk=pk)
    user = person(request)
    if request.method == "POST" and not can_edit(user):
        raise PermissionDenied("Seul un administrateur change les fiches des intervenants.")
    sent = request.POST if request.method == "POST" else None
    form = AgentForm(sent, instance=found)
    others: list[Any] = [
        Rights(sent, instance=found, prefix="droits"),
        Links(sent, instance=found, prefix="liens"),
    ]
    if sent is not None and form.is_valid() and all(formset.is_valid() for formset in others):
        save_agent(form=form, others=others, by=user.acting())
        messages.success(request, f"Fiche de {found} enregistrée.")
        return redirect("accounts:agent", pk=pk)
    context = {
        "agent": found,
        "form": form,
        "rights": others[0],
        "links": others[1],
        "can_edit": can_edit(user),
    }
    return render(request, "accounts/agent.html", context, status=422 if sent is not None else 200)
