"""Where the sites and the agents' homes are, by postal code and commune, offline."""

from typing import TypeVar

from integrations.workbook.loading.stages import Loading
from lots.models import Operation
from lots.rules.gazetteer import gazetteer
from spekty.accounts.models import Agent

BATCH = 1000
Placed = TypeVar("Placed", Operation, Agent)


def locate(loading: Loading) -> None:
    """Give a position to every loaded operation and agent that has none."""
    operations = Operation.objects.filter(lot_id__in=loading.lots.values(), lat__isnull=True)
    located = _located(list(operations.only("postcode", "city")))
    Operation.objects.bulk_update(located, ["lat", "lon", "geo_precision"], batch_size=BATCH)
    homes = Agent.objects.filter(pk__in=loading.agents.values(), lat__isnull=True)
    Agent.objects.bulk_update(_located(list(homes)), ["lat", "lon"], batch_size=BATCH)


def _located(rows: list[Placed]) -> list[Placed]:
    found = []
    for row in rows:
        position = gazetteer().locate(row.postcode, row.city)
        if position is None:
            continue
        row.lat, row.lon = position.lat, position.lon
        if isinstance(row, Operation):
            row.geo_precision = position.precision
        found.append(row)
    return found
