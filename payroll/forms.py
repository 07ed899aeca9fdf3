"""What a person fills in about pay."""

from django import forms

from payroll.enums import PayItem
from spekty.accounts.enums import Contract


class ScaleForm(forms.Form):
    """A new dated row of the scale."""

    contract = forms.ChoiceField(label="Contrat", choices=Contract.choices)
    item = forms.ChoiceField(label="Code", choices=PayItem.choices)
    valid_from = forms.DateField(
        label="Pour les visites à partir du",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    amount = forms.DecimalField(
        label="Montant",
        min_value=0,
        max_digits=10,
        decimal_places=4,
        help_text="En euros ; un coefficient, un nombre de km, d’arrêts ou de visites selon le code.",
    )
    reference = forms.CharField(
        label="Référence", max_length=200, help_text="Accord, avenant, note : d’où vient ce montant."
    )
