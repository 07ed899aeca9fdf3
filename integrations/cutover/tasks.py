"""The one task of the cockpit."""

from celery import shared_task

from integrations.cutover.runs import TASK, perform


@shared_task(name=TASK, ignore_result=True)
def run(run_id: int, **_unknown: object) -> None:
    """Load, replay or rehearse what was asked."""
    perform(run_id)
