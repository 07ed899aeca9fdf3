"""The transition table of a lot. Plain Python."""

from spekty.core.transitions import Transition, Workflow

HEAD_OFFICE = frozenset({"siege", "direction"})

LOT = Workflow(
    name="lot",
    label="le lot",
    states=("received", "drawn", "closed"),
    initial="received",
    transitions=(
        Transition("draw", ("received",), "drawn", "Tirer le lot", HEAD_OFFICE),
        Transition("close", ("drawn",), "closed", "Clore le lot", HEAD_OFFICE),
        Transition("reopen", ("closed",), "drawn", "Rouvrir le lot", HEAD_OFFICE),
    ),
)
