"""Read the settings that an administrator may change (core.Parameter)."""

from decimal import Decimal

from spekty.core.models import Parameter


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
