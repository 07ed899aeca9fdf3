"""What people type around lots."""

from typing import Any

from django import forms
from stdnum.fr import siren

from lots.enums import BillingMode, DocumentKind
from lots.models import Client, Fiche, Lot
from lots.rules.fields import FIELDS
from spekty.accounts.models import User


class UploadForm(forms.Form):
    """The first step: whose file, and into which lot."""

    client = forms.ModelChoiceField(Client.objects.none(), label="Donneur d’ordre", to_field_name="code")
    file = forms.FileField(
        label="Fichier",
        help_text="Excel (.xlsx, .xlsm) ou CSV, 60 Mo au plus. Il est gardé tel que reçu.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.csv,.txt"}),
    )
    lot = forms.ModelChoiceField(
        Lot.objects.none(),
        label="Lot à compléter",
        required=False,
        to_field_name="number",
        empty_label="Reconnaître par les références, sinon un nouveau lot",
    )
    fiche = forms.ModelChoiceField(
        Fiche.objects.all(),
        label="Fiche",
        required=False,
        to_field_name="code",
        empty_label="Celle du fichier",
        help_text="À choisir si le fichier n’en dit rien.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients = Client.objects.visible_to(user).filter(is_active=True)
        self.fields["client"].queryset = clients  # type: ignore[attr-defined]
        self.fields["lot"].queryset = Lot.objects.visible_to(user).open()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a lot of another client."""
        data = super().clean() or {}
        lot, client = data.get("lot"), data.get("client")
        if lot and client and lot.client_id != client.pk:
            self.add_error("lot", f"Le lot {lot.number} n’est pas un lot de {client.name}.")
        return data


class ColumnsForm(forms.Form):
    """One choice per column of the file."""

    CHOICES = (("", "Ne pas reprendre"), *((spec.code, spec.label) for spec in FIELDS))

    def __init__(self, *args: Any, columns: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in columns:
            self.fields[f"c{column['index']}"] = forms.ChoiceField(
                choices=self.CHOICES,
                required=False,
                initial=column["field"] or "",
                label=column["header"],
            )

    @property
    def chosen(self) -> dict[int, str | None]:
        """Return index -> field, None for a column left out."""
        return {int(name[1:]): value or None for name, value in self.cleaned_data.items()}


class CommitForm(forms.Form):
    """The last step: dates of a new lot, and the consent to a new N."""

    received_on = forms.DateField(
        label="Reçu le", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    filing_on = forms.DateField(
        label="Dépôt prévu le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    accept_size = forms.BooleanField(
        label="Le lot est déjà tiré : j’accepte que son nombre d’opérations change", required=False
    )


class CloseForm(forms.Form):
    """Closing asks for the filing date, whose year gives the ceiling."""

    filing_on = forms.DateField(
        label="Dépôt prévu le",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    expected = forms.CharField(widget=forms.HiddenInput, required=False)


class ReopenForm(forms.Form):
    reason = forms.CharField(label="Motif", max_length=300)


class DocumentForm(forms.Form):
    """Papers dropped on a lot."""

    lot = forms.ModelChoiceField(Lot.objects.none(), label="Lot", to_field_name="number")
    kind = forms.ChoiceField(label="Nature", choices=DocumentKind.choices, initial=DocumentKind.OTHER)
    file = forms.FileField(label="Fichier", help_text="PDF, photo, Excel, Word ou texte, 25 Mo au plus.")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lot"].queryset = Lot.objects.visible_to(user)  # type: ignore[attr-defined]


class ClientForm(forms.ModelForm):  # type: ignore[type-arg]
    """A client's identity and terms; prices are billing's."""

    class Meta:
        model = Client
        fields = (
            *("code", "name", "siren", "email", "address", "postcode", "city"),
            *("billing_mode", "payment_days", "is_active"),
        )

    billing_mode = forms.ChoiceField(label="Mode de facturation", choices=BillingMode.choices)

    def clean_siren(self) -> str:
        """Refuse a SIREN whose key is false."""
        number = "".join(str(self.cleaned_data.get("siren") or "").split())
        if number and not siren.is_valid(number):
            raise forms.ValidationError("La clé de ce SIREN est fausse.")
        return number
