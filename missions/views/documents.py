"""Papers of a mission."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from missions.models import Mission, MissionDocument
from spekty.accounts.access import person
from spekty.core.files import file_response


@require_safe
@xframe_options_sameorigin
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve a paper of a mission that the reader may see."""
    seen = MissionDocument.objects.filter(mission__in=Mission.objects.visible_to(person(request)))
    found = get_object_or_404(seen.select_related("file"), pk=pk)
    return file_response(found.file, download="telecharger" in request.GET)
