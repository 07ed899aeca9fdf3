"""The list of lots, its exports."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lots.enums import LotStatus
from lots.permissions import can_read_lots, can_write_lots
from lots.selectors.lots import (
    VIEWS,
    LotFilters,
    filter_choices,
    filtered_lots,
    lots_page,
    view_counts,
    with_facts,
)
from lots.views.lines import LotLine, lines_of
from spekty.accounts.access import only, person
from spekty.core import french
from spekty.core.tables import Cell, table_response

EXPORTED = 5_000


@require_safe
@only(can_read_lots)
def lots_list(request: HttpRequest) -> HttpResponse:
    """Show a page of lots under the filters of the address: the page, or its list alone for htmx."""
    user, today = person(request), timezone.localdate()
    filters = LotFilters.read(request.GET, today)
    page = lots_page(user, filters)
    context: dict[str, Any] = {
        "filters": filters,
        "page": page,
        "lines": lines_of(page.rows, today),
        "views": _views(filters, view_counts(user, today)),
        "can_write": can_write_lots(user),
        "filter_fields": _choices(filters, filter_choices(user)),
    }
    context["legend"] = _legend(context["lines"])
    template = "lots/_list.html" if request.htmx else "lots/list.html"  # type: ignore[attr-defined]
    return render(request, template, context)


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
    ]


HEADER = (
    *("Lot", "Client", "Fiche", "Opérations", "Statut", "Reçu le", "Tiré le", "Dépôt prévu le"),
    *("Missions", "Rapports émis", "Satisfaisants sur site", "Requis sur site"),
    *("Satisfaisants par contact", "Requis par contact", "NS", "Ratio NS (%)", "Plafond (%)", "Conclusion"),
    "Prochain blocage",
)


@require_safe
@only(can_read_lots)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """Download the filtered list, 5,000 lots at most, as CSV or Excel."""
    user, today = person(request), timezone.localdate()
    filters = LotFilters.read(request.GET, today)
    lots = list(with_facts(filtered_lots(user, filters)).order_by("-received_on", "-id")[:EXPORTED])
    lines = lines_of(lots, today)
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
