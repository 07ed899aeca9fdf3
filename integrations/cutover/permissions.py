"""Who prepares the cut-over, who tests it, and who pronounces it."""

from integrations.cutover.crosscheck import PATHS, Path
from spekty.accounts.models import User


def can_prepare(user: User) -> bool:
    """Whether the person opens the cockpit: head office, direction, administration."""
    return user.has_role("siege", "direction")


def can_play(user: User, path: Path) -> bool:
    """Whether the person reads and plays a team's script: that team, and the cockpit."""
    return can_prepare(user) or user.has_role(*path.roles)


def can_test(user: User) -> bool:
    """Whether the person has a script to play."""
    return any(can_play(user, path) for path in PATHS.values())


def can_decide(user: User) -> bool:
    """Whether the person pronounces the cut-over."""
    return user.has_role("direction")
