"""What a page costs in SQL queries: the same with 3 rows as with 300, and at most six for a list.

Counted as the page is served: the session, the person with their roles and the permissions are in the six. What
production keeps in the shared cache is warm, as it is there between two requests: the counters of the rail
(SHELL_MEMORY) and what rarely changes (LIST_MEMORY: the law's rows, delays, prices, choices of filters).

Every address of TABLE that answers a page is measured, so that a new one is held to the rule of lists until
someone writes here why it isn't one.
"""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import access_world, crowd
from tests.test_url_access import LINES, ROLES, Line, browser_of

pytestmark = pytest.mark.django_db

BUDGET = 6
# Files and streams: no page.
FILES = {
    *("lots:document", "lots:export", "lots:import_file", "lots:synthesis", "missions:document"),
    *("missions:export", "billing:export", "billing:pdf", "payroll:agent_pdf", "payroll:export"),
    *("payroll:mine_pdf", "cutover:dossier_file", "cutover:findings_export", "field:photo", "quality:photo"),
    *("quality:preview", "quality:report", "quality:signature", "mailbox-attachment"),
}
# Pages that aren't a list -> what they are. They too cost the same whatever the number of rows.
OTHER_PAGES: dict[str, str] = {}


def pages() -> list[tuple[Line, str]]:
    """Return the addresses that answer a page, each with a role that opens it (the one with the longest rail)."""
    order = [role for role in ("admin", "office", "owner", *ROLES) if role != "anonymous"]
    return [
        (line, next(role for role in order if line.expected("GET", role) == 200))
        for line in LINES
        if not line.is_public
        and line.name not in FILES
        and any(line.expected("GET", role) == 200 for role in order)
    ]


def costs(world: Any) -> dict[str, list[str]]:
    """Return the queries of each page, the second time that it is asked for."""
    found = {}
    cache.clear()
    for line, role in pages():
        browser, url = browser_of(world, role), reverse(line.name, args=world.a.args[line.args])
        assert browser.get(url).status_code == 200, url
        with CaptureQueriesContext(connection) as queries:
            body = browser.get(url).content
        print(line.name, len(queries), len(body), body.count(b"<tr"), body.count(b"<li"), flush=True)
        found[line.name] = [query["sql"] for query in queries]
    return found


def test_a_page_costs_the_same_whatever_its_rows(settings):
    settings.SHELL_MEMORY = settings.LIST_MEMORY = 600
    world = access_world.build()
    crowd.grow(3, world)
    few = costs(world)
    crowd.grow(297, world)
    many = costs(world)
    for name in many:
        print(f"{name:28} {len(few[name]):4} {len(many[name]):4}")
    import json

    json.dump(many, open("/tmp/lots/many.json", "w"))
    growing = {name: (len(few[name]), len(many[name])) for name in many if len(few[name]) != len(many[name])}
    dear = {name: len(many[name]) for name in many if name not in OTHER_PAGES and len(many[name]) > BUDGET}
    assert (growing, dear) == ({}, {})
