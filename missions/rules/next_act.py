"""The one next act of a mission: what, why, and who may do it. Pure."""

import datetime as dt
from dataclasses import dataclass

from spekty.core import french

PLAN = frozenset({"planificateur", "siege", "direction"})
REVIEW = frozenset({"qualite"})
REINSPECT = frozenset({"qualite", "siege"})
BILL = frozenset({"siege", "direction", "paie-facturation"})
NOBODY = frozenset[str]()


@dataclass(frozen=True, slots=True)
class State:
    """What the next act depends on; datetimes in local time."""

    status: str
    agent: str = ""
    appointment_at: dt.datetime | None = None
    attempts: int = 0
    attempt_days: int = 0
    call_back_on: dt.date | None = None
    conclusion: str = ""
    has_reinspection: bool = False
    is_reinspection: bool = False
    is_invoiced: bool = False
    visited_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ContactPolicy:
    """How many attempts, on how many days, before a beneficiary is said to be unreachable."""

    attempts: int = 3
    days: int = 2


@dataclass(frozen=True, slots=True)
class NextAct:
    """`verb` names the act ("" when the house only waits); `roles` may do it."""

    verb: str
    label: str
    sentence: str
    roles: frozenset[str] = NOBODY


def next_act(state: State, now: dt.datetime, policy: ContactPolicy, report_days: int) -> NextAct:
    """Return what has to be done next on a mission in this state."""
    if state.status in ("to_plan", "to_contact"):
        return _to_contact(state, now, policy)
    if state.status in ("fixed", "confirmed", "in_progress"):
        return _to_visit(state, now)
    if state.status in ("received", "to_review", "to_complete"):
        return _to_review(state, report_days)
    if state.status == "reported":
        return _to_close(state)
    return NextAct(
        "rouvrir", "Rouvrir la mission", "La mission est arrêtée ; l’opération reste sélectionnée.", PLAN
    )


def _to_contact(state: State, now: dt.datetime, policy: ContactPolicy) -> NextAct:
    if not state.agent and state.status == "to_plan":
        return NextAct("affecter", "Affecter à un intervenant", "Personne n’est encore désigné.", PLAN)
    if state.call_back_on and state.call_back_on > now.date():
        when = french.day(state.call_back_on)
        return NextAct(
            "rendez-vous", "Fixer le rendez-vous", f"Le bénéficiaire est à rappeler le {when}.", PLAN
        )
    if state.attempts >= policy.attempts and state.attempt_days >= policy.days:
        tries = french.plural(state.attempts, "tentative")
        days = french.plural(state.attempt_days, "jour")
        sentence = f"{tries} sur {days} : la règle permet de le déclarer injoignable."
        return NextAct("injoignable", "Déclarer injoignable", sentence, PLAN)
    tried = f"{french.plural(state.attempts, 'tentative')} sans rendez-vous." if state.attempts else ""
    return NextAct("rendez-vous", "Fixer le rendez-vous", tried or "Le bénéficiaire est à appeler.", PLAN)


def _to_visit(state: State, now: dt.datetime) -> NextAct:
    at = state.appointment_at
    if state.status == "in_progress":
        return NextAct("", "", f"La visite est commencée : le relevé {_of(state.agent)} est attendu.")
    if at is None:
        return NextAct("rendez-vous", "Fixer le rendez-vous", "Aucune date n’est notée.", PLAN)
    when = f"{french.day(at.date())} à {french.hour(at)}"
    if at < now:
        sentence = f"Le rendez-vous du {when} est passé et aucun relevé n’est arrivé."
        return NextAct("improductive", "Signaler une visite improductive", sentence, PLAN)
    if state.status == "fixed":
        return NextAct(
            "confirmer", "Confirmer le rendez-vous", f"Rendez-vous le {when}, pas encore confirmé.", PLAN
        )
    return NextAct("", "", f"Visite le {when} par {state.agent}.")


def _of(name: str) -> str:
    return french.of(name) if name else "de l’intervenant"


def _to_review(state: State, report_days: int) -> NextAct:
    if state.status == "to_complete":
        return NextAct("", "", f"Le complément {_of(state.agent)} est attendu.")
    if state.status == "received":
        return NextAct("", "", "Le relevé est arrivé ; son envoi en relecture est automatique.")
    before = ""
    if state.visited_on:
        before = f", avant le {french.day(state.visited_on + dt.timedelta(days=report_days))}"
    who = f"une autre personne que {state.agent}" if state.agent else "une autre personne que l’intervenant"
    return NextAct(
        "relire", "Ouvrir la relecture", f"Relecture par {who}{before}. L’émission fige le rapport.", REVIEW
    )


def _to_close(state: State) -> NextAct:
    if state.conclusion == "NS" and not state.has_reinspection and not state.is_reinspection:
        sentence = "Une fois les travaux repris, une contre-visite peut être ouverte ; ce rapport reste."
        return NextAct("contre-visite", "Ouvrir une contre-visite", sentence, REINSPECT)
    if not state.is_invoiced:
        return NextAct("facturer", "Aller à la facturation", "Rapport émis, pas encore facturé.", BILL)
    return NextAct("", "", "Tout est fait : rapport émis et facturé.")
