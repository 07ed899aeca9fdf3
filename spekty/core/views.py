"""Pages that belong to no business app: home, help, appearance, the components' page for developers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from spekty.core import kit
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
