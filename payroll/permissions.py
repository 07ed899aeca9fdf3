"""Who runs pay; an agent reads their own only (PayLine.objects.visible_to)."""

from payroll.workflow import PAY
from spekty.accounts.models import User


def can_run_pay(user: User) -> bool:
    """Whether the person computes, closes and exports pay, and completes the scale."""
    return user.has_role(*PAY)
