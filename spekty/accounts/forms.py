"""An agent's profile, rights and links, as an administrator edits them."""

from typing import Any

from django import forms
from django.forms import inlineformset_factory

from spekty.accounts.models import Agent, Authorisation, DeclaredLink
from spekty.core.departments import NAMES

DAYS = list(enumerate(("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")))


def day_input() -> forms.DateInput:
    """Return the browser's own calendar."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class AgentForm(forms.ModelForm):  # type: ignore[type-arg]
    departments = forms.MultipleChoiceField(label="Secteurs", choices=list(NAMES.items()), required=False)
    workdays = forms.TypedMultipleChoiceField(
        label="Jours travaillés", choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Agent
        fields = (
            "first_name", "last_name", "initials", "contract", "vehicle", "email", "phone",
            "address", "postcode", "city", "departments", "workdays", "day_start", "day_end",
            "lunch_minutes", "max_km", "max_stops", "field_app_id", "is_active",
        )  # fmt: skip
        widgets = {
            "day_start": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "day_end": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departments"].widget.attrs["size"] = 6


Rights = inlineformset_factory(
    Agent,
    Authorisation,
    fields=("family", "valid_from", "valid_to"),
    widgets={"valid_from": day_input(), "valid_to": day_input()},
    extra=1,
    can_delete=False,
)
Links = inlineformset_factory(
    Agent,
    DeclaredLink,
    fields=("kind", "name", "siren", "reason", "valid_from", "valid_to"),
    widgets={"valid_from": day_input(), "valid_to": day_input()},
    extra=1,
    can_delete=False,
)
