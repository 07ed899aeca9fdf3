"""Figures worth keeping a few seconds: a cache that is away is an inconvenience, never an error."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

T = TypeVar("T")


def remembered(key: str, seconds: int, compute: Callable[[], T]) -> T:
    """Return what is kept under `key`, or compute it and keep it for `seconds` (0: never keep)."""
    if seconds <= 0:
        return compute()
    found = _ask(key)
    if found is not None:
        kept: T = found[0]
        return kept
    value = compute()
    try:
        cache.set(key, (value,), seconds)
    except (RedisError, OSError) as fault:
        log.warning("cache away, %s not kept: %s", key, fault)
    return value


def forget(key: str) -> None:
    """Drop what is kept under `key`."""
    try:
        cache.delete(key)
    except (RedisError, OSError) as fault:
        log.warning("cache away, %s not dropped: %s", key, fault)


def _ask(key: str) -> Any:
    try:
        return cache.get(key)
    except (RedisError, OSError) as fault:
        log.warning("cache away, %s not read: %s", key, fault)
        return None
