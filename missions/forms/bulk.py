"""What a bulk act needs besides the missions."""

from typing import Any

from django import forms

from missions.forms.acts import DAY, NOTE, AgentField
from missions.services import bulk
from spekty.accounts.models import Agent


class BulkForm(forms.Form):
    """The fields of one act; the others are left out."""

    agent = AgentField(label="Intervenant")
    day = forms.DateField(label="Jour", widget=DAY)
    reason = forms.CharField(
        label="Motif", max_length=300, widget=NOTE, error_messages={"required": "Dites pourquoi."}
    )

    NEEDS = {
        bulk.ASSIGN: ("agent", "day"),
        bulk.DUE: ("day",),
        bulk.CANCEL: ("reason",),
        bulk.REOPEN: ("reason",),
    }

    def __init__(self, *args: Any, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in [name for name in self.fields if name not in self.NEEDS[act]]:
            del self.fields[name]
        if act == bulk.ASSIGN:
            people = [(str(agent.pk), str(agent)) for agent in Agent.objects.active()]
            self.fields["agent"].choices = [("", "Choisir…"), *people]  # type: ignore[attr-defined]
            self.fields["day"].label = "Visites vers le"
        if act == bulk.DUE:
            self.fields["day"].label = "Nouvelle échéance"
        if act == bulk.REOPEN:
            self.fields["reason"].required = False

    def order(self, act: str) -> bulk.Order:
        """Return what was asked, once the form is valid."""
        data = self.cleaned_data
        return bulk.Order(act, data.get("agent"), data.get("day"), data.get("reason", ""))
