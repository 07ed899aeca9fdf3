"""What the portal's templates need to hand data to the phone's scripts."""

import json
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from spekty.core import french

register = template.Library()


@register.filter("json")
def as_json(value: Any) -> str:
    """Write a value as JSON for a data attribute; the template escapes it."""
    return json.dumps(value, ensure_ascii=False)


@register.filter
def json_js(value: Any) -> SafeString:
    """Write a value as JSON inside a script file of ours, where "<" must not close anything."""
    return mark_safe(json.dumps(value).replace("<", "\\u003c"))  # noqa: S308


@register.filter
def as_number(value: str) -> str:
    """Write a kept number ("56.00") in French ("56")."""
    return french.number(Decimal(value)) if value else french.NOTHING


@register.filter
def short_status(word: str) -> str:
    """Shorten a mission's status for a phone: "Rendez-vous confirmé" is "Confirmé" beside its hour."""
    short = word.removeprefix("Rendez-vous ")
    return short[:1].upper() + short[1:]
