"""Forms of absences, rights, hours and links."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from spekty.accounts.enums import LinkKind
from spekty.accounts.models import Agent
from spekty.core.departments import NAMES
from spekty.core.enums import Family

WEEKDAYS = [(0, "Lundi"), (1, "Mardi"), (2, "Mercredi"), (3, "Jeudi"), (4, "Vendredi"), (5, "Samedi")]
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class AbsenceForm(forms.Form):
    agent = forms.ModelChoiceField(Agent.objects.active(), label="Intervenant", empty_label="Choisir…")
    first_day = forms.DateField(label="Du", widget=DATE)
    last_day = forms.DateField(label="Au", widget=DATE)
    reason = forms.CharField(label="Motif", max_length=80, initial="Congé")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "L’absence doit finir après avoir commencé.")
        return data


class AuthorisationForm(forms.Form):
    family = forms.ChoiceField(label="Famille", choices=Family.choices)
    valid_from = forms.DateField(label="Du", widget=DATE)
    valid_to = forms.DateField(label="Au", widget=DATE, required=False, help_text="Vide : sans fin.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "L’habilitation doit finir après avoir commencé.")
        return data


class EndForm(forms.Form):
    last_day = forms.DateField(required=False)


class LinkForm(forms.Form):
    kind = forms.ChoiceField(label="Avec", choices=LinkKind.choices)
    name = forms.CharField(label="Nom", max_length=150)
    siren = forms.RegexField(
        r"^\d{9}$", label="SIREN", required=False, error_messages={"invalid": "Un SIREN a neuf chiffres."}
    )
    reason = forms.CharField(label="Nature du lien", max_length=200)
    valid_from = forms.DateField(label="Depuis", widget=DATE)


class ConditionsForm(forms.Form):
    departments = forms.CharField(
        label="Secteurs", required=False, help_text="Départements, séparés par des espaces : « 33 40 47 »."
    )
    workdays = forms.TypedMultipleChoiceField(
        label="Jours travaillés", choices=WEEKDAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    day_start = forms.TimeField(label="Début de journée", widget=TIME)
    day_end = forms.TimeField(label="Fin de journée", widget=TIME)
    lunch_minutes = forms.IntegerField(label="Pause en minutes", min_value=0, max_value=180)
    max_km = forms.IntegerField(label="Kilomètres par jour au plus", min_value=1, max_value=1500)
    max_stops = forms.IntegerField(label="Visites par jour au plus", min_value=1, max_value=20)

    @staticmethod
    def of(agent: Agent) -> dict[str, Any]:
        """Return the values of an agent as the form shows them."""
        names = ("workdays", "day_start", "day_end", "lunch_minutes", "max_km", "max_stops")
        return {name: getattr(agent, name) for name in names} | {"departments": " ".join(agent.departments)}

    def clean_departments(self) -> list[str]:
        found = sorted(set(cast(str, self.cleaned_data["departments"]).replace(",", " ").upper().split()))
        unknown = [code for code in found if code not in NAMES]
        if unknown:
            raise ValidationError(f"Département inconnu : {', '.join(unknown)}.")
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("day_start"), data.get("day_end")
        if isinstance(start, dt.time) and isinstance(end, dt.time) and end <= start:
            self.add_error("day_end", "La journée doit finir après avoir commencé.")
        return data
