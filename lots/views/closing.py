"""Closing and reopening a lot, with the verdict and its arithmetic before the act."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lots.forms import CloseForm, ReopenForm
from lots.models import Lot
from lots.permissions import can_write_lots
from lots.selectors.lots import with_facts
from lots.services.closing import close_lot, reopen_lot
from lots.views.lines import lines_of
from missions.selectors.lots import closing_facts
from spekty.accounts.access import only, person
from spekty.core.engine import TransitionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Show the verdict, then close."""
    user, today = person(request), timezone.localdate()
    lot = get_object_or_404(with_facts(Lot.objects.visible_to(user)), number=number)
    posted = request.POST if request.method == "POST" else None
    form = CloseForm(posted, initial={"filing_on": lot.filing_on})
    if posted is not None and form.is_valid():
        data = form.cleaned_data
        try:
            close_lot(
                lot_id=lot.pk,
                facts_of=closing_facts,
                on=today,
                by=user.acting(),
                filing_on=data["filing_on"],
                expected=data["expected"] or None,
            )
        except (TransitionRefused, ValueError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Lot {lot.number} clos.")
            return redirect("lots:detail", lot.number)
    line = lines_of([lot], today)[0]
    context = {"lot": lot, "line": line, "form": form, "unfinished": line.tally.unfinished}
    return render(request, "lots/close.html", context, status=422 if posted is not None else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Reopen a closed lot, with a reason."""
    user = person(request)
    lot = get_object_or_404(Lot.objects.visible_to(user), number=number)
    posted = request.POST if request.method == "POST" else None
    form = ReopenForm(posted)
    if posted is not None and form.is_valid():
        try:
            reopen_lot(lot_id=lot.pk, reason=form.cleaned_data["reason"], by=user.acting())
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Lot {lot.number} rouvert.")
            return redirect("lots:detail", lot.number)
    return render(request, "lots/reopen.html", {"lot": lot, "form": form}, status=422 if posted else 200)
