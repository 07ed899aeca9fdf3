"""The transition table of a tour. Plain Python."""

from spekty.core.transitions import Transition, Workflow

PLANNER = frozenset({"planificateur"})
FIELD = frozenset({"intervenant", "planificateur"})

TOUR = Workflow(
    name="tour",
    label="la tournée",
    states=("draft", "published", "started", "done"),
    initial="draft",
    transitions=(
        Transition("publish", ("draft",), "published", "Publier", PLANNER),
        Transition("revise", ("published",), "draft", "Revenir au brouillon", PLANNER),
        Transition("start", ("draft", "published"), "started", "Commencer", FIELD),
        Transition("finish", ("started",), "done", "Terminer", FIELD),
        Transition("resume", ("done",), "started", "Reprendre", FIELD),
    ),
)
