"""The circuit breaker of each connector: a dead system costs one try every thirty seconds, no more."""

import datetime as dt

from django.db.models import F, Q
from django.utils import timezone

from spekty.core.models import Circuit

FAILURES_TO_OPEN = 5
PROBE_EVERY = dt.timedelta(seconds=30)


def connector_of(topic: str) -> str:
    """Return the connector's code: what stands before the dot of its topics."""
    return topic.partition(".")[0]


def allowed(connector: str, asked: int) -> int:
    """Return how many messages may be tried now: all those asked, one as a probe, or none.

    The probe is given to one caller only: the next comes thirty seconds later.
    """
    circuit = Circuit.objects.filter(connector=connector, opened_at__isnull=False).first()
    if circuit is None:
        return asked
    now = timezone.now()
    mine = Circuit.objects.filter(Q(probe_at__isnull=True) | Q(probe_at__lte=now), pk=circuit.pk)
    return min(1, asked) if mine.update(probe_at=now + PROBE_EVERY) else 0


def record_failure(connector: str, error: str) -> bool:
    """Count a failure of the connector itself; return whether its circuit is open now."""
    Circuit.objects.bulk_create([Circuit(connector=connector)], ignore_conflicts=True)
    rows = Circuit.objects.filter(connector=connector)
    rows.update(failures=F("failures") + 1, error=error[:1000])
    now = timezone.now()
    rows.filter(failures__gte=FAILURES_TO_OPEN, opened_at__isnull=True).update(
        opened_at=now, probe_at=now + PROBE_EVERY
    )
    return rows.filter(opened_at__isnull=False).exists()


def record_success(connector: str) -> None:
    """Close the circuit: the other side answers."""
    Circuit.objects.filter(connector=connector, failures__gt=0).update(
        failures=0, opened_at=None, probe_at=None, error=""
    )
