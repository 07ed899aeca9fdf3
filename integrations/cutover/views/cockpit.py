"""The cockpit's page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from integrations.cutover.conditions import gather, lines
from integrations.cutover.forms import UploadForm
from integrations.cutover.permissions import can_decide, can_prepare
from integrations.cutover.runs import is_lost
from integrations.cutover.selectors import replay_totals, running, totals
from integrations.cutover.words import AXES
from integrations.enums import RunKind
from integrations.models import CutoverDecision, Dossier, LegacyWorkbook, WorkbookRun
from spekty.accounts.access import only, person

VIEWS = {"": "Tous", "ouverts": "Ouverts", "argent": "Paie et facture"}


@require_safe
@only(can_prepare)
def cockpit(request: HttpRequest) -> HttpResponse:
    """Show where the cut-over stands; with HTMX, the body of the page alone."""
    template = "cutover/_cockpit.html" if request.htmx else "cutover/cockpit.html"  # type: ignore[attr-defined]
    return render(request, template, context_of(request))


def context_of(request: HttpRequest) -> dict[str, Any]:
    """Return all that the page shows."""
    axis = request.GET.get("axe", "ensemble")
    axis = axis if axis in AXES else "ensemble"
    view = request.GET.get("vue", "")
    facts = gather(view)
    conditions = lines(facts)
    here = facts.standing
    counts = {"": here.total, "ouverts": here.unsigned, "argent": here.money}
    under_way = running()
    return {
        "facts": facts,
        "standing": here,
        "axis": axis,
        "axes": [(code, words[0]) for code, words in AXES.items()],
        "totals": totals(facts.load, axis),
        "recomputed": replay_totals(facts.replay, axis, here),
        "read": sum(counts["read"] for counts in facts.load.counts.values()) if facts.load else 0,
        "sheets": len(facts.load.counts) if facts.load else 0,
        "views": [(code, label, counts[code]) for code, label in VIEWS.items()],
        "view": view,
        "conditions": conditions,
        "missing": [line for line in conditions if not line.is_met],
        "running": under_way,
        "lost": under_way is not None and is_lost(under_way, timezone.now()),
        "runs": WorkbookRun.objects.select_related("workbook")[:8],
        "workbooks": LegacyWorkbook.objects.all()[:5],
        "kinds": RunKind.choices,
        "upload_form": UploadForm(),
        "decision": CutoverDecision.objects.first(),
        "dossier": Dossier.objects.first(),
        "may_decide": can_decide(person(request)),
    }
