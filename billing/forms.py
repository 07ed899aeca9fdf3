"""What a person fills in to issue, credit, settle and price."""

from typing import Any

from django import forms

from billing.enums import CONTACT_ITEM, LineKind, RateCode
from billing.models import InvoiceLine
from lots.models import Client
from spekty.core import french
from spekty.core.enums import Family

ITEMS = [*((f.value, f"{f.value} · {f.label}") for f in Family), (CONTACT_ITEM, "Contrôle par contact")]


class Day(forms.DateInput):
    """A day as the browser's own date field wants it."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(format="%Y-%m-%d", attrs=attrs)


class IssueForm(forms.Form):
    """The date of the paper, and the amount that was shown."""

    on = forms.DateField(label="Date de la facture", widget=Day())
    expected_ttc = forms.DecimalField(widget=forms.HiddenInput, required=False)


class SettleForm(forms.Form):
    """When the client paid."""

    on = forms.DateField(label="Payée le", widget=Day())


class ReasonForm(forms.Form):
    """Why something is undone."""

    reason = forms.CharField(label="Motif", max_length=200)


class LineChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Lines by their explanation and amount."""

    def label_from_instance(self, line: InvoiceLine) -> str:
        return f"{line.label} {french.euros(line.amount)}"


class CreditForm(forms.Form):
    """Whole or some lines of an issued invoice, and why."""

    reason = forms.CharField(
        label="Motif de l’avoir", max_length=200, help_text="Écrit sur l’avoir : le client le lit."
    )
    whole = forms.ChoiceField(
        label="Ce qui est annulé",
        choices=[("tout", "Toute la facture"), ("lignes", "Les lignes choisies ci-dessous")],
        widget=forms.RadioSelect,
        initial="tout",
    )
    lines = LineChoice(
        label="Lignes",
        queryset=InvoiceLine.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="La remise de volume suit ses lignes.",
    )

    def __init__(self, *args: Any, standing: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lines"]
        if isinstance(field, LineChoice):
            field.queryset = standing.exclude(kind=LineKind.DISCOUNT)

    def clean(self) -> dict[str, Any]:
        """Ask for lines when only some are credited."""
        data = super().clean() or {}
        if data.get("whole") == "lignes" and not data.get("lines"):
            self.add_error("lines", "Choisissez au moins une ligne.")
        return data

    @property
    def line_ids(self) -> list[int] | None:
        """The chosen lines, None for the whole invoice."""
        if self.cleaned_data["whole"] == "tout":
            return None
        return [line.pk for line in self.cleaned_data["lines"]]


class PriceForm(forms.Form):
    """A new dated price of a client."""

    client = forms.ModelChoiceField(
        label="Donneur d’ordre", queryset=Client.objects.none(), empty_label="Choisir…"
    )
    item = forms.ChoiceField(label="Famille", choices=ITEMS)
    valid_from = forms.DateField(label="Pour les lots reçus à partir du", widget=Day())
    amount = forms.DecimalField(label="Prix HT (€)", min_value=0, max_digits=10, decimal_places=2)
    reference = forms.CharField(
        label="Référence", max_length=200, help_text="Contrat, avenant, courrier : d’où vient ce prix."
    )

    def __init__(self, *args: Any, clients: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["client"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = clients


class RateForm(forms.Form):
    """A new dated VAT rate or step of the volume discount."""

    code = forms.ChoiceField(label="Taux", choices=RateCode.choices)
    valid_from = forms.DateField(label="Pour les factures datées à partir du", widget=Day())
    threshold = forms.IntegerField(
        label="À partir de (lignes)", min_value=0, initial=0, help_text="0 pour la TVA."
    )
    pct = forms.DecimalField(label="%", min_value=0, max_value=100, max_digits=5, decimal_places=2)
    reference = forms.CharField(label="Référence", max_length=200)
