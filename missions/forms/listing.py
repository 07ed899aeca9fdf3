"""The filters of the list, and the name of a saved view."""

from collections.abc import Iterable
from typing import Any

from django import forms

from missions.enums import MissionStatus
from missions.rules.anomalies import RULES
from missions.selectors.filters import NO_CONCLUSION, NOBODY
from spekty.accounts.enums import OFFICE_ROLES, Role
from spekty.core.departments import NAMES
from spekty.core.enums import Channel, Conclusion, Family

ALL = ("", "Tous")


class FilterForm(forms.Form):
    """The names are those of the address: the form is sent by GET to the list."""

    q = forms.CharField(label="Mission, lot, bénéficiaire ou ville", required=False, max_length=80)
    du = forms.DateField(label="Visites du", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    au = forms.DateField(label="Au", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    zone = forms.MultipleChoiceField(label="Zone", required=False, choices=list(NAMES.items()))
    canal = forms.ChoiceField(label="Canal", required=False, choices=[ALL, *Channel.choices])
    type = forms.MultipleChoiceField(
        label="Type", required=False, choices=Family.choices, widget=forms.CheckboxSelectMultiple
    )
    agent = forms.ChoiceField(label="Intervenant", required=False)
    client = forms.ChoiceField(label="Client", required=False)
    lot = forms.ChoiceField(label="Lot", required=False)
    statut = forms.MultipleChoiceField(
        label="Statut", required=False, choices=MissionStatus.choices, widget=forms.CheckboxSelectMultiple
    )
    conclusion = forms.MultipleChoiceField(
        label="Conclusion",
        required=False,
        choices=[*Conclusion.choices, (NO_CONCLUSION, "Sans conclusion")],
        widget=forms.CheckboxSelectMultiple,
    )
    anomalie = forms.ChoiceField(
        label="Anomalie",
        required=False,
        choices=[
            ("", "Peu importe"),
            *((r.code, r.label) for r in RULES.values() if r.aggregate == "mission"),
        ],
    )

    def __init__(
        self,
        *args: Any,
        agents: Iterable[tuple[str, str, str]],
        clients: Iterable[tuple[str, str]],
        lots: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [(code, f"{last} {first}") for code, last, first in agents]
        self.fields["agent"].choices = [ALL, (NOBODY, "Personne"), *people]  # type: ignore[attr-defined]
        self.fields["client"].choices = [ALL, *clients]  # type: ignore[attr-defined]
        self.fields["lot"].choices = [ALL, *((number, number) for number in lots)]  # type: ignore[attr-defined]
        self.fields["zone"].widget.attrs["size"] = 6


class SavedViewForm(forms.Form):
    name = forms.CharField(
        label="Nom de la vue", max_length=60, error_messages={"required": "Donnez un nom à la vue."}
    )
    role = forms.ChoiceField(
        label="Partagée avec",
        required=False,
        choices=[("", "Moi seulement"), *((role.value, role.label) for role in Role if role in OFFICE_ROLES)],
    )
