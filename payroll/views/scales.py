"""The pay scale: dated rows to read and to complete, never to edit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from payroll import services
from payroll.enums import PayItem
from payroll.forms import ScaleForm
from payroll.permissions import can_run_pay
from payroll.selectors.scales import scale_table
from spekty.accounts.access import only, person
from spekty.accounts.enums import Contract
from spekty.core.engine import TransitionRefused


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_run_pay)
def scales(request: HttpRequest) -> HttpResponse:
    """Show the dated scale of each contract; add a row."""
    form = ScaleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        words = {"contract": Contract(data["contract"]), "item": PayItem(data["item"])}
        try:
            services.add_rate(**{**data, **words}, by=person(request).acting())
        except TransitionRefused as refusal:
            form.add_error("valid_from", str(refusal))
        else:
            messages.success(request, "Ligne ajoutée au barème.")
            return redirect("payroll:scales")
    context = {"form": form, "table": scale_table(timezone.localdate()), "tab": "scales"}
    return render(request, "payroll/scales.html", context, status=422 if form.errors else 200)
