"""Tries at reaching a beneficiary, sent by a phone that may send them twice."""

import datetime as dt
import uuid

from django.db import transaction

from missions.enums import ContactMeans, ContactOutcome
from missions.models import Mission
from missions.services import record_attempt
from spekty.core.actors import Actor
from spekty.core.engine import AlreadyDone, label_of, record_effect


@transaction.atomic
def record_attempt_once(
    *,
    key: uuid.UUID,
    mission_id: int,
    outcome: ContactOutcome,
    by: Actor,
    means: ContactMeans = ContactMeans.PHONE,
    note: str = "",
    call_back_on: dt.date | None = None,
) -> bool:
    """Keep a contact attempt and return True; False when the same `key` was kept before."""
    try:
        record_effect(
            aggregate=label_of(Mission), aggregate_id=mission_id, kind="field.attempt", key=str(key)
        )
    except AlreadyDone:
        return False
    record_attempt(
        mission_id=mission_id, outcome=outcome, by=by, means=means, note=note, call_back_on=call_back_on
    )
    return True
