"""Who follows missions, who plans them, who may set an anomaly aside."""

from spekty.accounts.enums import Role
from spekty.accounts.models import User


def can_follow(user: User) -> bool:
    """Return whether `user` sees every mission: the office."""
    return user.sees_everything


def can_plan(user: User) -> bool:
    """Return whether `user` may change missions: assign, fix, cancel, reopen."""
    return user.has_role(Role.HEAD_OFFICE, Role.DIRECTION, Role.PLANNER)


def can_settle(user: User) -> bool:
    """Return whether `user` may take up an anomaly or set it aside: all who must act on one."""
    return user.has_role(Role.HEAD_OFFICE, Role.DIRECTION, Role.PLANNER, Role.QUALITY, Role.PAY_BILLING)
