"""What surrounds each request: who and where for the history; after a write, the bell and fresh counters."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from pghistory import middleware

from spekty.core import dispatch
from spekty.core.enums import Source
from spekty.core.memo import forget
from spekty.core.shell import memory_key

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class HistoryMiddleware(middleware.HistoryMiddleware):
    """Adds the door (web or field) to pghistory's user and address."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        source = Source.FIELD if request.path.startswith("/terrain/") else Source.WEB
        return {**super().get_context(request), "source": str(source)}


class BellMiddleware:
    """Rings once after a request that may have written: triggers promise messages that no code rings for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in SAFE_METHODS and response.status_code < 400:
            dispatch.ring_all()
            user = getattr(request, "user", None)
            if user is not None and user.is_authenticated:
                forget(memory_key(user))
        return response
