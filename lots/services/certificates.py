"""The certificate of a draw: what anyone needs to compute it again."""

from typing import Any

from lots.models import Draw
from spekty.core.pdf import render_pdf

# Beyond, the paper lists what was taken and the first reserves; the record keeps the whole ranking.
LISTED = 1_000


def render_certificate(draw: Draw) -> bytes:
    """Return the certificate's PDF: list, SHA-256, seed, algorithm, ranking, who and when."""
    taken = set(draw.taken)
    rows = {row["reference"]: row for row in draw.snapshot}
    before = set(draw.used_before)
    ranks = [
        (place, reference, _beneficiary(rows[reference]), _state(reference, taken, before))
        for place, reference in enumerate(draw.ranking, start=1)
    ]
    shown = [line for line in ranks if line[3] == "Tirée" or line[0] <= LISTED]
    context = {"draw": draw, "lot": draw.lot, "ranks": shown, "hidden": len(ranks) - len(shown)}
    return render_pdf("lots/certificate.html", context)


def _state(reference: str, taken: set[str], before: set[str]) -> str:
    if reference in taken:
        return "Tirée"
    return "Déjà tirée" if reference in before else "Réserve"


def _beneficiary(row: dict[str, Any]) -> str:
    name = row.get("company") or f"{row.get('last_name', '')} {row.get('first_name', '')}".strip()
    place = f"{row.get('postcode', '')} {row.get('city', '')}".strip()
    return f"{name}, {place}" if name and place else name or place
