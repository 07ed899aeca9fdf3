"""One account per role, with an obvious password: the demonstration only."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from spekty.accounts.enums import Role
from spekty.accounts.models import Agent, User

PASSWORD = "spekty-demo-2026"  # noqa: S105  (shown on the sign-in page of the demonstration)


@dataclass(frozen=True)
class Persona:
    """Who signs in, as what."""

    email: str
    first_name: str
    last_name: str
    roles: tuple[Role, ...]


PLANNER = "planning@spekty.example"
PERSONAS = (
    Persona("direction@spekty.example", "Hélène", "Marchetti", (Role.DIRECTION,)),
    Persona("siege@spekty.example", "Nadia", "Ferrand", (Role.HEAD_OFFICE,)),
    Persona(PLANNER, "Julien", "Le Goff", (Role.PLANNER,)),
    Persona("qualite@spekty.example", "Claire", "Besson", (Role.QUALITY,)),
    Persona("paie@spekty.example", "Marc", "Olivier", (Role.PAY_BILLING,)),
    Persona("admin@spekty.example", "Anne", "Duval", (Role.ADMIN,)),
)


@transaction.atomic
def create_accounts(agents: list[Agent]) -> list[User]:
    """Create (or find) the accounts of the personas, and one for each of `agents`."""
    people = [_account(persona) for persona in PERSONAS]
    for rank, agent in enumerate(agents):
        suffix = "" if rank == 0 else str(rank + 1)
        persona = Persona(f"terrain{suffix}@spekty.example", agent.first_name, agent.last_name, (Role.AGENT,))
        agent.user = _account(persona)
        agent.email = persona.email
        agent.save(update_fields=["user", "email"])
        people.append(agent.user)
    return people


def _account(persona: Persona) -> User:
    user = User.objects.filter(email=persona.email).first()
    if user is None:
        user = User.objects.create_user(
            persona.email,
            PASSWORD,
            first_name=persona.first_name,
            last_name=persona.last_name,
            is_demo=True,
            is_staff=Role.ADMIN in persona.roles,
            is_superuser=Role.ADMIN in persona.roles,
        )
    user.groups.set(Group.objects.filter(name__in=persona.roles))
    return user


def demo_accounts() -> list[tuple[str, str, str]]:
    """Return (role, e-mail, password) of each demonstration account, in the order of roles."""
    rows = []
    for user in User.objects.filter(is_demo=True).prefetch_related("groups").order_by("pk"):
        names = ", ".join(Role(group.name).label for group in user.groups.all())
        rows.append((names, user.email, PASSWORD))
    return rows
