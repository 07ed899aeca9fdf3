"""Kizeo’s webhook: unsigned, so only a hint; it is kept, answered at once, the record re-read by the API."""

import hashlib
import json
import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.kizeo.sync import HOOKS, keep_in_inbox
from spekty.core.dispatch import nudge

MAX_BODY = 1_000_000


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest, secret: str) -> HttpResponse:
    """Keep the event, wake the reader, answer 200 once it is committed; a wrong secret is 404."""
    expected = settings.KIZEO_WEBHOOK_SECRET
    if (
        not settings.KIZEO_URL
        or not expected
        or not secrets.compare_digest(secret.encode(), expected.encode())
    ):
        raise Http404
    if len(request.body) > MAX_BODY:
        return HttpResponseBadRequest("Message trop long.")
    try:
        event = json.loads(request.body)
    except ValueError:
        return HttpResponseBadRequest("Message illisible.")
    if not isinstance(event, dict) or not event.get("id"):
        return HttpResponseBadRequest("Message sans identifiant.")
    digest = hashlib.sha256(request.body).hexdigest()
    if keep_in_inbox(HOOKS, f"{event['id']}:{event.get('eventType', '')}:{digest[:32]}"[:200], event):
        nudge("kizeo.pull")
    return HttpResponse(status=200)
