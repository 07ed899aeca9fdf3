"""A reviewer, who took no part in either visit, says which of two readings counts."""

from field.models import Reading
from field.services import set_reading_aside, take_reading
from quality.selectors.disputes import made_either_visit
from quality.services.reviewing import ReviewerIsInspector
from spekty.accounts.models import User
from spekty.core.engine import NotAllowed


def settle_dispute(*, reading: Reading, reviewer: User, take: bool, reason: str) -> Reading:
    """Take the disputed reading, or set it aside. Raises NotAllowed, ReviewerIsInspector, AlreadyDone,
    WrongState."""
    by = reviewer.acting()
    if "qualite" not in by.roles:
        raise NotAllowed("La relecture ne fait pas partie de vos droits.")
    if made_either_visit(reviewer, reading):
        raise ReviewerIsInspector("Vous avez fait une de ces visites : quelqu’un d’autre doit trancher.")
    settle = take_reading if take else set_reading_aside
    return settle(reading_id=reading.pk, by=by, reason=reason)
