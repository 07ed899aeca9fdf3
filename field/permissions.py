"""Who uses the field portal: agents, for their own missions."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from spekty.accounts.enums import Role
from spekty.accounts.models import Agent, User


def agent_of(user: User) -> Agent:
    """Return the agent that `user` is; raises PermissionDenied for anyone else."""
    agent = Agent.objects.filter(user_id=user.pk, is_active=True).first() if can_use_portal(user) else None
    if agent is None:
        raise PermissionDenied("Le portail de terrain est celui des intervenants.")
    return agent


def can_use_portal(user: User) -> bool:
    """Return whether `user` holds the agents' role."""
    return user.is_authenticated and user.has_role(Role.AGENT)


def signed_in_agent(request: HttpRequest) -> tuple[User, Agent]:
    """Return the person and the agent behind a request; raises PermissionDenied."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user, agent_of(user)
