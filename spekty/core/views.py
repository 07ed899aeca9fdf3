"""Pages that belong to no business app: home, help, appearance, the components' page for developers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from spekty.core import inbox, kit, outbox, selectors
from spekty.core.shell import DENSITIES, THEMES, home_url

YEAR = 365 * 24 * 3600


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send a person to the home page of their main role."""
    return redirect(home_url(request.user))  # type: ignore[arg-type]


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Show the keyboard shortcuts and the words of the trade."""
    return render(request, "core/help.html", {"shortcuts": kit.SHORTCUTS, "glossary": kit.GLOSSARY})


@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Remember the theme or the density in this browser, then go back to the page."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("core:help")
    response: HttpResponse = HttpResponseRedirect(back)
    for name, choices in (("theme", THEMES), ("density", DENSITIES)):
        if value := request.POST.get(name):
            if value not in choices:
                return HttpResponseBadRequest("Apparence inconnue.")
            response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in every state, light then dark: the bar for a screen's author."""
    return render(request, "core/components.html", kit.context())


ATTENDANTS = ("admin", "siege", "direction")


@require_safe
def connectors(request: HttpRequest) -> HttpResponse:
    """Show the state of each outside tool, and the messages that wait for a person; the office only."""
    if not getattr(request.user, "sees_everything", False):
        raise PermissionDenied
    context = {
        "states": selectors.connector_states(),
        "letters": selectors.dead_letters(request.GET.get("envois", "")),
        "arrivals": selectors.refused_arrivals(request.GET.get("arrivees", "")),
        "may_act": request.user.has_role(*ATTENDANTS),  # type: ignore[union-attr]
    }
    return render(request, "core/connectors.html", context)


@require_POST
def settle_message(request: HttpRequest, box: str, pk: int, verb: str) -> HttpResponse:
    """Send or take a message again, or file it; only for those who watch over the tools."""
    user: Any = request.user
    if not user.has_role(*ATTENDANTS):
        raise PermissionDenied
    act, done = VERBS[box, verb]
    try:
        act(pk, by=user.acting())
        messages.success(request, done)
    except ObjectDoesNotExist:
        messages.info(request, "Ce message a déjà été repris par quelqu’un d’autre.")
    return redirect("core:connectors")


VERBS: dict[tuple[str, str], tuple[Callable[..., None], str]] = {
    ("envoi", "relancer"): (outbox.replay, "Envoi relancé."),
    ("envoi", "classer"): (outbox.dismiss, "Envoi classé."),
    ("arrivee", "relancer"): (inbox.retry, "Message remis à traiter."),
    ("arrivee", "classer"): (inbox.dismiss, "Message classé."),
}
