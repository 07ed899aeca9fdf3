"""The signed dossier."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from integrations.cutover.dossier import make_dossier
from integrations.cutover.permissions import can_prepare
from integrations.models import Dossier
from spekty.accounts.access import only, person
from spekty.core.files import file_response


@require_POST
@only(can_prepare)
def make(request: HttpRequest) -> HttpResponse:
    """Draw, sign and keep the dossier of this moment, then give it."""
    dossier = make_dossier(by=person(request).acting())
    return redirect("cutover:dossier_file", pk=dossier.pk)


@require_safe
@only(can_prepare)
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a kept dossier."""
    dossier = get_object_or_404(Dossier.objects.select_related("file"), pk=pk)
    return file_response(dossier.file, download=True)
