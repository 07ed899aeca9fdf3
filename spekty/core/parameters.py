"""Read the settings that an administrator may change (core.Parameter)."""

from decimal import Decimal

from django.conf import settings

from spekty.core.memo import remembered
from spekty.core.models import Parameter

KEPT = "core:parameters"


def parameters(*codes: str) -> dict[str, Decimal]:
    """Return the values of `codes`, in one query; an unknown code is a programming error (KeyError)."""
    found = dict(Parameter.objects.filter(code__in=codes).values_list("code", "value"))
    missing = set(codes) - set(found)
    if missing:
        raise KeyError(f"unknown parameters: {sorted(missing)}")
    return found


def parameter(code: str) -> Decimal:
    """Return one value."""
    return parameters(code)[code]


def kept_parameters() -> dict[str, Decimal]:
    """Return every value as kept a minute for lists (LIST_MEMORY): no query most of the time."""
    everything = Parameter.objects.values_list("code", "value")
    return remembered(KEPT, settings.LIST_MEMORY, lambda: dict(everything))
