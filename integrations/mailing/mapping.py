"""A promised mail to Django's message; its Message-ID is the promise's key, so twice is seen as once."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from spekty.core.files import read_file
from spekty.core.models import OutboxMessage, StoredFile
from spekty.core.outbox import Undeliverable


def message_id(message: OutboxMessage) -> str:
    """Return '<key@our domain>'."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "spekty.local"
    return f"<{message.key}@{domain}>"


def build_mail(message: OutboxMessage) -> EmailMultiAlternatives:
    """Return the mail with its HTML part, its files and its appointment.

    An .ics travels as an attachment: Brevo refuses a text/calendar alternative. Raises Undeliverable
    when a file no longer exists, DocumentUnavailable when it can't be read now.
    """
    payload = message.payload
    mail = EmailMultiAlternatives(
        subject=payload["subject"],
        body=payload["text"],
        to=payload["to"],
        reply_to=[payload["reply_to"]] if payload.get("reply_to") else None,
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(payload["html"], "text/html")
    files = StoredFile.objects.in_bulk(payload.get("attachments", []))
    for pk in payload.get("attachments", []):
        if pk not in files:
            raise Undeliverable("Courriel : une pièce jointe n’existe plus.")
        mail.attach(files[pk].name, read_file(files[pk]), files[pk].mime)
    if payload.get("calendar"):
        mail.attach("rendez-vous.ics", payload["calendar"], "text/calendar")
    return mail
