"""Price lists and rates: dated rows to read and to complete, never to edit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from billing import services
from billing.enums import RateCode
from billing.forms import PriceForm, RateForm
from billing.permissions import can_price
from billing.selectors.tariffs import price_table, rate_table
from lots.models import Client
from spekty.accounts.access import only, person
from spekty.core.engine import TransitionRefused

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
@only(can_price)
def prices(request: HttpRequest) -> HttpResponse:
    """Show every client's dated prices; add one."""
    clients = Client.objects.visible_to(person(request))
    form = PriceForm(request.POST or None, clients=clients)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_price(**form.cleaned_data, by=person(request).acting())
        except TransitionRefused as refusal:
            form.add_error("valid_from", str(refusal))
        else:
            messages.success(request, "Prix ajouté.")
            return redirect("billing:prices")
    context = {"form": form, "table": price_table(clients, timezone.localdate()), "tab": "prices"}
    return render(request, "billing/prices.html", context, status=422 if form.errors else 200)


@get_or_post
@only(can_price)
def rates(request: HttpRequest) -> HttpResponse:
    """Show the dated VAT rates and volume discounts; add one."""
    form = RateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            services.add_rate(**{**data, "code": RateCode(data["code"])}, by=person(request).acting())
        except TransitionRefused as refusal:
            form.add_error("valid_from", str(refusal))
        else:
            messages.success(request, "Taux ajouté.")
            return redirect("billing:rates")
    context = {"form": form, "rates": rate_table(timezone.localdate()), "tab": "rates"}
    return render(request, "billing/rates.html", context, status=422 if form.errors else 200)
