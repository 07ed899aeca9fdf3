"""History events made by a page carry the person and the address of the page."""

from typing import Any

from django.http import HttpRequest
from pghistory import middleware

from spekty.core.enums import Source


class HistoryMiddleware(middleware.HistoryMiddleware):
    """Adds the door (web or field) to pghistory's user and address."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        source = Source.FIELD if request.path.startswith("/terrain/") else Source.WEB
        return {**super().get_context(request), "source": str(source)}
