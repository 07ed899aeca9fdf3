"""The law's dated rows as the rules take them."""

from lots.models import Fiche, InspectionRate, NsCeiling
from lots.rules.rates import CeilingRow, RateRow, RateTable


def rate_table(fiches: set[str] | None = None) -> RateTable:
    """Return the dated inspection rates, of some fiches or all: one query."""
    rows = InspectionRate.objects.all()
    if fiches is not None:
        rows = rows.filter(fiche_code__in=fiches)
    return RateTable(
        RateRow(
            row.fiche_code, row.engaged_from, row.engaged_to, row.site_pct, row.contact_pct, row.reference
        )
        for row in rows.order_by("fiche_code", "engaged_from")
    )


def ceilings() -> list[CeilingRow]:
    """Return the NS ceilings by filing year: one query."""
    return [CeilingRow(row.from_year, row.pct, row.reference) for row in NsCeiling.objects.all()]


def known_fiches() -> dict[str, bool]:
    """Return fiche -> in the body's scope: a fiche that only has rates is known and out of it."""
    fiches = dict.fromkeys(InspectionRate.objects.order_by().values_list("fiche_code", flat=True), False)
    return {**fiches, **dict.fromkeys(Fiche.objects.values_list("code", flat=True), True)}
