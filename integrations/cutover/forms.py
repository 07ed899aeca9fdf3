"""Forms of the cockpit."""

from django import forms

from integrations.enums import NoteClass, Outcome, RunKind


class UploadForm(forms.Form):
    """The workbook itself."""

    file = forms.FileField(
        label="Classeur",
        help_text="Fichier .xlsx ou .xlsm, 100 Mo au plus. Recalculez-le et enregistrez-le dans Excel avant.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xlsm"}),
    )


class LaunchForm(forms.Form):
    """Which run of which workbook."""

    workbook = forms.IntegerField()
    kind = forms.ChoiceField(choices=RunKind.choices)


class ClassifyForm(forms.Form):
    """What the discrepancies are, and why."""

    verdict = forms.ChoiceField(label="Classement", choices=NoteClass.choices)
    comment = forms.CharField(
        label="Commentaire",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Facultatif pour une erreur du classeur, demandé sinon.",
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label="Motif", widget=forms.Textarea(attrs={"rows": 3}))


class ConditionForm(forms.Form):
    """Who answers for a condition, for when; what was seen, for those that people vouch for."""

    owner = forms.CharField(label="Responsable", required=False, max_length=150)
    due_on = forms.DateField(
        label="Échéance", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    evidence = forms.CharField(
        label="Ce qui a été constaté", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_met = forms.BooleanField(label="La condition est remplie", required=False)


class NewConditionForm(forms.Form):
    label = forms.CharField(label="Condition", max_length=200)


class StepForm(forms.Form):
    """The result of one step."""

    step = forms.CharField()
    outcome = forms.ChoiceField(choices=Outcome.choices)
    case = forms.CharField(required=False, max_length=60)
    comment = forms.CharField(required=False)
