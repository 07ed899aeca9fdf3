"""History by database triggers: ORM, bulk, COPY and raw SQL are all caught (ADR 0003)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pghistory
import pgtrigger
from django.db import models

from spekty.core.actors import Actor
from spekty.core.transitions import Workflow

M = TypeVar("M", bound=type[models.Model])


def tracked(model: M) -> M:
    """Keep one append-only event per row inserted, changed or deleted in `model`.

    Added and deleted rows are kept statement by statement (five times quicker for a load), changed
    ones row by row: matching old and new rows of a statement gave quadratic plans.
    """
    decorate: Callable[[M], M] = pghistory.track(
        pghistory.InsertEvent(level=pgtrigger.Statement),
        pghistory.UpdateEvent(level=pgtrigger.Row),
        pghistory.DeleteEvent(level=pgtrigger.Statement),
    )
    return decorate(model)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Stamp every history event of the block with the actor and the door it came through."""
    with pghistory.context(user=actor.user_id, name=actor.name, source=str(actor.source)):
        yield


def guard_states(workflow: Workflow, field: str = "status") -> pgtrigger.Trigger:
    """Return the trigger that refuses any status change outside the workflow, whoever writes it."""
    pairs = ", ".join(f"('{source}', '{target}')" for source, target in sorted(workflow.edges()))
    return pgtrigger.Trigger(
        name=f"{workflow.name}_{field}_guard",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        condition=pgtrigger.Condition(f"OLD.{field} IS DISTINCT FROM NEW.{field}"),
        func=(
            f"IF (OLD.{field}, NEW.{field}) NOT IN ({pairs}) THEN "
            f"RAISE EXCEPTION 'illegal transition of {workflow.name}: % -> %', OLD.{field}, NEW.{field} "
            "USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
        ),
    )


def append_only(name: str) -> pgtrigger.Protect:
    """Return the trigger that refuses to change or delete a row: draws, reports, journals."""
    return pgtrigger.Protect(name=f"{name}_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
