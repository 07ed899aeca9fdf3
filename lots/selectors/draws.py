"""What a draw starts from: the list, what is drawn already, the ranking in force."""

from collections.abc import Sequence

from lots.models import Draw, Lot, Operation
from lots.rules.draw import DrawRecord, Value

LISTED = (
    *("reference", "last_name", "first_name", "company", "address", "postcode", "city"),
    *("engaged_on", "completed_on", "volume_kwhc", "area_declared"),
)


def list_rows(lot: Lot) -> list[dict[str, Value]]:
    """Return the complete list of the lot, as the draw freezes it."""
    rows = lot.operations.filter(is_withdrawn=False).order_by("reference")
    found: list[dict[str, Value]] = [
        {**row, "installer_siren": row.pop("installer__siren")}
        for row in rows.values(*LISTED, "installer__siren")
    ]
    return found


def drawn_references(lot: Lot) -> list[str]:
    """Return the references drawn so far, both channels."""
    return list(Operation.objects.filter(lot=lot).exclude(selected="").values_list("reference", flat=True))


def ranking_in_force(lot: Lot, channel: str) -> Draw | None:
    """Return the draw whose ranking the next top-up of the channel follows."""
    return Draw.objects.filter(lot=lot, channel=channel).order_by("-drawn_at", "-id").first()


def draws_of(lot: Lot) -> Sequence[Draw]:
    """Return the lot's draws in their order, without their long columns."""
    return list(Draw.objects.filter(lot=lot).defer("snapshot", "ranking").order_by("drawn_at", "id"))


def record_of(draw: Draw) -> DrawRecord:
    """Return the draw as the rules verify it."""
    return DrawRecord(
        algorithm=draw.algorithm,
        seed=draw.seed,
        channel=draw.channel,
        snapshot=draw.snapshot,
        sha256=draw.sha256,
        ranking=draw.ranking,
        taken=draw.taken,
        used_before=frozenset(draw.used_before),
    )
