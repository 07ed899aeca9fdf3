"""The beneficiary's answer."""

from django import forms

CONFIRM, MOVE, REFUSE = "confirmer", "deplacer", "refuser"


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[(CONFIRM, "Oui"), (MOVE, "Un autre jour"), (REFUSE, "Non")])
    note = forms.CharField(required=False, max_length=300)
