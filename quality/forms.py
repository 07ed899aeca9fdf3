"""The reviewer's decision."""

from typing import Any

from django import forms

from missions.enums import NotVerifiableKind
from spekty.core.enums import Conclusion

ACCEPT, SEND_BACK, CHANGE = "accept", "send_back", "change"
KEEP, TAKE = "keep", "take"
DECISIONS = [
    (ACCEPT, "Valider et émettre le rapport"),
    (SEND_BACK, "Renvoyer à compléter"),
    (CHANGE, "Changer la conclusion"),
]


class DecisionForm(forms.Form):
    """One decision; what it needs depends on it."""

    decision = forms.ChoiceField(choices=DECISIONS)
    reasons = forms.MultipleChoiceField(required=False)
    observation = forms.CharField(
        label="Observation pour le rapport",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    comment = forms.CharField(
        label="À compléter",
        required=False,
        max_length=1000,
        help_text="L’intervenant lit ce texte sur son téléphone.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    conclusion = forms.ChoiceField(label="Conclusion", required=False, choices=Conclusion.choices)
    not_verifiable = forms.ChoiceField(
        label="Non vérifiable car", required=False, choices=[("", "—"), *NotVerifiableKind.choices]
    )
    motive = forms.CharField(
        label="Motif du changement", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, why: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reasons"].choices = [(reason, reason) for reason in why]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        decision = data.get("decision")
        if decision == SEND_BACK and not (data.get("comment") or "").strip():
            self.add_error("comment", "Dites à l’intervenant ce qui est à compléter.")
        if decision == CHANGE and not (data.get("motive") or "").strip():
            self.add_error("motive", "Dites pourquoi la conclusion change.")
        if decision == CHANGE and data.get("conclusion") == Conclusion.NV and not data.get("not_verifiable"):
            self.add_error("not_verifiable", "Non visible ou non accessible ?")
        return data


class SettleForm(forms.Form):
    """Which of two readings counts, and why."""

    choice = forms.ChoiceField(
        label="Décision",
        choices=[(KEEP, "Garder celui en vigueur"), (TAKE, "Retenir celui arrivé ensuite")],
        error_messages={"required": "Choisissez le relevé qui compte."},
    )
    reason = forms.CharField(
        label="Motif",
        max_length=500,
        help_text="Gardé dans l’historique des deux relevés.",
        error_messages={"required": "Dites pourquoi vous retenez ou écartez ce relevé."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AmendForm(forms.Form):
    reason = forms.CharField(
        label="Ce que corrige cette version", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    observation = forms.CharField(
        label="Observation pour le rapport",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
