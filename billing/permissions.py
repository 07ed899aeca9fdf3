"""Who may invoice, who may price."""

from billing.workflow import BILLING
from spekty.accounts.models import User

PRICING = frozenset({"direction", "paie-facturation"})


def can_bill(user: User) -> bool:
    """Whether the person prepares and issues invoices."""
    return user.has_role(*BILLING)


def can_price(user: User) -> bool:
    """Whether the person reads and completes price lists and rates."""
    return user.has_role(*PRICING)
