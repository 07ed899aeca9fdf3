"""Who reviews, who reads the indicators."""

from spekty.accounts.enums import Role
from spekty.accounts.models import User


def can_review(user: User) -> bool:
    """Return whether `user` holds the reviewers' role."""
    return user.has_role(Role.QUALITY)


def can_read_dashboard(user: User) -> bool:
    """Return whether `user` may read the indicators."""
    return user.has_role(Role.QUALITY, Role.DIRECTION)
