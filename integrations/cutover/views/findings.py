"""Discrepancies: filtered, explained, classified one by one or together, signed, taken away."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integrations.cutover.decisions import DecisionRefused, classify, sign
from integrations.cutover.forms import ClassifyForm
from integrations.cutover.permissions import can_prepare
from integrations.cutover.selectors import REPLAYS, choices_of, discrepancies_of, filtered, last_run
from integrations.cutover.words import KINDS, STATES
from integrations.enums import NoteClass
from spekty.accounts.access import only, person
from spekty.core import french
from spekty.core.keyset import Order, keyset_page
from spekty.core.tables import table_response

PAGE = 50
HEADER = (
    *("Nature", "Référence", "Attendu", "Trouvé", "Explication", "Feuille", "Ligne"),
    *("Donneur d’ordre", "Intervenant", "Mois", "État", "Classement", "Commentaire", "Signé par"),
)


def _rows(request: HttpRequest) -> QuerySet[Any]:
    return filtered(discrepancies_of(last_run(REPLAYS)), request.GET)


@require_safe
@only(can_prepare)
def listing(request: HttpRequest) -> HttpResponse:
    """Show the last replay's discrepancies under the filters of the address; with HTMX, the list alone."""
    run = last_run(REPLAYS)
    everything = discrepancies_of(run)
    rows = filtered(everything, request.GET).order_by("kind", "ref", "pk")
    choices = choices_of(run)
    page = keyset_page(rows, Order.by("kind", "ref"), request.GET.get("page", ""), size=PAGE, counted=True)
    for row in page:
        row.words, row.look = KINDS.get(row.kind), STATES[row.state]
        row.verdict_label = NoteClass(row.verdict).label if row.verdict else ""
    context = {
        "run": run,
        "page": page,
        "kinds": [(kind, words.label) for kind, words in KINDS.items()],
        "states": [(code, words[0]) for code, words in STATES.items()],
        "verdicts": NoteClass.choices,
        "choices": choices,
        "asked": request.GET,
        "q": request.GET.get("q", ""),
        "query": request.GET.urlencode(),
    }
    template = "cutover/_findings.html" if request.htmx else "cutover/findings.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_safe
@only(can_prepare)
def export(request: HttpRequest) -> HttpResponse:
    """Give the filtered discrepancies as CSV or Excel."""
    rows = _rows(request).order_by("kind", "ref", "pk")
    return table_response(
        "ecarts-bascule",
        request.GET.get("format", "csv"),
        HEADER,
        (
            (
                *(KINDS[row.kind].label if row.kind in KINDS else row.kind, row.ref, row.expected, row.found),
                *(row.message, row.sheet, row.row, row.client, row.agent, row.month, STATES[row.state][0]),
                NoteClass(row.verdict).label if row.verdict else "",
                *(row.comment or "", row.signed_by or ""),
            )
            for row in rows
        ),
    )


def _picked(request: HttpRequest) -> QuerySet[Any]:
    """Return the rows ticked, or with `tout` all those of the filters."""
    source = request.POST if request.method == "POST" else request.GET
    rows = discrepancies_of(last_run(REPLAYS))
    if source.get("tout"):
        return filtered(rows, source)
    return rows.filter(pk__in=[int(pk) for pk in source.getlist("ecart") if pk.isdecimal()])


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("retour", "")
    safe = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return redirect(address if safe else reverse("cutover:findings"))


@require_http_methods(["GET", "POST"])
@only(can_prepare)
def classify_rows(request: HttpRequest) -> HttpResponse:
    """Show what would be classified, then classify it."""
    rows = list(_picked(request).order_by("kind", "ref", "pk"))
    form = ClassifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and rows:
        try:
            count = classify(
                rows=rows,
                verdict=NoteClass(form.cleaned_data["verdict"]),
                comment=form.cleaned_data["comment"],
                by=person(request).acting(),
            )
            messages.success(request, f"{french.plural(count, 'écart classé', 'écarts classés')}.")
            return _back(request)
        except DecisionRefused as refusal:
            form.add_error("comment", str(refusal))
    for row in rows:
        row.words, row.look = KINDS.get(row.kind), STATES[row.state]
    context = {"rows": rows, "form": form, "retour": request.META.get("HTTP_REFERER", "")}
    if request.method == "POST":
        context["retour"] = request.POST.get("retour", "")
    template = "cutover/_classify.html" if request.htmx else "cutover/classify.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@only(can_prepare)
def sign_rows(request: HttpRequest) -> HttpResponse:
    """Sign the classification of the rows ticked, or of all those of the filters."""
    count = sign(rows=list(_picked(request)), by=person(request).acting())
    if count:
        messages.success(request, f"{french.plural(count, 'écart signé', 'écarts signés')}.")
    else:
        messages.warning(request, "Rien à signer : classez d’abord ces écarts.")
    return _back(request)
