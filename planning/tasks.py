"""Background work of the planning."""

from celery import shared_task

from planning.services.runs import TASK, carry_out, take_queued


@shared_task(name=TASK, ignore_result=True)
def run_queued(**_unknown: object) -> None:
    """Carry out every queued run; rung when one is asked, and by the clock in case the ring was lost."""
    while (run := take_queued()) is not None:
        carry_out(run)
