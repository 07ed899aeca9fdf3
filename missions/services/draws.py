"""A draw opens its missions in the same transaction: no operation is drawn without one."""

from collections.abc import Collection

from django.db import transaction

from lots.models import Lot
from lots.services import draws
from missions.models import Mission
from missions.selectors.lots import to_make_up
from missions.services.creation import create_missions
from spekty.core.actors import Actor
from spekty.core.enums import Channel


@transaction.atomic
def draw_lot(
    *, lot_id: int, site_count: int, contact_count: int, by: Actor, contact_by_us: bool | None = None
) -> list[Mission]:
    """Draw a lot and open one mission per operation drawn, in the order of the ranks.

    When the client makes the contacts itself, its drawn operations get no mission. Raises what
    lots.services.draws.draw_lot raises; nothing is written then.
    """
    drawn = draws.draw_lot(
        lot_id=lot_id,
        site_count=site_count,
        contact_count=contact_count,
        by=by,
        contact_by_us=contact_by_us,
    )
    missions: list[Mission] = []
    for done in drawn:
        missions += _opened(done, by)
    return missions


@transaction.atomic
def top_up_lot(
    *, lot_id: int, channel: Channel, by: Actor, only: Collection[str] | None = None
) -> list[Mission]:
    """Draw one next rank per operation that fell short (NS, NV, unreachable, refusal), and open its mission.

    `only` keeps some of their references. Raises what lots.services.draws.top_up raises.
    """
    reasons = to_make_up(Lot.objects.select_for_update(no_key=True).get(pk=lot_id), channel)
    if only is not None:
        reasons = {reference: reason for reference, reason in reasons.items() if reference in only}
    return _opened(draws.top_up(lot_id=lot_id, channel=channel, reasons=reasons, by=by), by)


def _opened(done: draws.Drawn, by: Actor) -> list[Mission]:
    channel, lot = Channel(done.draw.channel), done.draw.lot
    if channel == Channel.CONTACT and not lot.contact_by_us:
        return []
    return create_missions(lot=lot, operations=done.operations, channel=channel, by=by)
