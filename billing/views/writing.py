"""Everything that writes an invoice: prepare, issue, discard, send, settle, credit; then redirect."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from billing import services
from billing.enums import InvoiceStatus
from billing.forms import CreditForm, IssueForm, ReasonForm, SettleForm
from billing.models import Invoice
from billing.permissions import can_bill
from billing.selectors.agreement import latest_month
from billing.selectors.dossiers import Dossier, to_invoice
from billing.selectors.sheets import sheet_of
from billing.views.invoices import visible_invoice
from lots.models import Client, Lot
from spekty.accounts.access import only, person
from spekty.core.engine import TransitionRefused
from spekty.core.months import read_month

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _attempt(request: HttpRequest, work: Callable[[], object], done: str) -> bool:
    """Do it and say so, or show the refusal; return whether it was done."""
    try:
        work()
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def _dialog(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with the dialog's body, or with a page around it without script."""
    context["body"] = f"billing/dialogs/{name}.html"
    template = context["body"] if request.htmx else "billing/dialog_page.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


@require_POST
@only(can_bill)
def prepare_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the draft of a lot, then show it."""
    lot = get_object_or_404(Lot.objects.visible_to(person(request)), pk=pk)
    try:
        draft = services.prepare_lot_invoice(lot_id=lot.pk, by=person(request).acting())
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('billing:list')}?dossier=lot-{lot.pk}")
    return redirect("billing:detail", draft.pk)


@require_POST
@only(can_bill)
def prepare_month(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare the month-end draft of a client, then show it."""
    client = get_object_or_404(Client.objects.visible_to(person(request)), pk=pk)
    month = read_month(request.POST.get("mois", "")) or latest_month(timezone.localdate())
    try:
        drafts = services.prepare_monthly_invoices(client=client, month=month, by=person(request).acting())
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        drafts = []
    if drafts:
        return redirect("billing:detail", drafts[0].pk)
    return redirect(f"{reverse('billing:list')}?mois={month:%Y-%m}")


@get_or_post
@only(can_bill)
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the issue changes, then issue the draft and keep its PDF."""
    draft = visible_invoice(request, pk)
    if draft.status != InvoiceStatus.DRAFT:
        messages.info(request, f"La facture {draft.number} est déjà émise.")
        return redirect("billing:detail", pk)
    sheet = sheet_of(draft, timezone.localdate())
    form = IssueForm(request.POST or None, initial={"on": sheet.on, "expected_ttc": draft.total_ttc})
    if request.method == "POST" and form.is_valid():
        data, by = form.cleaned_data, person(request).acting()
        try:
            invoice = services.issue_invoice(
                invoice_id=pk, on=data["on"], by=by, expected_ttc=data["expected_ttc"]
            )
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            services.store_invoice_pdf(invoice_id=pk, by=by)
            messages.success(request, f"Facture {invoice.number} émise.")
            return redirect("billing:detail", pk)
    status = 422 if form.errors else 200
    return _dialog(request, "issue", {"invoice": draft, "sheet": sheet, "form": form}, status)


@get_or_post
@only(can_bill)
def issue_ready(request: HttpRequest) -> HttpResponse:
    """Show every ready invoice of the closing, then prepare and issue them in the order of their dates."""
    today = timezone.localdate()
    month = read_month(request.GET.get("mois") or request.POST.get("mois", "")) or latest_month(today)
    ready = [dossier for dossier in to_invoice(month, today).ready if dossier.amount]
    if request.method != "POST":
        return _dialog(request, "issue_ready", {"ready": ready, "month": month})
    chosen = set(request.POST.getlist("dossier"))
    wanted = [dossier for dossier in ready if dossier.key in chosen]
    issued = sum(
        _issue_dossier(request, dossier) for dossier in sorted(wanted, key=lambda d: d.month is None)
    )
    if issued:
        messages.success(request, "1 facture émise." if issued == 1 else f"{issued} factures émises.")
    return redirect(f"{reverse('billing:list')}?mois={month:%Y-%m}")


def _issue_dossier(request: HttpRequest, dossier: Dossier) -> bool:
    """Prepare and issue one dossier; a refusal is shown and the others go on."""
    today, by = timezone.localdate(), person(request).acting()
    try:
        draft = dossier.draft or _prepare(dossier, request)
        on = sheet_of(draft, today).on or today
        services.issue_invoice(invoice_id=draft.pk, on=on, by=by)
    except TransitionRefused as refusal:
        messages.error(request, f"{dossier.client} : {refusal}")
        return False
    services.store_invoice_pdf(invoice_id=draft.pk, by=by)
    return True


def _prepare(dossier: Dossier, request: HttpRequest) -> Invoice:
    by = person(request).acting()
    if dossier.lot is not None:
        return services.prepare_lot_invoice(lot_id=dossier.lot.pk, by=by)
    month = dossier.month or timezone.localdate()
    drafts = services.prepare_monthly_invoices(client=dossier.client, month=month, by=by)
    if not drafts:
        raise services.NothingToInvoice("Rien n’est à facturer.")
    return drafts[0]


@require_POST
@only(can_bill)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a draft."""
    draft = visible_invoice(request, pk)
    by = person(request).acting()
    if _attempt(request, lambda: services.discard_draft(invoice_id=draft.pk, by=by), "Brouillon supprimé."):
        return redirect("billing:list")
    return redirect("billing:detail", pk)


@require_POST
@only(can_bill)
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an issued invoice by e-mail."""
    invoice, by = visible_invoice(request, pk), person(request).acting()
    done = f"L’envoi à {invoice.client.email} est en route."
    _attempt(request, lambda: services.send_invoice(invoice_id=pk, by=by), done)
    return redirect("billing:detail", pk)


@get_or_post
@only(can_bill)
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a payment."""
    invoice, today = visible_invoice(request, pk), timezone.localdate()
    form = SettleForm(request.POST or None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        by, on = person(request).acting(), form.cleaned_data["on"]
        try:
            services.settle_invoice(invoice_id=pk, on=on, by=by, today=today)
        except TransitionRefused as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(request, f"Facture {invoice.number} payée.")
            return redirect("billing:detail", pk)
    status = 422 if form.errors else 200
    return _dialog(request, "settle", {"invoice": invoice, "form": form}, status)


@get_or_post
@only(can_bill)
def unsettle(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo a payment, with its reason."""
    invoice = visible_invoice(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, reason = person(request).acting(), form.cleaned_data["reason"]
        work = lambda: services.unsettle_invoice(invoice_id=pk, by=by, reason=reason)  # noqa: E731
        _attempt(request, work, "Paiement annulé.")
        return redirect("billing:detail", pk)
    status = 422 if form.errors else 200
    return _dialog(request, "unsettle", {"invoice": invoice, "form": form}, status)


@get_or_post
@only(can_bill)
def credit(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what an issued invoice got wrong, then issue the credit note and keep its PDF."""
    invoice, today = visible_invoice(request, pk), timezone.localdate()
    standing = invoice.lines.filter(is_credited=False).order_by("id")
    form = CreditForm(request.POST or None, standing=standing)
    if request.method == "POST" and form.is_valid():
        by = person(request).acting()
        try:
            note = services.issue_credit_note(
                invoice_id=pk, reason=form.cleaned_data["reason"], on=today, by=by, line_ids=form.line_ids
            )
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            services.store_invoice_pdf(invoice_id=note.pk, by=by)
            messages.success(request, f"Avoir {note.number} émis : ses missions peuvent être refacturées.")
            return redirect("billing:detail", note.pk)
    status = 422 if form.errors else 200
    return _dialog(request, "credit", {"invoice": invoice, "form": form, "today": today}, status)
