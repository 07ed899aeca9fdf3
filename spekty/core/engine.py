"""The one way a status changes: lock, check the table, change, journal, promise the effects."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django.db import IntegrityError, models, transaction

from spekty.core.actors import Actor
from spekty.core.history import acting
from spekty.core.models import Effect, StateChange, Stateful
from spekty.core.outbox import emit
from spekty.core.transitions import Transition

M = TypeVar("M", bound=Stateful)


class TransitionRefused(Exception):
    """The change can't be made; `str()` is a French sentence for the person who asked."""


class WrongState(TransitionRefused):
    """The object isn't, or is no longer, in a state that this transition leaves."""


class NotAllowed(TransitionRefused):
    """The actor holds no role that may take this transition."""


class AlreadyDone(TransitionRefused):
    """The UNIQUE effect of this transition exists: someone did it before."""


def label_of(model: type[models.Model]) -> str:
    """Return the name under which journal, outbox and effects know `model`."""
    return str(model._meta.label_lower)


def lock_row(model: type[M], pk: int) -> M:
    """Return the row, locked against any other transition until the transaction ends.

    NO KEY: rows that point at it can still be inserted meanwhile.
    """
    manager: models.Manager[M] = model._default_manager
    return manager.select_for_update(of=("self",), no_key=True).get(pk=pk)


@transaction.atomic
def advance(
    model: type[M],
    pk: int,
    name: str,
    *,
    by: Actor,
    reason: str = "",
    changes: Mapping[str, object] | None = None,
    guard: Callable[[M], str | None] | None = None,
    effect: str | None = None,
    topic: str | None = None,
) -> M:
    """Take the transition `name` on one row and return it as it now is.

    `guard` sees the locked row and returns a French sentence to refuse. `changes` are written with the
    status. `effect` names a consequence that may exist once only. `topic` promises an outbox message.
    Raises WrongState, NotAllowed, AlreadyDone or TransitionRefused; nothing is written then.
    """
    transition = model.WORKFLOW.get(name)
    row = lock_row(model, pk)
    _check(row, transition, by)
    refusal = guard(row) if guard else None
    if refusal:
        raise TransitionRefused(refusal)
    return _move(row, transition, by=by, reason=reason, changes=changes or {}, effect=effect, topic=topic)


def _check(row: Stateful, transition: Transition, by: Actor) -> None:
    status = getattr(row, "status")  # noqa: B009  (each model declares its own choices)
    if status not in transition.sources:
        raise WrongState(
            f"« {transition.label} » n’est plus possible : {row.WORKFLOW.label} a changé d’état entre-temps."
        )
    if transition.roles and not by.is_system and not transition.roles & by.roles:
        raise NotAllowed(f"« {transition.label} » ne fait pas partie de vos droits.")


def _move(
    row: M,
    transition: Transition,
    *,
    by: Actor,
    reason: str,
    changes: Mapping[str, object],
    effect: str | None,
    topic: str | None,
) -> M:
    before = getattr(row, "status")  # noqa: B009
    for field, value in {**changes, "status": transition.target}.items():
        setattr(row, field, value)
    # The row is locked: nobody else counts meanwhile.
    row.version += 1
    with acting(by):
        row.save(update_fields=["status", "version", *changes])
    aggregate = label_of(type(row))
    StateChange.objects.create(
        aggregate=aggregate,
        aggregate_id=row.pk,
        transition=transition.name,
        from_state=before,
        to_state=transition.target,
        actor_id=by.user_id,
        actor_name=by.name,
        source=by.source,
        reason=reason,
    )
    if effect:
        record_effect(aggregate=aggregate, aggregate_id=row.pk, kind=effect)
    if topic:
        emit(topic, row)
    return row


def record_effect(*, aggregate: str, aggregate_id: int, kind: str, key: str = "") -> None:
    """Write the proof that a consequence happens now, or raise AlreadyDone."""
    try:
        with transaction.atomic():
            Effect.objects.create(aggregate=aggregate, aggregate_id=aggregate_id, kind=kind, key=key)
    except IntegrityError:
        raise AlreadyDone("C’est déjà fait : rien n’a été changé.") from None
