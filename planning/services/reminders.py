"""Remind beneficiaries of their appointment, once per appointment, through the outbox."""

import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from missions.enums import AppointmentState
from missions.models import Appointment
from spekty.core.engine import label_of, record_effect
from spekty.core.mail import queue_mail, queue_sms
from spekty.core.models import Effect
from spekty.core.parameters import parameter
from spekty.core.texting import NotAMobile, TextTooLong

TASK = "planning.remind"
MAIL, KIND, SETTING = "reminder", "appointment.reminder", "appointment-reminder"
LIVE = (AppointmentState.FIXED, AppointmentState.CONFIRMED)


def remind_beneficiaries(*, today: dt.date) -> int:
    """Promise a reminder for every appointment of the days to come that the setting names; return how many.

    Asked again, it promises nothing twice: one Effect per appointment. One agreed since yesterday was just
    confirmed in writing and isn't reminded of the same day.
    """
    ahead = int(parameter(SETTING))
    if ahead < 1:
        return 0
    return sum(_remind(pk) for pk in due(today, ahead).values_list("pk", flat=True))


def due(today: dt.date, ahead: int) -> models.QuerySet[Appointment]:
    """Return the live appointments from tomorrow to `ahead` days from now that nobody was reminded of."""
    start, end = (
        timezone.make_aware(dt.datetime.combine(today + dt.timedelta(days), dt.time()))
        for days in (1, ahead + 1)
    )
    label = label_of(Appointment)
    told = Effect.objects.filter(aggregate=label, aggregate_id=OuterRef("pk"), kind=KIND)
    return (
        Appointment.objects.filter(state__in=LIVE, starts_at__gte=start, starts_at__lt=end)
        .exclude(created_at__gte=timezone.make_aware(dt.datetime.combine(today, dt.time())))
        .exclude(Exists(told))
        .order_by("starts_at")
    )


@transaction.atomic
def _remind(pk: int) -> bool:
    """Remind of one appointment under its lock; one that was moved or cancelled meanwhile is left alone."""
    related = ("mission__operation", "mission__lot__fiche", "agent")
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related(*related)
        .filter(pk=pk, state__in=LIVE)
        .first()
    )
    label = label_of(Appointment)
    if appointment is None or Effect.objects.filter(aggregate=label, aggregate_id=pk, kind=KIND).exists():
        return False
    record_effect(aggregate=label, aggregate_id=pk, kind=KIND)
    return _tell(appointment)


def _tell(appointment: Appointment) -> bool:
    site = appointment.mission.operation
    path = reverse("missions:invitation", args=[appointment.token])
    url = settings.PUBLIC_URL.rstrip("/") + path if settings.PUBLIC_URL else ""
    context = {"appointment": appointment, "site": site, "url": url, "body": settings.INSPECTION_BODY}
    if site.email:
        try:
            queue_mail(template=MAIL, to=site.email, context=context, about=appointment.mission)
            return True
        except ValidationError:
            pass
    at = timezone.localtime(appointment.starts_at)
    try:
        text = f"Rappel : visite de controle le {at:%d/%m a %H:%M}. {url}".strip()
        queue_sms(to=site.phone, text=text, about=appointment.mission)
        return True
    except (NotAMobile, TextTooLong):
        return False
