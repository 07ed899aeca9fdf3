"""What an optimisation is about."""

import datetime as dt
from typing import Any

from django import forms

from planning.services.runs import MOST_DAYS, Freedom

FREEDOMS = [
    (Freedom.FULL.value, "Tout : intervenants, jours et ordre"),
    (Freedom.LEAST.value, "Le moins possible : replacer ce qui ne tient plus"),
    (Freedom.SAME_AGENT.value, "Sans changer d’intervenant"),
    (Freedom.ORDER.value, "L’ordre des visites seulement"),
]
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ScopeForm(forms.Form):
    first_day = forms.DateField(label="Du", widget=DATE)
    last_day = forms.DateField(label="Au", widget=DATE)
    freedom = forms.ChoiceField(label="Ce qui peut changer", choices=FREEDOMS)
    zones = forms.CharField(
        label="Zones", required=False, help_text="Départements, séparés par des espaces ; vide : partout."
    )
    with_waiting = forms.BooleanField(label="Placer les missions à affecter", required=False)
    with_balance = forms.BooleanField(label="Lisser la charge (5 % de km au plus)", required=False)

    def clean_zones(self) -> tuple[str, ...]:
        return tuple(code for code in self.cleaned_data["zones"].upper().split() if code.isalnum())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and not dt.timedelta() <= last - first < dt.timedelta(MOST_DAYS):
            self.add_error("last_day", f"De 1 à {MOST_DAYS} jours, dans l’ordre.")
        return data
