"""Who reviews, who reads the indicators."""

from field.models import Reading
from missions.models import Mission
from spekty.accounts.enums import Role
from spekty.accounts.models import User


def can_review(user: User) -> bool:
    """Return whether `user` holds the reviewers' role."""
    return user.has_role(Role.QUALITY)


def can_read_dashboard(user: User) -> bool:
    """Return whether `user` may read the indicators."""
    return user.has_role(Role.QUALITY, Role.DIRECTION)


def is_inspector(user: User, mission: Mission, reading: Reading | None) -> bool:
    """Return whether `user` took part in the inspection: they must not review it (NF EN ISO/IEC 17020)."""
    agent_id = user.agent_id_or_none
    if agent_id is None:
        return False
    return agent_id in {mission.agent_id, reading.agent_id if reading else None}
