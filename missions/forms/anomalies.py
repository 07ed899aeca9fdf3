"""Following an anomaly."""

from typing import Any

from django import forms

from missions.forms.acts import DAY, NOTE
from spekty.accounts.enums import OFFICE_ROLES
from spekty.accounts.models import User


class SnoozeForm(forms.Form):
    until = forms.DateField(label="Mettre de côté jusqu’au", widget=DAY)
    reason = forms.CharField(
        label="Motif",
        max_length=200,
        widget=NOTE,
        error_messages={"required": "Dites pourquoi elle peut attendre."},
    )


class OwnerForm(forms.Form):
    owner = forms.ModelChoiceField(
        label="Responsable", queryset=User.objects.none(), required=False, empty_label="Personne"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, groups__name__in=OFFICE_ROLES).distinct()
        self.fields["owner"].queryset = people.order_by("last_name", "first_name")  # type: ignore[attr-defined]
