"""Orderers: created and corrected by head office; who may see them is granted by an administrator."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from guardian.shortcuts import assign_perm, remove_perm

from lots.models import Client
from lots.permissions import may_write
from spekty.accounts.enums import Role
from spekty.core.actors import Actor
from spekty.core.engine import NotAllowed
from spekty.core.history import acting
from spekty.core.outbox import emit

VIEW = "lots.view_client"


@transaction.atomic
def save_client(*, client: Client, by: Actor, **values: Any) -> Client:
    """Write a client's own data; its prices belong to billing. Raises NotAllowed."""
    if not may_write(by):
        raise NotAllowed("Modifier un donneur d’ordre ne fait pas partie de vos droits.")
    for name, value in values.items():
        setattr(client, name, value)
    with acting(by):
        client.save()
    emit("search.client", client)
    return client


@transaction.atomic
def grant_client(*, client: Client, group: Group, granted: bool, by: Actor) -> None:
    """Let a group see a client's lots and missions, or no longer; administrators only."""
    if not by.is_system and Role.ADMIN not in by.roles:
        raise NotAllowed("Ouvrir un donneur d’ordre à un groupe revient à un administrateur.")
    with acting(by):
        (assign_perm if granted else remove_perm)(VIEW, group, client)
