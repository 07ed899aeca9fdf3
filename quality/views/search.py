"""The search page at /recherche/, its fragment while typing, and the Ctrl+K palette: one address."""

from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from quality.selectors.search import SearchResults, search_everything
from spekty.accounts.models import User

PAGE_LIMIT = 50
PALETTE_LIMIT = 6


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer with the page, with its list alone while one types, or with the palette's list (`palette=1`)."""
    user = cast(User, request.user)
    for_palette = "palette" in request.GET
    text = request.GET.get("q", "")
    results = search_everything(user, text, PALETTE_LIMIT if for_palette else PAGE_LIMIT)
    context = {
        "results": results,
        "q": results.text,
        "groups": groups_of(results),
        "all_url": f"{reverse('quality:search')}?{urlencode({'q': results.text})}",
    }
    if for_palette:
        return render(request, "quality/_palette.html", context)
    return render(request, "quality/_search.html" if request.htmx else "quality/search.html", context)  # type: ignore[attr-defined]


def groups_of(results: SearchResults) -> list[tuple[str, str, list[tuple[object, str]]]]:
    """Return (kind, title, [(hit, address)]) for each kind that has something."""
    kinds: list[tuple[str, str, str, list[tuple[object, int | str]]]] = [
        ("missions", "Missions", "missions:detail", [(hit, hit.row.pk) for hit in results.missions]),
        ("lots", "Lots", "lots:detail", [(hit, hit.row.number) for hit in results.lots]),
        ("clients", "Clients", "lots:client", [(hit, hit.row.pk) for hit in results.clients]),
        ("agents", "Intervenants", "planning:agent", [(agent, agent.pk) for agent in results.agents]),
    ]
    return [
        (kind, title, [(hit, address(name, pk)) for hit, pk in hits])
        for kind, title, name, hits in kinds
        if hits
    ]


def address(name: str, pk: int | str) -> str:
    """Return the address of an object's page, empty while no such page exists."""
    try:
        return reverse(name, args=[pk])
    except NoReverseMatch:
        return ""
