"""The list of lots, its exports."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from lots.enums import LotStatus
from lots.permissions import can_read_lots, can_write_lots
from lots.rules.blockers import Kind
from lots.selectors.lots import (
    PAGE,
    VIEWS,
    LotFilters,
    filter_choices,
    lots_page,
    view_counts,
)
from lots.views.lines import LotLine, lines_of
from lots.views.ranking import MOST, amounts_of, place_in, ruled_lines
from missions.selectors.saved import LOTS, saved_links
from spekty.accounts.access import only, person
from spekty.accounts.models import User
from spekty.core import french
from spekty.core.keyset import KeysetPage, keyset_slice, without_paging
from spekty.core.tables import Cell, table_response

EXPORTED = 5_000
# The orders offered by the filter bar; the headers of the columns turn them.
SORT_LABELS = {
    "-recu": "plus récents",
    "depot": "échéance",
    "blocage": "blocage",
    "-ns": "ratio NS",
    "-montant": "montant",
    "lot": "numéro",
    "client": "client",
}


@require_safe
@only(can_read_lots)
def lots_list(request: HttpRequest) -> HttpResponse:
    """Show a page of lots under the filters of the address: the page, or its list alone for htmx."""
    user, today = person(request), timezone.localdate()
    filters = LotFilters.read(request.GET, today)
    page, lines, is_cut = _page(user, filters, today)
    context: dict[str, Any] = {
        "filters": filters,
        "page": page,
        "rows": _rows(user, lines),
        "legend": _legend(lines),
        "most": MOST if is_cut else None,
        "can_write": can_write_lots(user),
        "query": without_paging(request.GET),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "lots/_fragment.html", context)
    counts = view_counts(user, today)
    base = reverse("lots:list")
    context |= {
        "views": _views(filters, counts),
        "count": counts[filters.view],
        "filter_fields": _choices(filters, filter_choices(user)),
        "sorts": _sorts(filters.sort),
        "saved": saved_links(user, LOTS, base, context["query"]),
    }
    return render(request, "lots/list.html", context)


def _page(user: User, filters: LotFilters, today: dt.date) -> tuple[KeysetPage[Any], list[LotLine], bool]:
    """Return the page, its lines, and whether lots were left out of the order: two queries either way."""
    if not filters.needs_lines:
        page = lots_page(user, filters)
        return page, lines_of(page.rows, today), False
    lines, is_cut = ruled_lines(user, filters, today)
    ruled = keyset_slice(lines, place_in(filters), filters.cursor, size=PAGE)
    return ruled, list(ruled.rows), is_cut


def _rows(user: User, lines: list[LotLine]) -> list[tuple[LotLine, Decimal | None]]:
    amounts = amounts_of(lines) if user.sees_everything else {}
    return [(line, amounts.get(line.lot.pk)) for line in lines]


def _legend(lines: list[LotLine]) -> list[tuple[str, int, str]]:
    """Return the bar's tones in words, with how many missions of the page each has."""
    words = {
        "done": "rapport émis",
        "act": "à relire",
        "go": "rendez-vous, en cours",
        "wait": "à planifier, à contacter",
        "exit": "injoignable, refus",
    }
    totals = dict.fromkeys(words, 0)
    for line in lines:
        for tone, count, _ in line.parts:
            totals[tone] += count
    return [(tone, totals[tone], word) for tone, word in words.items()]


def _views(filters: LotFilters, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "url": f"?vue={view}",
            "label": label,
            "count": counts[view],
            "on": view == filters.view,
        }
        for view, label in VIEWS.items()
    ]


def _choices(filters: LotFilters, met: list[Any]) -> list[dict[str, Any]]:
    """Return the selects of the filter bar, with what is chosen."""
    clients = dict(sorted({code: name for code, name, _ in met}.items(), key=lambda item: item[1]))
    fiches = {fiche: fiche for fiche in sorted({fiche for _, _, fiche in met})}
    return [
        {"name": "client", "label": "Client", "value": filters.client, "choices": clients},
        {"name": "fiche", "label": "Fiche", "value": filters.fiche, "choices": fiches},
        {"name": "statut", "label": "Statut", "value": filters.status, "choices": dict(LotStatus.choices)},
        {
            "name": "blocage",
            "label": "Prochain blocage",
            "value": filters.blocker,
            "choices": {kind.value: kind.label for kind in Kind if kind is not Kind.CLOSED},
        },
    ]


def _sorts(current: str) -> list[tuple[str, str]]:
    """Return the orders as choices; one that a header turned is there as well."""
    turned = current.removeprefix("-") if current.startswith("-") else f"-{current}"
    word = SORT_LABELS.get(turned, "")
    extra = [] if current in SORT_LABELS else [(current, f"{word}, à l’envers")]
    return [(code, french.typo(f"Tri : {label}")) for code, label in [*SORT_LABELS.items(), *extra]]


HEADER = (
    *("Lot", "Client", "Fiche", "Opérations", "Statut", "Reçu le", "Tiré le", "Dépôt prévu le"),
    *("Missions", "Rapports émis", "Satisfaisants sur site", "Requis sur site"),
    *("Satisfaisants par contact", "Requis par contact", "NS", "Ratio NS (%)", "Plafond (%)", "Conclusion"),
    "Prochain blocage",
)


@require_safe
@only(can_read_lots)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Download the filtered list in its order, 5,000 lots at most, as CSV or Excel."""
    user, today = person(request), timezone.localdate()
    filters = LotFilters.read(request.GET, today)
    lines, _ = ruled_lines(user, filters, today, EXPORTED)
    lines.sort(key=place_in(filters))
    return table_response(f"lots-{today:%Y-%m-%d}", kind, HEADER, [_row(line) for line in lines])


def _row(line: LotLine) -> list[Cell]:
    lot, facts = line.lot, line.facts
    points = line.ns_points
    verdict = lot.get_verdict_display() if lot.verdict else line.judged.verdict.label
    return [
        *(lot.number, lot.client.name, lot.fiche.code, lot.size, lot.get_status_display()),
        *(lot.received_on, lot.drawn_on, lot.filing_on, line.tally.total, line.tally.reported),
        *(facts.site_satisfied, line.targets.site, facts.contact_satisfied, line.targets.contact),
        *(facts.site_ns, round(points, 2) if points is not None else None),
        *(line.ceiling.ceiling_pct if line.ceiling else None, verdict),
        french.typo(f"{line.blocker.text} {line.blocker.note}".strip()),
    ]
