"""What runs by the clock."""

from celery import shared_task

from missions.selectors.anomalies import open_anomalies


@shared_task(name="missions.renew_badge", ignore_result=True)
def renew_badge() -> None:
    """Look for the anomalies and keep their count for the rail."""
    open_anomalies()
