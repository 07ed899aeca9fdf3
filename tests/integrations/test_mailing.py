"""Mails: sent once by a real SMTP catcher, never repeated in doubt; SMS the same way."""

import email
import json
import smtplib
import time
from email import policy

import httpx
import pytest
from django.core.exceptions import ValidationError
from django.core.mail.backends.smtp import EmailBackend

from integrations.http import Unavailable
from integrations.mailing import sync
from spekty.core import agenda, files, outbox, texting
from spekty.core.mail import queue_mail, queue_sms
from spekty.core.models import OutboxMessage
from spekty.core.outbox import Undeliverable
from tests import factories

pytestmark = pytest.mark.django_db
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def no_bell(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda topic: None)


@pytest.fixture
def smtp(settings, mail_server):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_PORT = mail_server
    return settings.MAILBOX_DIR


def queue(**options):
    values = {
        "template": "message",
        "to": "beneficiaire@exemple.fr",
        "context": {"subject": "Votre rendez-vous d’inspection", "body": "Bonjour,\n\nÀ demain à 9 h 30."},
        "about": factories.client(),
    }
    return queue_mail(**(values | options))


def received(folder, message):
    for _ in range(50):
        for path in folder.glob("*.eml"):
            mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            if str(message.key) in (mail["Message-ID"] or ""):
                return mail
        time.sleep(0.05)
    return pytest.fail("no mail")


def test_a_mail_arrives_with_its_key_its_text_its_file_and_its_appointment(smtp):
    pdf = files.store_file(
        content=b"%PDF-1.7\n", name="rapport été.pdf", store_path="a/b.pdf", by=factories.actor()
    )
    message = queue(attachments=[pdf.pk], calendar=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    assert outbox.drain("mail.send").delivered == 1
    mail = received(smtp, message)
    assert mail["Subject"] == "Votre rendez-vous d’inspection"
    assert "9 h 30" in mail.get_body(("plain",)).get_content()
    assert "<p>Bonjour,</p>" in mail.get_body(("html",)).get_content()
    attached = {part.get_filename(): part.get_content_type() for part in mail.iter_attachments()}
    assert attached == {"rapport été.pdf": "application/pdf", "rendez-vous.ics": "text/calendar"}


def test_html_is_escaped_text_is_not(smtp):
    message = queue(context={"subject": "Lot <b>", "body": "A & B <script>"})
    assert message.payload["subject"] == "Lot <b>"
    assert message.payload["text"] == "A & B <script>\n"
    assert "<script>" not in message.payload["html"]


def test_an_address_that_is_none_is_refused_at_once():
    with pytest.raises(ValidationError):
        queue(to=["bon@exemple.fr", "pas une adresse"])


def test_a_server_that_is_down_is_tried_again(settings):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_PORT = 9
    message = queue()
    assert outbox.drain("mail.send").failed == 1
    message.refresh_from_db()
    assert message.started_at is None


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (smtplib.SMTPServerDisconnected("cut"), "dead"),
        (TimeoutError(), "dead"),
        (smtplib.SMTPDataError(451, b"plus tard"), "failed"),
        (smtplib.SMTPDataError(554, b"spam"), "dead"),
        (smtplib.SMTPSenderRefused(452, b"plein", "a@b.fr"), "failed"),
        (smtplib.SMTPRecipientsRefused({"x@y.fr": (550, b"inconnu")}), "dead"),
        (smtplib.SMTPRecipientsRefused({"x@y.fr": (450, b"busy")}), "failed"),
    ],
)
def test_what_each_fault_means(smtp, monkeypatch, fault, outcome):
    def fail(self, messages):
        raise fault

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    message = queue()
    result = outbox.drain("mail.send")
    assert getattr(result, outcome) == 1
    message.refresh_from_db()
    assert (message.started_at is None) == (outcome == "failed")


def test_a_worker_killed_while_sending_never_sends_again(smtp):
    message = queue()
    outbox.mark_started(message)
    assert outbox.drain("mail.send").dead == 1
    message.refresh_from_db()
    assert "peut-être parti" in message.error
    outbox.replay(message.pk, by=factories.actor("admin"))
    assert outbox.drain("mail.send").delivered == 1


def test_a_text_message_is_caught_in_a_file(settings):
    message = queue_sms(to="06 12 34 56 78", text="Rendez-vous demain à 9 h 30.", about=factories.client())
    assert outbox.drain("sms.send").delivered == 1
    kept = json.loads((settings.VAR_DIR / "sms" / f"{message.key}.json").read_text())
    assert (kept["to"], kept["text"]) == ("+33612345678", "Rendez-vous demain à 9 h 30.")


@pytest.fixture
def brevo(settings, monkeypatch):
    settings.SMS_BACKEND, settings.BREVO_API_KEY = "brevo", "clef"
    calls = []

    def answer(status):
        def post(url, **options):
            calls.append((url, options))
            if isinstance(status, Exception):
                raise status
            return httpx.Response(status, json={"messageId": 151}, request=httpx.Request("POST", url))

        monkeypatch.setattr(httpx, "post", post)
        return calls

    return answer


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (201, "delivered"),
        (400, "dead"),
        (429, "failed"),
        (httpx.ReadTimeout("slow"), "dead"),
        (httpx.ConnectError("down"), "failed"),
    ],
)
def test_brevo_answers(brevo, status, outcome):
    calls = brevo(status)
    queue_sms(to="+33612345678", text="Bonjour", about=factories.client())
    assert getattr(outbox.drain("sms.send"), outcome) == 1
    url, options = calls[0]
    assert url == "https://api.brevo.com/v3/transactionalSMS/send"
    assert options["json"]["recipient"] == "33612345678"
    assert options["headers"]["api-key"] == "clef"


@pytest.mark.parametrize("number", ["0556000000", "12", "", "+32475000000"])
def test_only_a_french_mobile_gets_a_text(number):
    with pytest.raises(texting.NotAMobile):
        texting.as_phone(number)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("é" * 160, 1),
        ("ê" * 70, 1),
        ("ê" * 71, 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
    ],
)
def test_parts_of_a_text(text, count):
    assert texting.parts(text) == count


def test_a_text_of_four_parts_is_refused():
    with pytest.raises(texting.TextTooLong):
        queue_sms(to="0612345678", text="a" * 460, about=factories.client())
    assert not OutboxMessage.objects.filter(topic="sms.send").exists()


def test_an_unknown_fault_is_a_doubt():
    assert isinstance(sync.judge_fault(ValueError()), Undeliverable)
    assert isinstance(sync.judge_fault(smtplib.SMTPHeloError(421, b"bye")), Unavailable)


def test_an_invitation_keeps_its_identity_when_it_moves():
    import datetime as dt

    entry = agenda.Entry(
        uid="rdv-12@spekty",
        starts_at=dt.datetime(2026, 11, 26, 8, 30, tzinfo=dt.UTC),
        ends_at=dt.datetime(2026, 11, 26, 9, 15, tzinfo=dt.UTC),
        summary="Inspection",
        sequence=3,
    )
    text = agenda.invitation(entry, organizer="a@b.fr", attendee="c@d.fr").decode()
    assert "UID:rdv-12@spekty" in text and "SEQUENCE:3" in text and "METHOD:REQUEST" in text
    assert "DTSTART;TZID=Europe/Paris:20261126T093000" in text
    assert "BEGIN:VTIMEZONE" in text
