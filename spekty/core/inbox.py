"""What came in and could not be taken: a person tries again once it is repaired, or files it."""

from django.db import transaction
from django.utils import timezone

from spekty.core.actors import Actor
from spekty.core.models import InboxMessage, StateChange


@transaction.atomic
def retry(message_id: int, *, by: Actor) -> None:
    """Have a refused message processed again; raises InboxMessage.DoesNotExist when it isn't refused."""
    _lift(message_id, by, "retry", "waiting", error="")


@transaction.atomic
def dismiss(message_id: int, *, by: Actor) -> None:
    """File a refused message that needs nothing more; raises as `retry` does."""
    _lift(message_id, by, "dismiss", "processed", processed_at=timezone.now())


def _lift(message_id: int, by: Actor, verb: str, state: str, **changes: object) -> None:
    refused = InboxMessage.objects.select_for_update().filter(processed_at__isnull=True).exclude(error="")
    message = refused.get(pk=message_id)
    InboxMessage.objects.filter(pk=message.pk).update(**changes)
    StateChange.objects.create(
        aggregate=InboxMessage._meta.label_lower,
        aggregate_id=message.pk,
        transition=verb,
        from_state="refused",
        to_state=state,
        actor_id=by.user_id,
        actor_name=by.name,
        source=by.source,
        reason=message.error[:500],
    )
