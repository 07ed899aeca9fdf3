"""The transition table of a pay period. Plain Python."""

from spekty.core.transitions import Transition, Workflow

PAY = frozenset({"paie-facturation", "direction"})

PERIOD = Workflow(
    name="pay_period",
    label="la période",
    states=("open", "closed"),
    initial="open",
    transitions=(Transition("close", ("open",), "closed", "Clore la période", PAY),),
)
