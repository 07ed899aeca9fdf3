"""Who prepares the cut-over, and who pronounces it."""

from spekty.accounts.models import User


def can_prepare(user: User) -> bool:
    """Whether the person opens the cockpit: head office, direction, administration."""
    return user.has_role("siege", "direction")


def can_decide(user: User) -> bool:
    """Whether the person pronounces the cut-over."""
    return user.has_role("direction")
