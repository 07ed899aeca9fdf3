"""The health page, and the local mailbox."""

import smtplib
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client

from spekty.stack.addresses import HOST
from spekty.stack.mailbox import folder

pytestmark = pytest.mark.django_db


def test_health_is_public_and_says_no_secret(client: Client, meilisearch_server: str) -> None:
    answer = client.get("/sante/")
    assert answer.status_code == 200
    assert answer.json() == {"base": "ok", "redis": "ok", "recherche": "ok"}
    assert "no-cache" in answer.headers["Cache-Control"]


def test_redis_and_search_may_be_down(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.MEILI_URL = "http://127.0.0.1:1"
    answer = client.get("/sante/")
    assert answer.status_code == 200
    assert answer.json() == {"base": "ok", "redis": "panne", "recherche": "panne"}


def test_without_the_database_the_answer_is_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spekty.health.database_answers", lambda: False)
    assert client.get("/sante/").status_code == 503


@pytest.fixture
def letter(mail_server: int) -> EmailMessage:
    """Send one message with an attachment to the catcher."""
    message = EmailMessage()
    message["Subject"] = "Rapport émis : <1 234,56 €>"
    message["From"], message["To"] = "inspection@spekty.example", "cliente@exemple.fr"
    message.set_content("Bonjour,\nvoici le rapport.")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="rapport.pdf")
    with smtplib.SMTP(HOST, mail_server, timeout=5) as client:
        client.send_message(message)
    return message


def test_the_mailbox_shows_what_was_sent(client: Client, letter: EmailMessage) -> None:
    page = client.get("/courrier-local/").content.decode()
    assert "Rapport émis : &lt;1 234,56 €&gt;" in page and "cliente@exemple.fr" in page
    key = max(folder().glob("*.eml")).stem
    shown = client.get(f"/courrier-local/{key}/").content.decode()
    assert "voici le rapport." in shown and "rapport.pdf" in shown
    piece = client.get(f"/courrier-local/{key}/1/")
    assert piece.content == b"%PDF" and piece.headers["Content-Disposition"] == "attachment"


def test_the_mailbox_hands_over_nothing_else(client: Client, letter: EmailMessage) -> None:
    assert client.get("/courrier-local/..%2Fsecret/").status_code == 404
    assert client.get("/courrier-local/1-1/").status_code == 404
    key = max(folder().glob("*.eml")).stem
    assert client.get(f"/courrier-local/{key}/2/").status_code == 404
    assert client.post("/courrier-local/").status_code == 405
