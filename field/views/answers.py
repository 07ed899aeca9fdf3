"""One answer for two askers: a page that goes on, or a status for the phone's outbox.

The outbox (static/js/field/outbox.js) asks for JSON: 201 made, 200 known already, 409 later, 422 never.
"""

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from field.services import ReadingNotThere
from spekty.core.engine import TransitionRefused, WrongState


def from_outbox(request: HttpRequest) -> bool:
    """Return whether the phone's outbox asks."""
    return request.headers.get("Accept") == "application/json"


def kept(request: HttpRequest, *, created: bool, text: str, back: str) -> HttpResponse:
    """Answer that it is kept: 201, or 200 when it was before."""
    if from_outbox(request):
        return JsonResponse({"created": created}, status=201 if created else 200)
    messages.success(request, text)
    return redirect(back)


def refused(request: HttpRequest, refusal: TransitionRefused, *, back: str) -> HttpResponse:
    """Answer a refusal in French: 409 when trying later may help, 422 otherwise."""
    if from_outbox(request):
        later = isinstance(refusal, ReadingNotThere | WrongState)
        return JsonResponse({"error": str(refusal)}, status=409 if later else 422)
    messages.error(request, str(refusal))
    return redirect(back)


def invalid(request: HttpRequest, form: Form) -> JsonResponse:
    """Answer the outbox about a form that can't be read."""
    return JsonResponse({"error": error_text(form)}, status=422)


def error_text(form: Form) -> str:
    """Return a form's errors as one text."""
    return " ".join(str(text) for texts in form.errors.values() for text in texts)
