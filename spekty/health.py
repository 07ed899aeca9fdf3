"""Is the application able to serve? For load balancers and `make run`; says nothing secret."""

import http.client
from collections.abc import Callable
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

PATIENCE = 1.0


def database_answers() -> bool:
    """Tell whether PostgreSQL answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def redis_answers() -> bool:
    """Tell whether Redis answers."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        ) as client:
            client.ping()
    except redis.RedisError:
        return False
    return True


def meilisearch_answers() -> bool:
    """Tell whether Meilisearch answers."""
    address = urlsplit(settings.MEILI_URL)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    client = kind(address.hostname or "", address.port, timeout=PATIENCE)
    try:
        client.request("GET", f"{address.path}/health")
        return client.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        client.close()


def state(probe: Callable[[], bool]) -> str:
    """Word one probe's answer."""
    return "ok" if probe() else "panne"


@require_safe
@never_cache
@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 while pages can be served.

    Only PostgreSQL is vital: without Redis the outbox waits, without Meilisearch PostgreSQL searches.
    """
    states = {
        "base": state(database_answers),
        "redis": state(redis_answers),
        "recherche": state(meilisearch_answers) if settings.MEILI_URL else "absente",
    }
    return JsonResponse(states, status=200 if states["base"] == "ok" else 503)
