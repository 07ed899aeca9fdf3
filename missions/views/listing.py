"""The missions' list, its filters, its saved views and its exports."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lots.models import Client, Lot
from missions.forms.listing import FilterForm
from missions.models import Mission, SavedView
from missions.permissions import can_plan
from missions.selectors import filters as asked
from missions.selectors import listing
from missions.selectors.anomalies import house_delays
from missions.selectors.saved import saved_links
from spekty.accounts.access import person
from spekty.accounts.models import Agent
from spekty.core.keyset import without_paging
from spekty.core.tables import table_response


@dataclass(frozen=True, slots=True)
class ViewLink:
    """A tab above the list."""

    label: str
    url: str
    on: bool
    count: int | None = None


@require_safe
def missions_list(request: HttpRequest) -> HttpResponse:
    """Show one page of the missions asked for; htmx gets the list alone, the same as in the page."""
    user = person(request)
    if not user.sees_everything and user.agent_id_or_none is not None:
        return redirect("core:home")
    filters = asked.read_filters(request.GET)
    found = listing.filtered(user, filters)
    order = listing.read_order(request.GET.get("tri", ""))
    page = listing.page_of(found, order, request.GET.get("page", ""))
    context = {
        "page": page,
        "filters": filters,
        "chips": asked.chips_of(filters, _names(filters, list(page.rows))),
        "count": page.count,
        "is_many": page.total != 1,
        "query": asked.address_of(filters),
        "sort": request.GET.get("tri", ""),
        "can_plan": can_plan(user),
        "today": timezone.localdate(),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "missions/list/_list.html", context)
    here = without_paging(request.GET)
    saved = saved_links(user, SavedView.Page.MISSIONS, reverse("missions:list"), here)
    context |= {"tabs": _tabs(filters), "saved": saved, "here": here, "me": user}
    return render(request, "missions/list/page.html", context)


def _names(filters: asked.Filters, rows: list[Mission]) -> dict[str, str]:
    """The names of what is filtered on, read from the first line: no query."""
    if not rows:
        return {}
    first = rows[0]
    names = {"client": first.lot.client.name}
    if first.agent:
        names["agent"] = str(first.agent)
    return names


def _tabs(filters: asked.Filters) -> list[ViewLink]:
    delays = house_delays()
    days = {"contact_days": delays.contact_days, "invoice_days": delays.invoice_days}
    base = reverse("missions:list")
    return [
        ViewLink(
            view.label.format(**days),
            f"{base}?{asked.address_of(filters, view=view.code)}".rstrip("?"),
            view.code == (filters.view if filters.view in listing.BY_CODE else ""),
        )
        for view in listing.VIEWS
    ]


@require_safe
def filter_form(request: HttpRequest) -> HttpResponse:
    """Show the filters as a form: in the dialog, or as a page without script."""
    user = person(request)
    filters = asked.read_filters(request.GET)
    colleagues = Agent.objects.active() if user.sees_everything else Agent.objects.none()
    form = FilterForm(
        initial=_initial(filters),
        agents=colleagues.values_list("code", "last_name", "first_name"),
        clients=Client.objects.visible_to(user).values_list("code", "name"),
        lots=Lot.objects.visible_to(user).order_by("-received_on").values_list("number", flat=True)[:200],
    )
    template = "missions/list/_filters.html" if request.htmx else "missions/list/filters.html"  # type: ignore[attr-defined]
    return render(request, template, {"form": form, "view": filters.view, "sort": request.GET.get("tri", "")})


def _initial(filters: asked.Filters) -> dict[str, Any]:
    return {name: getattr(filters, field) for field, name in asked.NAMES_IN_ADDRESS.items()}


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Give the missions of the filter as a file, in the order of the list."""
    user = person(request)
    found = listing.filtered(user, asked.read_filters(request.GET))
    ordered = listing.in_order(found, listing.read_order(request.GET.get("tri", "")))
    name = f"missions-{timezone.localdate():%Y-%m-%d}"
    return table_response(name, request.GET.get("format", ""), listing.HEADER, listing.export_rows(ordered))
