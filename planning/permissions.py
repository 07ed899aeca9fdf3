"""Who looks at the plan, who changes it."""

from spekty.accounts.enums import Role
from spekty.accounts.models import User


def can_see_plan(user: User) -> bool:
    """Return whether `user` may open the planning screens."""
    return user.has_role(Role.PLANNER, Role.DIRECTION, Role.HEAD_OFFICE)


def can_plan(user: User) -> bool:
    """Return whether `user` may change tours, publish them and run the engine."""
    return user.has_role(Role.PLANNER)
