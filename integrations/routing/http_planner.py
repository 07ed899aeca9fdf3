"""VROOM behind HTTP: vroom-express (POST /) or openrouteservice (POST /optimization)."""

from typing import Any

import httpx
from django.conf import settings

from integrations.routing.embedded import read_answer
from planning.rules.vroom_language import Answer, PlannerFailed, Request

TIMEOUT = 300.0


class HttpVroom:
    """A vroom-express server; raise its limits (200 vehicles, 1 000 places, 1 MB) for large plans."""

    path = "/"
    can_check = True

    def __init__(self, url: str = "", key: str = "", transport: httpx.BaseTransport | None = None) -> None:
        address = url or settings.ROUTING_URL
        token = key or settings.ROUTING_KEY
        headers = {"Authorization": token} if token else {}
        self._client = httpx.Client(
            base_url=address, headers=headers, timeout=TIMEOUT, transport=transport, follow_redirects=False
        )

    def solve(
        self, request: Request, *, explore: int, threads: int = 2, limit: float | None = None
    ) -> Answer:
        limited = {} if limit is None else {"l": limit}
        return self._post(request, {"x": explore, "t": threads, "g": False, **limited})

    def check(self, request: Request) -> Answer:
        if not self.can_check:
            raise PlannerFailed("ce serveur ne sait pas vérifier un plan")
        return self._post(request, {"c": True})

    def _post(self, request: Request, options: dict[str, object]) -> Answer:
        try:
            answer = self._client.post(self.path, json=plain(self._body(request, options)))
            found = answer.json()
        except httpx.HTTPError as error:
            raise PlannerFailed(f"serveur de tournées injoignable : {error}") from error
        except ValueError as error:
            raise PlannerFailed(f"réponse illisible du serveur de tournées ({answer.status_code})") from error
        if not isinstance(found, dict):
            raise PlannerFailed("réponse illisible du serveur de tournées")
        return read_answer(found)

    def _body(self, request: Request, options: dict[str, object]) -> dict[str, object]:
        return {**request, "options": options}


class OpenRouteService(HttpVroom):
    """A self-hosted openrouteservice: same language, no options, no check mode."""

    path = "/optimization"
    can_check = False

    def _body(self, request: Request, options: dict[str, object]) -> dict[str, object]:
        profiles = {"driving-car": request["matrices"]["car"]}
        vehicles = [{**vehicle, "profile": "driving-car"} for vehicle in request["vehicles"]]
        return {**request, "vehicles": vehicles, "matrices": profiles}


def plain(value: Any) -> Any:
    """Turn the compact rows of a matrix into lists that JSON knows."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    return [plain(part) for part in value]
