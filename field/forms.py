"""What phones and pages send, read and checked."""

from typing import Any

from django import forms

from missions.enums import ContactMeans, ContactOutcome, UnproductiveReason

NOTE = "Écrivez ce que la personne suivante doit savoir."


class KeyForm(forms.Form):
    """Anything a phone may send twice."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class ReadingForm(KeyForm):
    """What surrounds the answers of a reading."""

    definition = forms.IntegerField(required=False, widget=forms.HiddenInput)
    started_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    finished_at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    comment = forms.CharField(
        label="Commentaire", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    signer = forms.CharField(label="Nom du signataire", required=False, max_length=120)
    signature = forms.FileField(required=False)


class UnproductiveForm(KeyForm):
    at = forms.DateTimeField(required=False, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label="Motif", choices=UnproductiveReason.choices, widget=forms.RadioSelect, initial="absence"
    )
    note = forms.CharField(
        label="Note", required=False, max_length=300, help_text=NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )


# The office agrees on an hour; an agent notes a refusal or an unanswered call.
OUTCOMES = [choice for choice in ContactOutcome.choices if choice[0] != ContactOutcome.AGREED]


class AttemptForm(KeyForm):
    outcome = forms.ChoiceField(label="Issue", choices=OUTCOMES)
    means = forms.ChoiceField(label="Moyen", choices=ContactMeans.choices, initial=ContactMeans.PHONE)
    call_back_on = forms.DateField(
        label="Rappeler le", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(label="Note", required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == ContactOutcome.CALL_BACK and not data.get("call_back_on"):
            self.add_error("call_back_on", "Indiquez le jour du rappel.")
        return data


class KmForm(forms.Form):
    km = forms.DecimalField(
        label="Kilomètres de la journée",
        min_value=0,
        max_value=1500,
        max_digits=6,
        decimal_places=1,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class PhotoForm(KeyForm):
    file = forms.FileField()
    question = forms.SlugField(required=False, max_length=60)
    original_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", required=False)
    taken_at = forms.DateTimeField(required=False)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
