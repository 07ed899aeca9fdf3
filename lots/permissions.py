"""Who writes lots: head office; planners and quality read them."""

from spekty.accounts.enums import Role
from spekty.accounts.models import User
from spekty.core.actors import Actor

WRITERS = (Role.HEAD_OFFICE, Role.DIRECTION, Role.ADMIN)
PRICING = frozenset({Role.DIRECTION.value, Role.PAY_BILLING.value})


def can_read_lots(user: User) -> bool:
    """Return whether `user` may open the lots' pages: the office, or whoever was granted clients."""
    return user.is_superuser or user.sees_everything or not user.roles & {Role.AGENT}


def can_write_lots(user: User) -> bool:
    """Return whether `user` may import, draw, close and file documents."""
    return user.has_role(Role.HEAD_OFFICE, Role.DIRECTION)


def can_price(user: User) -> bool:
    """Return whether `user` reads and completes price lists and rates."""
    return user.has_role(*PRICING)


def may_write(actor: Actor) -> bool:
    """Return whether the actor of a service may change lots; the system may."""
    return actor.is_system or bool(actor.roles & set(WRITERS))
