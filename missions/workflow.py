"""The transition table of a mission (domain.md, life of a mission). Plain Python."""

from spekty.core.transitions import Transition, Workflow

PLAN = frozenset({"planificateur", "siege", "direction"})
VISIT = PLAN | {"intervenant"}
REVIEW = frozenset({"qualite"})
OPEN = ("to_plan", "to_contact", "fixed", "confirmed", "in_progress")

MISSION = Workflow(
    name="mission",
    label="la mission",
    states=(
        *OPEN,
        "received",
        "to_review",
        "to_complete",
        "reported",
        "unreachable",
        "refused",
        "cancelled",
    ),
    initial="to_plan",
    transitions=(
        Transition("assign", ("to_plan",), "to_contact", "Affecter", PLAN),
        Transition(
            "unassign", ("to_contact", "fixed", "confirmed"), "to_plan", "Retirer l’affectation", PLAN
        ),
        Transition("fix", ("to_plan", "to_contact", "confirmed"), "fixed", "Fixer le rendez-vous", PLAN),
        Transition("confirm", ("fixed",), "confirmed", "Confirmer le rendez-vous", PLAN),
        Transition("release", ("fixed", "confirmed"), "to_contact", "Annuler le rendez-vous", PLAN),
        Transition("start", ("to_contact", "fixed", "confirmed"), "in_progress", "Démarrer la visite", VISIT),
        Transition("stop", ("in_progress",), "fixed", "Annuler le démarrage", VISIT),
        Transition(
            "unproductive",
            ("to_contact", "fixed", "confirmed", "in_progress"),
            "to_contact",
            "Signaler une visite improductive",
            VISIT,
        ),
        # A phone without signal sends the reading and its start in one go.
        Transition(
            "receive",
            ("to_contact", "fixed", "confirmed", "in_progress"),
            "received",
            "Recevoir le relevé",
            VISIT,
        ),
        Transition("submit", ("received", "to_complete"), "to_review", "Envoyer en relecture"),
        Transition("send_back", ("to_review",), "to_complete", "Renvoyer à compléter", REVIEW),
        Transition("issue", ("to_review",), "reported", "Émettre le rapport", REVIEW),
        Transition(
            "give_up",
            ("to_plan", "to_contact", "fixed", "confirmed"),
            "unreachable",
            "Déclarer injoignable",
            PLAN,
        ),
        Transition("refuse", OPEN, "refused", "Enregistrer un refus", VISIT),
        Transition("cancel", OPEN, "cancelled", "Annuler la mission", PLAN),
        Transition("reopen", ("unreachable", "refused", "cancelled"), "to_plan", "Rouvrir la mission", PLAN),
    ),
)
