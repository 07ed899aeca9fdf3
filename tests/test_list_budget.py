"""What a page costs in SQL queries: the same with 3 rows as with 300, and at most six for a list.

Counted as the page is served: the session, the person with their roles and the permissions are in the six.
What production keeps in the shared cache is warm, as it is between two requests: the counters of the rail
(SHELL_MEMORY) and what rarely changes (LIST_MEMORY: the law's rows, delays, prices, choices of filters).

Every address of TABLE that answers a page is measured, so that a new one is held to the rule of lists until
someone writes here why it isn't one.
"""

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from weasyprint import HTML

from lots.models import Operation
from missions.models import Mission
from tests import access_world, crowd, factories
from tests.test_url_access import LINES, ROLES, Line, browser_of, words_only

pytestmark = pytest.mark.django_db

BUDGET = 6
# Files and streams: no page.
FILES = {
    *("lots:document", "lots:export", "lots:import_file", "lots:synthesis", "missions:document"),
    *("missions:export", "billing:export", "billing:pdf", "payroll:agent_pdf", "payroll:export"),
    *("payroll:mine_pdf", "cutover:dossier_file", "cutover:findings_export", "field:photo", "quality:photo"),
    *("quality:preview", "quality:report", "quality:signature", "mailbox-attachment"),
}
# Pages that aren't a list -> what they are. They too cost no more with more rows.
DETAIL = "one object with all that is said of it"
OTHER_PAGES = {
    "billing:agreement": "what was invoiced beside what was paid, over a month",
    "billing:detail": DETAIL,
    "billing:issue": DETAIL,
    "billing:issue_ready": "a preview of what would be issued",
    "billing:list": "the closing of a month, computed; issued invoices are billing:issued",
    "cutover:compare": "two rehearsals side by side",
    "cutover:cockpit": "the cut-over at a glance",
    "cutover:condition": DETAIL,
    "field:day": "one person's day",
    "field:mission": DETAIL,
    "field:reading": "a form",
    "lots:client": DETAIL,
    "lots:detail": DETAIL,
    "missions:detail": DETAIL,
    "missions:draw": "a planner of sample size",
    "missions:top_up": "a form: the operations to make up for",
    "missions:today": "four zones: counters, tools, what to do, activity",
    "payroll:agent": DETAIL,
    "payroll:close": "the closing of a month, computed",
    "payroll:list": "the pay of a month, computed: one line per person paid",
    "payroll:mine": DETAIL,
    "planning:board": "a day's board",
    "planning:compare": "a day's board before and after",
    "planning:day": "a day's board",
    "planning:dialog": DETAIL,
    "planning:slots": "slots computed for one mission",
    "planning:week": "a week's load",
    "planning:week_of": "a week's load",
    "quality:dashboard": "indicators",
    "quality:dispute": DETAIL,
    "quality:queue": "the list beside its first reading; the list alone: see QUEUE",
    "quality:reports": DETAIL,
    "quality:review": DETAIL,
}
QUEUE = {"quality:queue": {"HX-Request": "true", "HX-Target": "queue"}}
# Lines that one page of a list may draw.
MOST_LINES = 60


def pages() -> list[tuple[Line, str]]:
    """Return the addresses that answer a page, each with the role that opens it with the longest rail."""
    order = [role for role in ("admin", "office", "owner", *ROLES) if role != "anonymous"]
    return [
        (line, next(role for role in order if line.expected("GET", role) == 200))
        for line in LINES
        if not line.is_public
        and line.name not in FILES
        and any(line.expected("GET", role) == 200 for role in order)
    ]


@dataclass(frozen=True)
class Cost:
    queries: int
    lines: int


def costs(world: Any) -> dict[str, Cost]:
    """Return what each page costs the second time that it is asked for."""
    found = {}
    cache.clear()
    for line, role in pages():
        browser, url = browser_of(world, role), reverse(line.name, args=world.a.args[line.args])
        found[line.name] = cost_of(browser, url, {})
        if headers := QUEUE.get(line.name):
            found[f"{line.name}, the list"] = cost_of(browser, url, headers)
    cache.clear()
    return found


def cost_of(browser: Client, url: str, headers: dict[str, str]) -> Cost:
    assert browser.get(url, headers=headers).status_code == 200, url
    with CaptureQueriesContext(connection) as queries:
        body = browser.get(url, headers=headers).content
    return Cost(len(queries), body.count(b"<tr data-row"))


def test_a_page_costs_the_same_whatever_its_rows(settings, monkeypatch):
    monkeypatch.setattr(HTML, "write_pdf", words_only)
    settings.SHELL_MEMORY = settings.LIST_MEMORY = 600
    world = access_world.build()
    crowd.grow(3, world)
    few = costs(world)
    crowd.grow(297, world)
    many = costs(world)
    lists = [name for name in many if name not in OTHER_PAGES]
    assert len(lists) > 25
    assert {name: (few[name], many[name]) for name in lists if few[name].queries != many[name].queries} == {}
    assert {name: many[name] for name in lists if many[name].queries > BUDGET} == {}
    assert {name: many[name] for name in lists if many[name].lines > MOST_LINES} == {}
    assert {
        name: (few[name], many[name]) for name in OTHER_PAGES if many[name].queries > few[name].queries
    } == {}
    assert sorted(set(OTHER_PAGES) - set(many)) == [], "these addresses are no more"


def test_anything_beyond_a_thousand_is_a_thousand_and_more():
    parent, person = factories.lot(), factories.user("siege")
    Mission.objects.bulk_create(
        Mission(number=f"M-N-{n}", lot=parent, operation=site, family="ISO", channel="SITE")
        for n, site in enumerate(
            Operation.objects.bulk_create(
                Operation(lot=parent, reference=f"N-{n}", last_name="N", postcode="33650", department="33")
                for n in range(1_100)
            )
        )
    )
    browser = Client()
    browser.force_login(person)
    for name in ("missions:list", "planning:contacts"):
        assert "1\u202f000+" in browser.get(reverse(name)).content.decode(), name
