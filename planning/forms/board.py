"""What the planning screens send."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from planning.services.sheets import Key


def as_key(text: str) -> Key:
    """Read « 12:2026-02-04 »; raises ValidationError."""
    agent, _, day = text.partition(":")
    try:
        return int(agent), dt.date.fromisoformat(day)
    except ValueError:
        raise ValidationError("Tournée inconnue.") from None


class KeyField(forms.CharField):
    """An agent's day, or nothing."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return as_key(text) if text else None


class SeenField(forms.CharField):
    """The versions of the tours on the screen: « 12:2026-02-04=3 13:2026-02-04=0 »."""

    def to_python(self, value: Any) -> Any:
        seen: dict[Key, int] = {}
        for part in (super().to_python(value) or "").split():
            key, _, version = part.partition("=")
            if not version.isdigit():
                raise ValidationError("Version de tournée illisible.")
            seen[as_key(key)] = int(version)
        return seen


class MoveForm(forms.Form):
    """One gesture, whichever way it was made: dragged, by the keys or in the dialog."""

    mission = forms.IntegerField()
    source = KeyField(required=False)
    target = KeyField(required=False)
    position = forms.IntegerField(required=False, min_value=1)
    seen = SeenField(required=False)
    reason = forms.CharField(required=False, max_length=200)
    shown = forms.DateField(required=False)
    zone = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("source") and not data.get("target"):
            raise ValidationError("D’où, ou vers où ?")
        return data


class LockForm(forms.Form):
    key = KeyField()
    mission = forms.IntegerField(required=False)
    is_locked = forms.BooleanField(required=False)
    seen = SeenField(required=False)
    shown = forms.DateField(required=False)
