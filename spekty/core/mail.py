"""Mails and text messages to people: written in French from templates, promised to the outbox, sent later."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.validators import validate_email
from django.db import models
from django.template.loader import render_to_string

from spekty.core.models import OutboxMessage
from spekty.core.outbox import emit
from spekty.core.texting import as_phone

MAIL_TOPIC = "mail.send"
SMS_TOPIC = "sms.send"


def queue_mail(
    *,
    template: str,
    to: str | Sequence[str],
    context: Mapping[str, Any],
    attachments: Sequence[int] = (),
    about: models.Model,
    calendar: bytes | None = None,
    reply_to: str = "",
) -> OutboxMessage:
    """Write the mail now, promise to send it once the transaction is committed.

    `template` names templates/mail/<template>.subject.txt and .txt; the HTML part is made of the same
    text. `attachments` are ids of StoredFile; `calendar` is an .ics (spekty.core.agenda). `about` is the
    object whose mails stay in order. Raises ValidationError on an address that is none.
    """
    recipients = [to] if isinstance(to, str) else list(to)
    for address in recipients:
        validate_email(address)
    subject = " ".join(render_to_string(f"mail/{template}.subject.txt", dict(context)).split())
    text = render_to_string(f"mail/{template}.txt", dict(context)).strip() + "\n"
    payload: dict[str, object] = {
        "to": recipients,
        "subject": subject,
        "text": text,
        "html": render_to_string("mail/frame.html", {"subject": subject, "text": text}),
        "attachments": list(attachments),
        "template": template,
    }
    if calendar:
        payload["calendar"] = calendar.decode()
    if reply_to:
        payload["reply_to"] = reply_to
    return emit(MAIL_TOPIC, about, payload)


def queue_sms(*, to: str, text: str, about: models.Model) -> OutboxMessage:
    """Promise a text message to a French mobile; raises texting.NotAMobile or texting.TextTooLong."""
    from spekty.core.texting import check_length

    check_length(text)
    return emit(SMS_TOPIC, about, {"to": as_phone(to), "text": text})
