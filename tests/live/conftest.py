"""The demonstration at work: site, servers, worker."""

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from spekty.accounts.models import Agent
from spekty.core.models import OutboxMessage
from tests.live.people import Job
from tests.live.work import nothing_waits, ring, wait_until, working
from tests.live.world import demo_site, patched


@pytest.fixture
def job(
    browser: Browser,
    tmp_path: Path,
    django_db_setup: None,
    django_db_blocker: Any,
    meilisearch_server: str,
    ged_server: str,
    mail_server: int,
) -> Iterator[Job]:
    """The demonstration, served, its messages delivered by a worker that stays."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patched(patch, OUTBOX_BELL="tests.live.work.ring", MEILI_PREFIX=f"{settings.WORKER}_job_")
        # The same two operations at each run.
        patch.setattr("lots.services.draws.secrets", SimpleNamespace(token_hex=lambda size: "5e" * size))
        with demo_site("job") as server:
            # Somebody who runs the suite on a Sunday has an agent who works that day.
            Agent.objects.filter(user__email="terrain@spekty.example").update(workdays=list(range(7)))
            with working(tmp_path) as worker:
                for topic in OutboxMessage.objects.waiting().values_list("topic", flat=True).distinct():
                    ring(topic)
                started = time.monotonic()
                wait_until(nothing_waits, 60)
                print(f"demonstration delivered in {time.monotonic() - started:.1f} s")
                made = Job(browser, server.url)
                yield made
                for page in made.pages.values():
                    page.context.close()
                print(worker.log()[-2000:])
