"""The state of the outside tools, and the page where a person takes up what they gave up."""

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone

from integrations.health import missing_settings
from spekty.core import outbox, selectors
from spekty.core.models import Circuit, InboxMessage, OutboxMessage, StateChange
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda topic: None)


def state(code):
    return next(found for found in selectors.connector_states() if found.code == code)


def message(topic="ged.file", **fields):
    client = factories.client()
    OutboxMessage.objects.filter(topic="search.client").delete()
    return OutboxMessage.objects.create(
        topic=topic, aggregate="lots.client", aggregate_id=client.pk, **fields
    )


def test_nothing_waiting_is_up_to_date():
    message(delivered_at=timezone.now())
    ged = state("ged")
    assert (ged.state, ged.waiting, ged.dead, ged.sentence) == ("ok", 0, 0, "À jour.")
    assert ged.last_success is not None


def test_an_old_message_makes_it_late_a_fresh_one_does_not():
    message()
    assert state("ged").state == "ok"
    message(created_at=timezone.now() - dt.timedelta(minutes=5))
    ged = state("ged")
    assert (ged.state, ged.waiting) == ("late", 2)
    assert "2 envois en attente" in ged.sentence.replace("\u00a0", " ")


def test_an_open_fuse_is_down_and_says_since_when():
    Circuit.objects.create(connector="ged", failures=5, opened_at=timezone.now() - dt.timedelta(minutes=12))
    ged = state("ged")
    assert ged.state == "down"
    assert "depuis 12 min" in ged.sentence.replace("\u00a0", " ")


def test_dead_letters_and_refused_arrivals_are_to_take_up():
    message(dead_at=timezone.now(), error="refusé")
    InboxMessage.objects.create(source="field_app.record", external_id="1", raw={}, error="Mission inconnue")
    assert (state("ged").dead, state("field_app").dead) == (1, 1)


def test_a_connector_without_its_switch_is_off():
    assert state("field_app").state == "off"


def test_one_query_whatever_the_volume(django_assert_num_queries):
    for _ in range(5):
        message()
    with django_assert_num_queries(1):
        selectors.connector_states()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("Dépôt en GED : refusé (réponse 403).", "Dépôt en GED : refusé (réponse 403)."),
        ("Unavailable: Dépôt en GED : réponse 503.", "Dépôt en GED : réponse 503."),
        ("ConnectionRefusedError: [Errno 111]", "Le service n’a pas répondu après douze essais."),
        ("SearchDown: MeilisearchCommunicationError", "Le service n’a pas répondu après douze essais."),
        ("", "Sans raison connue."),
    ],
)
def test_reasons_are_in_french(error, reason):
    assert selectors.plain_reason(error) == reason


def page(client, *roles):
    client.force_login(factories.user(*roles))
    return client.get(reverse("core:connectors"))


def test_the_page_lists_what_waits_for_a_person(client):
    dead = message(dead_at=timezone.now(), error="Dépôt en GED : refusé (réponse 403).")
    InboxMessage.objects.create(
        source="field_app.record", external_id="12345:9", raw={}, error="Mission inconnue"
    )
    html = page(client, "siege").content.decode()
    for text in ("GED", "refusé", "Mission inconnue", "12345:9", "Relancer"):
        assert text in html
    client.post(reverse("core:settle_message", args=["envoi", dead.pk, "relancer"]))
    dead.refresh_from_db()
    assert dead.dead_at is None
    assert StateChange.objects.get(aggregate="core.outboxmessage").transition == "replay"


@pytest.mark.parametrize(("verb", "field"), [("relancer", "error"), ("classer", "processed_at")])
def test_a_refused_arrival_is_taken_up_or_filed(client, verb, field):
    row = InboxMessage.objects.create(source="field_app.record", external_id="1", raw={}, error="non")
    client.force_login(factories.user("direction"))
    url = reverse("core:settle_message", args=["arrivee", row.pk, verb])
    assert client.post(url, follow=True).status_code == 200
    row.refresh_from_db()
    assert bool(getattr(row, field)) == (verb == "classer")
    assert "déjà été repris" in client.post(url, follow=True).content.decode()


def test_who_may_see_and_who_may_act(client):
    dead = message(dead_at=timezone.now(), error="non")
    url = reverse("core:settle_message", args=["envoi", dead.pk, "relancer"])
    assert "Relancer" not in page(client, "planificateur").content.decode()
    assert client.post(url).status_code == 403
    assert page(client, "intervenant").status_code == 403
    client.force_login(factories.user("siege"))
    assert client.get(url).status_code == 405


def test_the_top_bar_says_the_worst(client):
    assert selectors.shell_sync(factories.user("siege")).state == "ok"
    Circuit.objects.create(connector="ged", failures=5, opened_at=timezone.now())
    sync = selectors.shell_sync(factories.user("siege"))
    assert (sync.state, sync.url) == ("wait", reverse("core:connectors"))
    assert "GED" in sync.label
    assert selectors.shell_sync(factories.user("intervenant")).url == ""


class Values:
    def __init__(self, **values):
        self.__dict__.update(values)


def test_a_connector_on_and_half_configured_is_named():
    connectors = django_settings.CONNECTORS
    assert missing_settings(connectors, Values()) == []
    assert missing_settings(
        connectors, Values(KIZEO_URL="https://k", KIZEO_TOKEN="t", KIZEO_FORM_ID="1")
    ) == ["Application de terrain : KIZEO_URL est renseigné, mais KIZEO_WEBHOOK_SECRET est vide."]
    brevo = Values(EMAIL_BACKEND="anymail.backends.brevo.EmailBackend", DEFAULT_FROM_EMAIL="a@b.fr")
    assert len(missing_settings(connectors, brevo)) == 1
