"""What an administrator changes about agents."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.db import transaction

from spekty.accounts.models import Agent
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed
from spekty.core.history import acting


class Filled(Protocol):
    """A form that was found right."""

    def save(self) -> Agent: ...


@transaction.atomic
def save_agent(*, form: Filled, others: Sequence[Any], by: Actor) -> Agent:
    """Keep a profile with its rights and its declared links; history keeps what they were.

    A right or a link isn't deleted: it ends, at the day written on it.
    """
    if not by.is_system and "admin" not in by.roles:
        raise NotAllowed("Seul un administrateur change les fiches des intervenants.")
    with acting(by):
        agent = form.save()
        for formset in others:
            formset.instance = agent
            formset.save()
    return agent
