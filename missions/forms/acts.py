"""What a person sends to make a mission move."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone

from missions.enums import ContactMeans, ContactOutcome, UnproductiveReason
from missions.models import Mission
from missions.services.assignment import assignment_refusal
from spekty.accounts.models import Agent

DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
HOUR = forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300})
NOTE = forms.Textarea(attrs={"rows": 2})


class RefusingSelect(forms.Select):
    """A list in which those who can't be chosen stay visible, with the reason."""

    refusals: dict[str, str] = {}

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **kwargs)
        if str(value) in self.refusals:
            option["attrs"]["disabled"] = True
        return option


class ActForm(forms.Form):
    """A form about one mission; `today` is the local day."""

    def __init__(self, *args: Any, mission: Mission, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mission = mission
        self.today = today
        self.prepare()

    def prepare(self) -> None:
        """Set choices and first values."""

    def offer_agents(self, day: dt.date) -> None:
        """List the agents for a visit on `day`: those of the area first, then who can't and why."""
        field = self.fields["agent"]
        assert isinstance(field, forms.ChoiceField)
        widget = RefusingSelect()
        choices, refused = agent_choices(self.mission, day)
        widget.refusals = refused
        field.widget = widget
        field.choices = [("", "Choisir…"), *choices]
        if self.mission.agent_id and str(self.mission.agent_id) not in refused:
            self.initial.setdefault("agent", str(self.mission.agent_id))


def agent_choices(mission: Mission, day: dt.date) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return the active agents as choices, and why some can't inspect the mission on `day`: three queries."""
    agents = Agent.objects.active().prefetch_related("authorisations", "links")
    rows = [(agent, assignment_refusal(mission, agent, day)) for agent in agents]
    area = mission.operation.department
    rows.sort(key=lambda row: (row[1] is not None, area not in row[0].departments, str(row[0])))
    refused = {str(agent.pk): refusal for agent, refusal in rows if refusal}
    return [(str(agent.pk), _written(agent, refusal, area)) for agent, refusal in rows], refused


def _written(agent: Agent, refusal: str | None, area: str) -> str:
    if refusal:
        return f"{agent} – {refusal}"
    return str(agent) if area in agent.departments else f"{agent} (hors secteur)"


class AgentField(forms.ChoiceField):
    """An agent by id; what the list refuses is refused by the service, with the same words."""

    def clean(self, value: Any) -> Agent | None:
        text = super().clean(value)
        return Agent.objects.get(pk=int(text)) if text else None


class AssignForm(ActForm):
    agent = AgentField(label="Intervenant")
    day = forms.DateField(
        label="Visite vers le",
        widget=DAY,
        help_text="L’habilitation et les liens sont contrôlés pour ce jour.",
    )

    def prepare(self) -> None:
        self.initial.setdefault("day", self.today)
        self.offer_agents(self.today)


class AppointmentForm(ActForm):
    agent = AgentField(label="Intervenant")
    day = forms.DateField(label="Jour", widget=DAY)
    hour = forms.TimeField(label="Heure", widget=HOUR)

    def prepare(self) -> None:
        at = self.mission.appointment_at
        if at and timezone.localtime(at).date() >= self.today:
            local = timezone.localtime(at)
            self.initial.setdefault("day", local.date())
            self.initial.setdefault("hour", local.time())
        self.offer_agents(self.initial.get("day") or self.today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, hour = data.get("day"), data.get("hour")
        if day and hour:
            data["starts_at"] = dt.datetime.combine(day, hour, timezone.get_current_timezone())
            if day < self.today:
                self.add_error("day", "Choisissez un jour à venir.")
        return data


class AttemptForm(ActForm):
    means = forms.ChoiceField(label="Moyen", choices=ContactMeans.choices, initial=ContactMeans.PHONE)
    outcome = forms.ChoiceField(label="Issue", choices=ContactOutcome.choices)
    call_back_on = forms.DateField(
        label="Rappeler le",
        required=False,
        widget=DAY,
        help_text="Obligatoire quand le bénéficiaire est à rappeler.",
    )
    note = forms.CharField(label="Note", required=False, max_length=300, widget=NOTE)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day = data.get("call_back_on")
        if (
            data.get("outcome") == ContactOutcome.CALL_BACK
            and day is None
            and "call_back_on" not in self.errors
        ):
            self.add_error("call_back_on", "Indiquez le jour du rappel.")
        if day and day < self.today:
            self.add_error("call_back_on", "Le rappel est à venir : choisissez un autre jour.")
        return data


class ReasonForm(ActForm):
    reason = forms.CharField(label="Motif", required=False, max_length=300, widget=NOTE)


class CompulsoryReasonForm(ActForm):
    reason = forms.CharField(
        label="Motif", max_length=300, widget=NOTE, error_messages={"required": "Dites pourquoi."}
    )


class DocumentForm(ActForm):
    title = forms.CharField(label="Titre", required=False, max_length=150)
    file = forms.FileField(label="Fichier", help_text="PDF, photo, Excel, Word ou texte, 25 Mo au plus.")


class PlainForm(ActForm):
    """Nothing to fill in: a confirmation."""


class DueForm(ActForm):
    due_on = forms.DateField(label="Échéance", widget=DAY)

    def prepare(self) -> None:
        self.initial.setdefault("due_on", self.mission.due_on)


class UnproductiveForm(ActForm):
    agent = AgentField(label="Intervenant")
    day = forms.DateField(label="Jour", widget=DAY)
    hour = forms.TimeField(label="Heure", widget=HOUR)
    reason = forms.ChoiceField(label="Motif", choices=UnproductiveReason.choices)
    note = forms.CharField(label="Note", required=False, max_length=300, widget=NOTE)

    def prepare(self) -> None:
        local = timezone.localtime(self.mission.appointment_at)
        self.initial.setdefault("day", local.date())
        self.initial.setdefault("hour", local.time().replace(second=0, microsecond=0))
        field = self.fields["agent"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _everyone(Agent.objects.active())
        self.initial.setdefault("agent", str(self.mission.agent_id or ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day") and data.get("hour"):
            data["at"] = dt.datetime.combine(data["day"], data["hour"], timezone.get_current_timezone())
        return data


def _everyone(agents: Iterable[Agent]) -> list[tuple[str, str]]:
    return [("", "Choisir…"), *((str(agent.pk), str(agent)) for agent in agents)]
