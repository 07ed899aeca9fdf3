"""Each embedded server does what the application asks of it."""

import http.client
import smtplib
from base64 import b64encode
from email.message import EmailMessage

import psycopg
import pytest
import redis

from spekty.stack.addresses import HOST, USER
from spekty.stack.client import Stack
from spekty.stack.configure import has_meilisearch, redis_url


def request(port: int, verb: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    """Make one HTTP request."""
    client = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        client.request(verb, path, body, headers)
        answer = client.getresponse()
        return answer.status, answer.read()
    finally:
        client.close()


def test_postgresql_has_a_role_that_is_no_superuser_and_the_extensions(stack: Stack) -> None:
    stack.wake("postgres")
    address = stack.addresses()["postgres"]
    with psycopg.connect(
        host=HOST, port=address.port, user=USER, password=address.password, dbname=USER
    ) as connection:
        row = connection.execute("SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'spekty'")
        assert row.fetchone() == (False, True)
        for extension in ("pg_trgm", "unaccent", "btree_gist"):
            connection.execute(f"CREATE EXTENSION {extension}")


def test_postgresql_refuses_a_wrong_password(stack: Stack) -> None:
    stack.wake("postgres")
    port = stack.addresses()["postgres"].port
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=HOST, port=port, user=USER, password="wrong", dbname=USER)


def test_redis_evicts_nothing_and_promises_nothing(stack: Stack) -> None:
    stack.wake("redis")
    with redis.Redis.from_url(redis_url(stack.addresses()["redis"])) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "no"}
        assert client.config_get("save") == {"save": ""}
    with (
        redis.Redis(host=HOST, port=stack.addresses()["redis"].port) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_meilisearch_asks_for_its_key(stack: Stack) -> None:
    if not has_meilisearch():
        from tests.conftest import missing

        missing("Meilisearch n’est pas disponible sur cette machine.")
    stack.wake("meilisearch")
    address = stack.addresses()["meilisearch"]
    assert request(address.port, "GET", "/version")[0] == 401
    status, body = request(address.port, "GET", "/version", Authorization=f"Bearer {address.password}")
    assert status == 200 and b'"pkgVersion":"1.' in body


def test_the_document_store_keeps_documents_for_its_account_only(stack: Stack) -> None:
    stack.wake("ged")
    address = stack.addresses()["ged"]
    account = "Basic " + b64encode(f"{USER}:{address.password}".encode()).decode()
    assert request(address.port, "PUT", "/a.pdf", b"%PDF")[0] == 401
    assert request(address.port, "MKCOL", "/dossier", Authorization=account)[0] == 201
    assert request(address.port, "PUT", "/dossier/a.pdf", b"%PDF", Authorization=account)[0] == 201
    assert request(address.port, "GET", "/dossier/a.pdf", Authorization=account) == (200, b"%PDF")
    assert (stack.var / "ged" / "dossier" / "a.pdf").read_bytes() == b"%PDF"


def test_a_sent_message_becomes_a_file(stack: Stack) -> None:
    stack.wake("mail")
    message = EmailMessage()
    message["Subject"] = "Rapport émis"
    message["From"], message["To"] = "inspection@spekty.example", "cliente@exemple.fr"
    message.set_content("Bonjour, voici le rapport.")
    with smtplib.SMTP(HOST, stack.addresses()["mail"].port, timeout=5) as client:
        client.send_message(message, to_addrs=["cliente@exemple.fr", "copie@exemple.fr"])
    [kept] = (stack.var / "mail").glob("*.eml")
    assert kept.read_bytes().startswith(b"X-Spekty-Envelope-To: cliente@exemple.fr, copie@exemple.fr\r\n")
