"""Background work of the planning."""

from celery import shared_task
from django.utils import timezone

from planning.services import reminders
from planning.services.runs import TASK, carry_out, take_queued


@shared_task(name=TASK, ignore_result=True)
def run_queued(**_unknown: object) -> None:
    """Carry out every queued run; rung when one is asked, and by the clock in case the ring was lost."""
    while (run := take_queued()) is not None:
        carry_out(run)


@shared_task(name=reminders.TASK, ignore_result=True)
def remind() -> None:
    """Remind beneficiaries of the appointments to come; asked every hour of the day, each told once."""
    reminders.remind_beneficiaries(today=timezone.localdate())
