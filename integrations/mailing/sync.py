"""Mails and text messages of the outbox. They can't be taken back: a doubtful sending is never repeated."""

import json
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
from anymail.exceptions import AnymailAPIError, AnymailCancelSend, AnymailError
from django.conf import settings
from django.core.mail import get_connection

from integrations.http import Unavailable, check_status
from integrations.mailing.client import BrevoSms
from integrations.mailing.mapping import build_mail, message_id
from spekty.core.models import OutboxMessage
from spekty.core.outbox import RetryLater, Undeliverable, mark_not_started, mark_started

DOUBT = (
    "L’envoi a été interrompu : il est peut-être parti. Vérifiez auprès du destinataire avant de relancer."
)


def send_mail(message: OutboxMessage) -> None:
    """Send one mail; a fault before the server took it is tried again, a doubt goes to a person."""
    _refuse_if_started(message)
    mail = build_mail(message)
    connection = get_connection()
    # A server that doesn't even answer has sent nothing.
    connection.open()
    try:
        with _once(message):
            mail.connection = connection
            mail.send()
    finally:
        connection.close()


def send_sms(message: OutboxMessage) -> None:
    """Send one text message, or write it to a file on a developer's machine."""
    _refuse_if_started(message)
    send = _catch_sms if settings.SMS_BACKEND == "catcher" else _brevo_sms
    with _once(message):
        send(message)


def _catch_sms(message: OutboxMessage) -> None:
    folder = settings.VAR_DIR / "sms"
    folder.mkdir(parents=True, exist_ok=True)
    content = {**message.payload, "from": settings.SMS_SENDER, "key": str(message.key)}
    (folder / f"{message.key}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1))


def _brevo_sms(message: OutboxMessage) -> None:
    client = BrevoSms(settings.BREVO_URL, settings.BREVO_API_KEY, settings.SMS_SENDER)
    client.send(to=message.payload["to"], text=message.payload["text"], tag=message_id(message))


def _refuse_if_started(message: OutboxMessage) -> None:
    if message.started_at is not None:
        raise Undeliverable(DOUBT)


@contextmanager
def _once(message: OutboxMessage) -> Iterator[None]:
    """Write « started » before; after a fault, take it back only if nothing can have left."""
    mark_started(message)
    try:
        yield
    except Exception as fault:
        verdict = judge_fault(fault)
        if not isinstance(verdict, Undeliverable):
            mark_not_started(message)
        raise verdict from fault


def judge_fault(fault: Exception) -> Exception:
    """Return what a fault means: Undeliverable (refused, or in doubt), or one to be tried again."""
    if isinstance(fault, Undeliverable | RetryLater):
        return fault
    for kind, judge in JUDGES.items():
        if isinstance(fault, kind):
            return judge(fault)
    return Undeliverable(f"{DOUBT} ({type(fault).__name__})")


def _refused_recipients(fault: Exception) -> Exception:
    answers = getattr(fault, "recipients", {})
    code = max((answer[0] for answer in answers.values()), default=550)
    return _by_code(code, f"destinataire refusé ({', '.join(answers)})")


def _smtp_answer(fault: Exception) -> Exception:
    return _by_code(getattr(fault, "smtp_code", 550), str(getattr(fault, "smtp_error", "")))


def _by_code(code: int, why: str) -> Exception:
    """4xx: the server took nothing and may later; 5xx: it never will."""
    if 400 <= code < 500:
        return Unavailable(f"Courriel : le serveur demande d’attendre ({code}, {why}).")
    return Undeliverable(f"Courriel : refusé par le serveur ({code}, {why}).")


def _api_answer(fault: Exception) -> Exception:
    status = getattr(fault, "status_code", None)
    if status is None or status >= 500:
        return Undeliverable(f"{DOUBT} (réponse {status})")
    try:
        check_status(status, "", what="Courriel")
    except (Undeliverable, RetryLater, Unavailable) as verdict:
        return verdict
    return Undeliverable(DOUBT)


def _not_sent(fault: Exception) -> Exception:
    return Unavailable(f"Rien n’est parti : {fault}")


def _malformed(fault: Exception) -> Exception:
    return Undeliverable(f"Courriel : message refusé ({fault}).")


# Most precise first. What isn't here (cut connection, timeout while sending, 5xx of an API) is a doubt.
JUDGES: dict[type[Exception], Callable[[Exception], Exception]] = {
    smtplib.SMTPRecipientsRefused: _refused_recipients,
    smtplib.SMTPResponseException: _smtp_answer,
    smtplib.SMTPNotSupportedError: _malformed,
    AnymailAPIError: _api_answer,
    AnymailCancelSend: _malformed,
    AnymailError: _malformed,
    httpx.ConnectError: _not_sent,
    httpx.ConnectTimeout: _not_sent,
}
