"""Drawing a lot and completing a draw: targets, assurance and list before the act."""

from dataclasses import dataclass
from fractions import Fraction

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from lots.enums import LotStatus
from lots.models import Lot
from lots.permissions import can_write_lots
from lots.rules.draw import TOP_UP_LABELS
from lots.selectors.draws import drawn_references
from lots.selectors.verdicts import Law, Targets, latest_engagement, targets_of
from missions.selectors.lots import Past, past_of, to_make_up
from missions.services.draws import draw_lot, top_up_lot
from spekty.accounts.access import only, person
from spekty.core import french
from spekty.core.engine import TransitionRefused
from spekty.core.enums import Channel


class DrawForm(forms.Form):
    """How many to draw in each channel, and who makes the contacts."""

    site_count = forms.IntegerField(label="Sur site", min_value=0, max_value=100_000)
    contact_count = forms.IntegerField(label="Par contact", min_value=0, max_value=100_000)
    contact_by_us = forms.BooleanField(label="Spekty fait les contrôles par contact", required=False)


@dataclass(frozen=True)
class Advice:
    """How many to draw in one channel for the assurance asked, and the chance at the bare target."""

    needed: int
    to_draw: int
    chance: Fraction
    bare_chance: Fraction
    assured: bool


def advice(size: int, needed: int | None, past: Past) -> Advice | None:
    """Return how many to draw so that the target is met with 95 % assurance; None without target or past."""
    if needed is None or not past.is_enough:
        return None
    # scipy takes a second to import: only this page and the lot's need it.
    from lots.rules import sampling

    rates = sampling.expected_rates(past.drawn, past.not_inspected, past.ns, past.nv)
    plan = sampling.plan_sample(size, needed, rates)
    bare = sampling.chance_of_target(size, needed, needed, rates, sampling.Law.BINOMIAL)
    return Advice(needed, plan.to_draw, _share(plan.chance), _share(bare), plan.assured)


def _share(chance: float) -> Fraction:
    return Fraction(chance).limit_denominator(10_000)


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def draw(request: HttpRequest, number: str) -> HttpResponse:
    """Show what a draw would take, then draw and open the missions."""
    user = person(request)
    lot = get_object_or_404(Lot.objects.visible_to(user).select_related("client", "fiche"), number=number)
    latest = latest_engagement(lot)
    targets = targets_of(lot, latest, Law.read({lot.fiche.code}))
    past, past_contact = past_of(lot, Channel.SITE), past_of(lot, Channel.CONTACT)
    site, contact = advice(lot.size, targets.site, past), advice(lot.size, targets.contact, past_contact)
    posted = request.POST if request.method == "POST" else None
    form = DrawForm(posted, initial=_initial(lot, targets, site, contact))
    if posted is not None and form.is_valid():
        try:
            missions = draw_lot(lot_id=lot.pk, by=user.acting(), **form.cleaned_data)
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            done = french.plural(len(missions), "mission ouverte", "missions ouvertes")
            messages.success(request, french.typo(f"Lot tiré : {done}."))
            return redirect("lots:detail", lot.number)
    context = {
        "lot": lot,
        "form": form,
        "targets": targets,
        "latest": latest,
        "site": site,
        "contact": contact,
        "past": past,
        "past_contact": past_contact,
        "is_open": lot.status == LotStatus.RECEIVED,
        "excluded": lot.operations.filter(is_withdrawn=True).count(),
    }
    return render(request, "missions/draw.html", context, status=200 if posted is None else 422)


def _initial(lot: Lot, targets: Targets, site: Advice | None, contact: Advice | None) -> dict[str, object]:
    """Propose what assures both targets, else the bare targets: a top-up follows if need be."""
    on_site = site.to_draw if site and site.assured else targets.site or 0
    by_contact = contact.to_draw if contact and contact.assured else targets.contact or 0
    if on_site + by_contact > lot.size:
        on_site, by_contact = targets.site or 0, targets.contact or 0
    by_contact = min(by_contact, lot.size - on_site)
    return {"site_count": on_site, "contact_count": by_contact, "contact_by_us": lot.contact_by_us}


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def top_up(request: HttpRequest, number: str) -> HttpResponse:
    """Show which operations fell short and how many ranks are left, then draw the next ones."""
    user = person(request)
    lot = get_object_or_404(Lot.objects.visible_to(user).select_related("client", "fiche"), number=number)
    asked = request.POST.get("canal") or request.GET.get("canal", "")
    channel = Channel(asked) if asked in Channel.values else Channel.SITE
    reasons = to_make_up(lot, channel)
    refusal = ""
    if request.method == "POST":
        try:
            only_these = request.POST.getlist("reference")
            missions = top_up_lot(lot_id=lot.pk, channel=channel, only=only_these, by=user.acting())
        except TransitionRefused as refused:
            refusal = str(refused)
        else:
            done = french.plural(len(missions), "mission ouverte", "missions ouvertes")
            messages.success(request, french.typo(f"Tirage complété : {done}."))
            return redirect("lots:detail", lot.number)
    context = {
        "lot": lot,
        "channel": channel,
        "reasons": [(reference, TOP_UP_LABELS[reason]) for reference, reason in reasons.items()],
        "left": lot.size - len(drawn_references(lot)),
        "refusal": refusal,
        "is_open": lot.status == LotStatus.DRAWN,
    }
    return render(request, "missions/top_up.html", context, status=422 if refusal else 200)
