"""What settings modules take from the embedded servers: plain addresses, nothing started."""

import secrets
from pathlib import Path

from spekty.stack.addresses import HOST, USER, Address, write_private
from spekty.stack.services import meilisearch_binary


def secret_key(var: Path) -> str:
    """Read this machine's own secret key; make it the first time."""
    kept = var / "stack" / "secret-key"
    if not kept.exists():
        write_private(kept, secrets.token_urlsafe(50))
    return kept.read_text()


def database(address: Address) -> dict[str, object]:
    """Describe the embedded PostgreSQL for DATABASES."""
    return {
        "ENGINE": "spekty.stack.database",
        "NAME": USER,
        "USER": USER,
        "PASSWORD": address.password,
        "HOST": HOST,
        "PORT": address.port,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def redis_url(address: Address, number: int = 0) -> str:
    """Give the embedded Redis's URL."""
    return f"redis://:{address.password}@{HOST}:{address.port}/{number}"


def http_url(address: Address) -> str:
    """Give the URL of Meilisearch or of the WebDAV store."""
    return f"http://{HOST}:{address.port}"


def has_meilisearch() -> bool:
    """Tell whether this machine can run Meilisearch; if not, PostgreSQL searches."""
    return meilisearch_binary() is not None
