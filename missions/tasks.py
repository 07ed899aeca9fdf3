"""What runs by the clock."""

from celery import shared_task

from missions.services.days import mark_day


@shared_task(name="missions.renew_badge", ignore_result=True)
def renew_badge() -> None:
    """Look for the anomalies, keep their count for the rail, and what the day began with."""
    mark_day()
