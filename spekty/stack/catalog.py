"""The embedded servers by name."""

from spekty.stack.postgres import Postgres
from spekty.stack.services import Ged, Mail, Meilisearch, Redis, Service

CATALOG: dict[str, Service] = {
    "postgres": Postgres(),
    "redis": Redis(),
    "meilisearch": Meilisearch(),
    "ged": Ged(),
    "mail": Mail(),
}
LABELS = {
    "postgres": "PostgreSQL",
    "redis": "Redis",
    "meilisearch": "Meilisearch",
    "ged": "la GED (WebDAV)",
    "mail": "le courrier (SMTP)",
}
