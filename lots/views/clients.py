"""Orderers: the list, one client with its lots, its files' habits and who may see it."""

from django.contrib import messages
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from guardian.shortcuts import get_groups_with_perms

from lots.forms import ClientForm
from lots.models import Client
from lots.permissions import can_price, can_read_lots, can_write_lots
from lots.rules.fields import FIELDS
from lots.selectors.lots import clients_page
from lots.services.clients import grant_client, save_client
from spekty.accounts.access import only, person
from spekty.accounts.enums import Role
from spekty.accounts.models import User


def can_grant(user: User) -> bool:
    """Return whether `user` may open a client to a group."""
    return user.has_role(Role.ADMIN)


def _prices_url(user: User) -> str:
    return reverse("billing:prices") if can_price(user) else ""


@require_safe
@only(can_read_lots)
def clients_list(request: HttpRequest) -> HttpResponse:
    """Show the clients that the person may know."""
    user = person(request)
    text = request.GET.get("q", "").replace("\0", "")[:100]
    context = {
        "page": clients_page(user, text, request.GET.get("page", "")),
        "q": text,
        "can_write": can_write_lots(user),
        "prices_url": _prices_url(user),
    }
    return render(request, "lots/clients.html", context)


@require_safe
@only(can_read_lots)
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a client."""
    user = person(request)
    found = get_object_or_404(Client.objects.visible_to(user), pk=pk)
    granted: list[Group] = list(get_groups_with_perms(found))  # type: ignore[arg-type]
    context = {
        "client": found,
        "lots": list(found.lots.select_related("fiche").order_by("-received_on", "-id")[:20]),
        "mappings": list(found.mappings.order_by("-updated_at")[:20]),
        "labels": {spec.code: spec.label for spec in FIELDS},
        "groups": granted,
        "others": Group.objects.exclude(pk__in=[group.pk for group in granted]) if can_grant(user) else [],
        "can_write": can_write_lots(user),
        "can_grant": can_grant(user),
        "prices_url": _prices_url(user),
    }
    return render(request, "lots/client.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def create(request: HttpRequest) -> HttpResponse:
    """Open a client."""
    return _edited(request, Client())


@require_http_methods(["GET", "HEAD", "POST"])
@only(can_write_lots)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a client."""
    return _edited(request, get_object_or_404(Client.objects.visible_to(person(request)), pk=pk))


def _edited(request: HttpRequest, found: Client) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = ClientForm(posted, instance=found)
    if posted is not None and form.is_valid():
        saved = save_client(client=found, by=person(request).acting(), **form.cleaned_data)
        messages.success(request, f"{saved.name} est enregistré.")
        return redirect("lots:client", saved.pk)
    status = 200 if posted is None else 422
    title = Client.objects.values_list("name", flat=True).get(pk=found.pk) if found.pk else ""
    return render(
        request, "lots/client_edit.html", {"client": found, "form": form, "title": title}, status=status
    )


@require_POST
@only(can_grant)
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a client to a group, or close it."""
    found = get_object_or_404(Client.objects.visible_to(person(request)), pk=pk)
    group = get_object_or_404(Group, pk=request.POST.get("group") or 0)
    granted = request.POST.get("ouvrir") == "1"
    grant_client(client=found, group=group, granted=granted, by=person(request).acting())
    messages.success(request, f"Accès du groupe « {group.name} » {'ouvert' if granted else 'retiré'}.")
    return redirect("lots:client", pk)
