"""Reads what the SMTP catcher kept. Mounted on developers' machines only, where MAILBOX_DIR is set."""

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.html import strip_tags
from django.views.decorators.http import require_safe

SHOWN = 200


@dataclass(frozen=True)
class Letter:
    """One message, as the page shows it."""

    key: str
    at: datetime
    subject: str
    sender: str
    recipients: str
    text: str
    attachments: list[str]


def folder() -> Path:
    """Give the catcher's folder."""
    assert settings.MAILBOX_DIR
    return settings.MAILBOX_DIR


def read(file: Path) -> EmailMessage:
    """Parse one kept message."""
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage) -> str:
    """Give the text of the message, without the tags when it only has HTML."""
    part = message.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    content = str(part.get_content())
    return strip_tags(content) if part.get_content_subtype() == "html" else content


def letter(file: Path) -> Letter:
    """Read one kept message for the page."""
    message = read(file)
    return Letter(
        key=file.stem,
        at=datetime.fromtimestamp(int(file.stem.split("-")[0]) / 1e9, tz=timezone.get_current_timezone()),
        subject=str(message["Subject"] or "(sans objet)"),
        sender=str(message["From"] or ""),
        recipients=str(message["X-Spekty-Envelope-To"] or message["To"] or ""),
        text=body(message),
        attachments=[part.get_filename() or "pièce" for part in message.iter_attachments()],
    )


def file_of(key: str) -> Path:
    """Find a message by its key.

    Raises Http404 when it is not there.
    """
    file = folder() / f"{key}.eml"
    if not file.is_file():
        raise Http404
    return file


@require_safe
@login_not_required
def inbox(request: HttpRequest) -> HttpResponse:
    """List the last messages, newest first."""
    files = sorted(folder().glob("*.eml"), reverse=True)[:SHOWN]
    return render(request, "stack/inbox.html", {"letters": [letter(file) for file in files]})


@require_safe
@login_not_required
def message(request: HttpRequest, key: str) -> HttpResponse:
    """Show one message."""
    return render(request, "stack/message.html", {"letter": letter(file_of(key))})


@require_safe
@login_not_required
def attachment(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Hand over one attachment."""
    parts = list(read(file_of(key)).iter_attachments())
    if not 1 <= number <= len(parts):
        raise Http404
    part = parts[number - 1]
    content = part.get_payload(decode=True)
    answer = HttpResponse(content, content_type=part.get_content_type())
    answer.headers["Content-Disposition"] = "attachment"
    return answer


urlpatterns = [
    path("", inbox, name="mailbox"),
    path("<slug:key>/", message, name="mailbox-message"),
    path("<slug:key>/<int:number>/", attachment, name="mailbox-attachment"),
]
