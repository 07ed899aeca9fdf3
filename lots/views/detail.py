"""The page of a lot: verdict and gauge, draws, missions, papers, history; its synthesis to take away."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lots.enums import LotStatus
from lots.models import Lot
from lots.permissions import can_read_lots, can_write_lots
from lots.rules.deadlines import filing_deadline
from lots.rules.draw import TOP_UP_LABELS, TopUpReason, verify
from lots.rules.verdict import Verdict
from lots.selectors.draws import draws_of, record_of
from lots.selectors.lots import documents_of, imports_of, timeline, visible_draws, with_facts
from lots.views.gauges import filing_cases, gauge_of, rates_text
from lots.views.lines import LotLine, lines_of
from lots.views.synthesis import synthesis_response
from missions.selectors.lots import missions_of, to_make_up
from spekty.accounts.access import only, person
from spekty.core.enums import Channel

SHOWN, MOST = 12, 1_000


@require_safe
@only(can_read_lots)
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show a lot."""
    user, today = person(request), timezone.localdate()
    if number.isdigit():
        found = get_object_or_404(Lot.objects.visible_to(user), pk=int(number[:18]))
        return redirect("lots:detail", found.number)
    lot = get_object_or_404(with_facts(Lot.objects.visible_to(user)), number=number)
    line = lines_of([lot], today)[0]
    channel = request.GET.get("canal", "SITE")
    missions = missions_of(lot, channel, MOST if "toutes" in request.GET else SHOWN)
    context = {
        "lot": lot,
        "line": line,
        "gauge": gauge_of(line, lot.available),  # type: ignore[attr-defined]
        "rates_text": rates_text(line.targets.rate),
        "cases": filing_cases(line.judged.verdict),
        "known_verdict": line.judged.verdict is not Verdict.UNKNOWN,
        "draws": draws_of(lot),
        "make_up": _make_up(lot, line),
        "missions": missions,
        "channel": channel,
        "hidden": max(_count(line, channel) - len(missions), 0),
        "counts": [(code, label, _count(line, code)) for code, label in Channel.choices],
        "documents": documents_of(lot),
        "imports": imports_of(lot),
        "timeline": timeline(lot),
        "last_day": filing_deadline(lot.first_completed) if lot.first_completed else None,  # type: ignore[attr-defined]
        "can_write": can_write_lots(user),
        "today": today,
    }
    return render(request, "lots/detail.html", context)


def _count(line: LotLine, channel: str) -> int:
    return line.tally.count(channel=channel, again=None)


def _make_up(lot: Lot, line: LotLine) -> list[dict[str, object]]:
    """Return, per channel that is short, how many operations a top-up would replace and why."""
    if lot.status != LotStatus.DRAWN:
        return []
    found: list[dict[str, object]] = []
    for code, label in Channel.choices:
        reasons = to_make_up(lot, code)
        if reasons:
            counts = {reason: list(reasons.values()).count(reason) for reason in TopUpReason}
            words = ", ".join(f"{TOP_UP_LABELS[r].lower()} ({n})" for r, n in counts.items() if n)
            found.append({"channel": code, "label": label, "count": len(reasons), "why": words})
    return found


@require_safe
@only(can_read_lots)
def draw(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Show a draw and compute it again from its list and its seed."""
    found = get_object_or_404(visible_draws(person(request)), pk=pk, lot__number=number)
    taken, before = set(found.taken), set(found.used_before)
    ranks = [
        (
            place,
            reference,
            "Tirée" if reference in taken else "Déjà tirée" if reference in before else "Réserve",
        )
        for place, reference in enumerate(found.ranking, start=1)
    ]
    context = {"draw": found, "lot": found.lot, "ranks": ranks[:1_000], "faults": verify(record_of(found))}
    return render(request, "lots/draw.html", context)


@require_safe
@only(can_read_lots)
def synthesis(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Download the lot's synthesis in the official order of columns: Excel or PDF."""
    lot = get_object_or_404(with_facts(Lot.objects.visible_to(person(request))), number=number)
    return synthesis_response(lot, kind, timezone.localdate())
