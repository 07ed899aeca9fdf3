"""Acts on many missions: chosen, tried line by line, then done; what can be undone is one press away."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from missions.forms.bulk import BulkForm
from missions.models import Mission
from missions.permissions import can_plan
from missions.selectors import filters as asked
from missions.selectors import listing
from missions.services import bulk as services
from spekty.accounts.access import person
from spekty.accounts.models import User
from spekty.core.keyset import capped_count

TITLES = {
    services.ASSIGN: ("Affecter des missions", "Affecter"),
    services.DUE: ("Fixer l’échéance de missions", "Fixer l’échéance de"),
    services.CANCEL: ("Annuler des missions", "Annuler"),
    services.REOPEN: ("Rouvrir des missions", "Rouvrir"),
}
SALT = "missions.bulk.undo"
UNDO_SECONDS = 3600
REFUSALS_SHOWN = 3


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Ask what the act needs, show what it would do, then do it: three posts of one address."""
    user = person(request)
    if not can_plan(user):
        raise PermissionDenied("Planifier les missions ne fait pas partie de vos droits.")
    act = request.POST.get("acte", "")
    if act not in TITLES:
        return HttpResponseBadRequest("Acte inconnu.")
    missions, total = _chosen(request, user)
    back = f"{reverse('missions:list')}?{request.POST.get('query', '')}"
    if not missions:
        messages.warning(request, "Cochez d’abord des missions.")
        return redirect(back)
    step = request.POST.get("etape", "")
    form = BulkForm(request.POST if step else None, act=act, initial={"day": timezone.localdate()})
    context = _context(request, act, missions, total, form, back)
    if not step:
        return render(request, "missions/list/bulk.html", context)
    if not form.is_valid():
        return render(request, "missions/list/bulk.html", context, status=422)
    if step == "faire":
        return _carry_out(request, form.order(act), missions, user, back)
    lines = services.preview(form.order(act), missions, user.acting())
    fine = sum(not line.refusal for line in lines)
    context |= {"lines": lines, "fine": fine, "refused": len(lines) - fine, "values": _values(form)}
    return render(request, "missions/list/bulk.html", context)


def _chosen(request: HttpRequest, user: User) -> tuple[list[Mission], int]:
    """Return the missions ticked, or those of the whole filter; at most 1 000 at a time."""
    query = QueryDict(request.POST.get("query", ""))
    if request.POST.get("tous"):
        rows = listing.filtered(user, asked.read_filters(query))
    else:
        ids = [
            int(pk)
            for pk in request.POST.getlist("mission")
            if pk.isascii() and pk.isdecimal() and len(pk) < 18
        ]
        rows = Mission.objects.visible_to(user).filter(pk__in=ids[: services.MOST])
    related = ("operation__installer", "lot__client", "agent")
    missions = list(rows.select_related(*related).order_by("-pk")[: services.MOST])
    total = capped_count(rows) if len(missions) == services.MOST else len(missions)
    return missions, total


def _context(
    request: HttpRequest, act: str, missions: list[Mission], total: int, form: BulkForm, back: str
) -> dict[str, Any]:
    return {
        "act": act,
        "title": TITLES[act][0],
        "verb": TITLES[act][1],
        "missions": missions,
        "count": len(missions),
        "is_cut": total > len(missions),
        "form": form,
        "back": back,
        "query": request.POST.get("query", ""),
        "lines": None,
    }


def _values(form: BulkForm) -> list[tuple[str, str]]:
    return [(field.html_name, str(form.data.get(field.html_name, ""))) for field in form]


def _carry_out(
    request: HttpRequest, order: services.Order, missions: list[Mission], user: User, back: str
) -> HttpResponse:
    lines = services.carry_out(order, missions, user.acting())
    done = [line for line in lines if not line.refusal]
    refused = [line for line in lines if line.refusal]
    if done:
        messages.success(
            request,
            f"{len(done)} mission{'s' if len(done) > 1 else ''} : c’est fait.".replace(" :", "\u00a0:"),
        )
    for line in refused[:REFUSALS_SHOWN]:
        messages.warning(request, f"{line.mission.number}\u00a0: {line.refusal}")
    if len(refused) > REFUSALS_SHOWN:
        messages.warning(request, f"Et {len(refused) - REFUSALS_SHOWN} autres refus.")
    entries = [(line.mission.pk, *line.undo) for line in done if line.undo]
    if not entries:
        return redirect(back)
    token = signing.dumps([user.pk, entries], salt=SALT, compress=True)
    context = {"lines": lines, "done": len(done), "refused": len(refused), "token": token, "back": back}
    return render(request, "missions/list/bulk_done.html", context | {"title": TITLES[order.act][0]})


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Give back what a bulk act changed, within the hour, to the person who did it."""
    user = person(request)
    if not can_plan(user):
        raise PermissionDenied
    try:
        owner, entries = signing.loads(request.POST.get("jeton", ""), salt=SALT, max_age=UNDO_SECONDS)
    except signing.BadSignature:
        return HttpResponseBadRequest("Il n’est plus possible d’annuler.")
    if owner != user.pk:
        raise PermissionDenied
    done, refusals = services.undo(entries, timezone.localdate(), user.acting())
    messages.success(request, f"Annulé pour {done} mission{'s' if done > 1 else ''}.")
    for refusal in refusals[:REFUSALS_SHOWN]:
        messages.warning(request, refusal)
    return redirect("missions:list")
