"""The transition table of an invoice. Plain Python."""

from spekty.core.transitions import Transition, Workflow

BILLING = frozenset({"paie-facturation", "siege", "direction"})

INVOICE = Workflow(
    name="invoice",
    label="la facture",
    states=("draft", "issued", "sent", "paid"),
    initial="draft",
    transitions=(
        Transition("issue", ("draft",), "issued", "Émettre", BILLING),
        Transition("send", ("issued",), "sent", "Envoyer", BILLING),
        Transition("settle", ("issued", "sent"), "paid", "Marquer payée", BILLING),
        Transition("unsettle", ("paid",), "sent", "Annuler le paiement", BILLING),
    ),
)
