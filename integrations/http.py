"""What an HTTP answer means to the outbox: done, refused for good, or to be tried again."""

import ssl
from functools import cache

import httpx

from spekty.core.outbox import RetryLater, Undeliverable

# Refusals that time cures (reference: Stripe, and RFC 9110).
TRANSIENT = frozenset({408, 409, 423, 425, 429})
TIMEOUT = httpx.Timeout(10.0, connect=3.0)
DEFAULT_WAIT = 30.0


@cache
def tls() -> ssl.SSLContext:
    """Return the process's TLS settings: reading the authorities at each call costs more than the call."""
    return httpx.create_ssl_context()


class Unavailable(Exception):
    """The other side answers with a fault of its own."""


def check(response: httpx.Response, *, what: str) -> httpx.Response:
    """Return a good answer; `what` begins the French sentence of a refusal.

    Raises Undeliverable (refused for good), RetryLater (asked to wait) or Unavailable.
    """
    check_status(response.status_code, response.headers.get("retry-after", ""), what=what)
    return response


def check_status(status: int, retry_after: str, *, what: str) -> None:
    """Raise what `check` raises, from the bare status and the Retry-After header."""
    if status < 300:
        return
    if status in TRANSIENT or status >= 500:
        if retry_after or status == 429:
            raise RetryLater(f"{what} : réponse {status}, à réessayer.", wait_seconds(retry_after))
        raise Unavailable(f"{what} : réponse {status}.")
    raise Undeliverable(f"{what} : refusé (réponse {status}).")


def wait_seconds(retry_after: str) -> float:
    """Return the seconds of a Retry-After header, within an hour; anything else gives the default."""
    try:
        return min(max(float(retry_after), 1.0), 3600.0)
    except ValueError:
        return DEFAULT_WAIT
