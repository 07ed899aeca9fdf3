"""The engine itself: DATABASES["default"]["ENGINE"] = "spekty.stack.database"."""

from typing import Any

from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient

from spekty.stack.database.creation import DatabaseCreation
from spekty.stack.wake import current_stack


class DatabaseClient(PostgresClient):
    """`manage.py dbshell` over the embedded server."""

    def runshell(self, parameters: Any) -> None:
        """Run psql once the server is there."""
        current_stack().wake("postgres")
        super().runshell(parameters)


class DatabaseWrapper(PostgresWrapper):
    """PostgreSQL whose server is woken by the first connection."""

    client_class = DatabaseClient
    creation_class = DatabaseCreation

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection, waking the server first."""
        current_stack().wake("postgres")
        return super().get_new_connection(conn_params)
