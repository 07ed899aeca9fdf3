"""Files as clients send them, and people who sign in."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client as Browser

from spekty.accounts.enums import Role
from tests import factories

FILES = sorted((settings.BASE_DIR / "demo" / "lots").iterdir())


@pytest.fixture
def office(client: Browser, db: None) -> Browser:
    """Return a browser signed in as head office."""
    client.force_login(factories.user(Role.HEAD_OFFICE))
    return client


@pytest.fixture
def export_csv() -> Path:
    return next(path for path in FILES if path.name == "LOT-2025-0002-export.csv")
