"""Who may invoice, who may price."""

from billing.workflow import BILLING
from lots.permissions import PRICING, can_price
from spekty.accounts.models import User

__all__ = ["PRICING", "can_bill", "can_price"]


def can_bill(user: User) -> bool:
    """Whether the person prepares and issues invoices."""
    return user.has_role(*BILLING)
