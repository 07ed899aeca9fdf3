"""Wake what the settings say is embedded: called where a process starts, never by the domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from spekty.stack.client import Stack


def current_stack() -> Stack:
    """Give this process's handle on the embedded servers."""
    # Imported late: a deployment has neither embedded servers nor the packages that run them.
    from spekty.stack.client import stack_at

    return stack_at(settings.VAR_DIR, throwaway=settings.STACK_THROWAWAY, linger=settings.STACK_LINGER)


def wake_services() -> None:
    """Start or join every embedded server of the settings. In production there is none."""
    if settings.EMBEDDED_SERVICES:
        current_stack().wake(*settings.EMBEDDED_SERVICES)
