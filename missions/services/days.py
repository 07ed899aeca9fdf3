"""What head office had before it as the day began, kept once a day."""

import datetime as dt

from django.utils import timezone

from missions.models import DayStart, Mission
from missions.selectors.anomalies import open_anomalies
from missions.selectors.facts import not_invoiced


def mark_day(now: dt.datetime | None = None) -> DayStart:
    """Count the anomalies, and on the first call of a day keep their number and that of missions to invoice.

    Called every five minutes: the day's row is made a few minutes after midnight, before anybody works.
    """
    at = timezone.localtime(now)
    anomalies = len(open_anomalies(at))
    known = DayStart.objects.filter(day=at.date()).first()
    if known is not None:
        return known
    to_invoice = not_invoiced(Mission.objects.all()).count()
    start = {"anomalies": anomalies, "to_invoice": to_invoice, "at": at}
    return DayStart.objects.get_or_create(day=at.date(), defaults=start)[0]
