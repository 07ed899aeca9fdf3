"""Wake what the settings say is embedded: called where a process starts, never by the domain."""

from django.conf import settings

from spekty.stack.client import Stack, stack_at


def current_stack() -> Stack:
    """Give this process's handle on the embedded servers."""
    return stack_at(settings.VAR_DIR, throwaway=settings.STACK_THROWAWAY, linger=settings.STACK_LINGER)


def wake_services(*, but: tuple[str, ...] = ()) -> None:
    """Start or join every embedded server of the settings, except some. In production there is none."""
    names = [name for name in getattr(settings, "EMBEDDED_SERVICES", ()) if name not in but]
    if names:
        current_stack().wake(*names)
