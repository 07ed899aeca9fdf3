"""Every address x method x role: who gets in (README: a foreign object is 404, a forbidden page or verb 403).

A line of TABLE: address, arguments (a key of the world), what GET answers, what POST answers. An answer is
"code roles; code roles"; roles that aren't named get 403, a verb without answer ("-") 405 to all who sign in.
A client's reader is the only one whose answers depend on whose object it is: the second test hands them B's.
"""

import copy
import html
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from weasyprint import HTML

from tests import access_world
from tests.emptying import around_tests

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "owner", "other", "planner", "office", "quality", "pay", "direction", "reader", "admin")
GROUPS = {
    "everyone": ROLES,
    "all": ROLES[1:],
    "readers": ("planner", "office", "quality", "pay", "direction", "reader", "admin"),
    "staff": ("planner", "office", "quality", "pay", "direction", "admin"),
    "board": ("planner", "office", "direction", "admin"),
    "billers": ("office", "pay", "direction", "admin"),
    "writers": ("office", "direction", "admin"),
    "payers": ("pay", "direction", "admin"),
    "agents": ("owner", "other"),
    "planners": ("planner", "admin"),
    "reviewers": ("quality", "admin"),
    "others": tuple(role for role in ROLES[1:] if role != "planner"),
}
# What isn't ours to list: no name, or a package with its own tests.
SKIPPED = {
    "account": "django-allauth: sign-in, sign-out, passwords",
    "admin": "django.contrib.admin: staff only, tried by test_the_back_office_is_for_staff",
}
FORM = "application/x-www-form-urlencoded"

TABLE = """
accounts:add_row              table          404 admin                          404 admin
accounts:agent                agent          200 staff                          422 admin
accounts:agents               -              200 staff                          -
accounts:edit_row             row            200 admin                          200 admin
accounts:settings             -              200 staff                          -
billing:agreement             -              200 billers                        -
billing:credit                invoice        200 billers                        200 billers
billing:detail                invoice        200 billers                        -
billing:discard               draft          -                                  302 billers
billing:export                -              200 billers                        -
billing:issue                 draft          200 billers                        200 billers
billing:issue_ready           -              200 billers                        302 billers
billing:issued                -              200 billers                        -
billing:list                  -              200 billers                        -
billing:pdf                   invoice        200 billers                        -
billing:prepare_lot           lot_id         -                                  302 billers
billing:prepare_month         client         -                                  302 billers
billing:prices                -              200 payers                         200 payers
billing:rates                 -              200 payers                         200 payers
billing:send                  invoice        -                                  302 billers
billing:settle                invoice        200 billers                        200 billers
billing:unsettle              invoice        200 billers                        200 billers
core:appearance               -              -                                  302 everyone
core:components               -              200 all                            -
core:connectors               -              200 staff                          -
core:help                     -              200 all                            -
core:home                     -              302 all                            -
core:settle_message           letter         -                                  302 writers
cutover:add_condition         -              -                                  302 writers
cutover:classify              -              200 writers                        200 writers
cutover:cockpit               -              200 writers                        -
cutover:compare               -              200 writers                        -
cutover:condition             condition      200 writers                        200 writers
cutover:crosscheck            -              200 staff agents                   -
cutover:dossier               -              -                                  302 writers
cutover:dossier_file          dossier        200 writers                        -
cutover:findings              -              200 writers                        -
cutover:findings_export       -              200 writers                        -
cutover:freeze                -              404 writers                        404 writers
cutover:go                    -              -                                  302 direction admin
cutover:launch                -              -                                  302 writers
cutover:progress              run            286 writers                        -
cutover:rollback              run            200 writers                        200 writers
cutover:run                   run            200 writers                        -
cutover:script                script         200 writers                        302 writers
cutover:sign                  -              -                                  302 writers
cutover:unfreeze              -              200 writers                        200 writers
cutover:upload                -              -                                  302 writers
field:add_photo               reading        -                                  422 agents
field:attempt                 mission        -                                  302 owner; 404 other
field:day                     -              200 agents                         -
field:kilometres              date           -                                  302 agents
field:manifest                -              200 everyone                       -
field:mission                 mission        200 owner; 404 other               -
field:offline                 -              200 agents                         -
field:outbox                  -              200 agents                         -
field:photo                   photo          200 owner; 404 other               -
field:reading                 mission        200 owner; 404 other               404 agents
field:readings                -              200 agents                         -
field:start                   mission        -                                  302 owner; 404 other
field:stop                    mission        -                                  302 owner; 404 other
field:unproductive            mission        200 owner; 404 other               200 owner; 404 other
field:week                    -              200 agents                         -
field:worker                  -              200 everyone                       -
health                        -              200 everyone                       -
integrations:agent_calendar   token          200 everyone                       -
integrations:kizeo_webhook    secret         -                                  404 everyone
lots:client                   client         200 readers                        -
lots:client_edit              client         200 writers                        422 writers
lots:client_grant             client         -                                  404 admin
lots:client_new               -              200 writers                        422 writers
lots:clients                  -              200 readers                        -
lots:close                    lot_closing    200 writers                        302 writers
lots:detail                   lot            200 readers                        -
lots:document                 document       200 readers                        -
lots:document_add             -              200 writers                        422 writers
lots:documents                -              200 readers                        -
lots:draw                     draw           200 readers                        -
lots:export                   export         200 readers                        -
lots:import                   -              200 writers                        422 writers
lots:import_batch             batch          302 readers                        -
lots:import_columns           batch          200 writers                        302 writers
lots:import_commit            batch          -                                  302 writers
lots:import_file              batch          200 readers                        -
lots:import_fix               batch_line     -                                  302 writers
lots:import_leave_out         batch_line     -                                  302 writers
lots:import_retry             batch          -                                  302 writers
lots:import_rows              batch          200 readers                        -
lots:import_undo              batch          -                                  302 writers
lots:imports                  -              200 readers                        -
lots:list                     -              200 readers                        -
lots:reopen                   lot_closing    200 writers                        200 writers
lots:synthesis                synthesis      200 readers                        -
mailbox                       -              200 everyone                       -
mailbox-attachment            part           404 everyone                       -
mailbox-message               message        404 everyone                       -
missions:act                  act            200 board; 404 other               404 other; 422 board
missions:anomalies            -              200 staff                          -
missions:bulk                 -              -                                  400 board
missions:delete_view          view           -                                  302 planner; 404 others
missions:detail               number         200 readers; 302 owner; 404 other  -
missions:document             mission_paper  200 readers owner; 404 other       -
missions:draw                 lot_to_draw    200 writers                        422 writers
missions:export               -              200 all                            -
missions:filters              -              200 all                            -
missions:invitation           slot           200 everyone                       422 everyone
missions:invitation_calendar  slot           200 everyone                       -
missions:list                 -              200 readers; 302 agents            -
missions:save_view            -              -                                  302 all
missions:settle               anomaly        200 staff                          422 staff
missions:today                -              200 staff; 302 agents reader       -
missions:top_up               lot            200 writers                        422 writers
missions:undo                 -              -                                  400 board
payroll:agent                 agent          200 payers                         -
payroll:agent_pdf             agent          200 payers                         -
payroll:close                 -              200 payers                         302 payers
payroll:compute               -              -                                  302 payers
payroll:export                -              200 payers                         -
payroll:list                  -              200 payers                         -
payroll:mine                  -              200 agents                         -
payroll:mine_pdf              -              200 agents                         -
payroll:scales                -              200 payers                         200 payers
planning:absences             -              200 board                          200 planners
planning:add_link             agent          -                                  422 planners
planning:add_right            agent          -                                  422 planners
planning:agree                mission        -                                  400 planners
planning:apply_run            plan_run       -                                  302 planners
planning:board                today          200 board                          -
planning:contacts             -              200 board                          -
planning:day                  -              200 board                          -
planning:dialog               mission        200 planners                       -
planning:end_right            right          -                                  302 planners
planning:lock                 -              -                                  400 planners
planning:lock_day             today          -                                  302 planners
planning:member               agent          200 board                          -
planning:move                 -              -                                  400 planners
planning:optimise             -              200 board                          200 planners
planning:compare              today          200 board                          -
planning:preview              today          404 planners                       -
planning:publish              today          -                                  302 planners
planning:remove_absence       absence        -                                  302 planners
planning:run                  plan_run       200 board                          -
planning:run_again            plan_run       -                                  302 planners
planning:save_conditions      agent          -                                  422 planners
planning:skills               -              200 board                          -
planning:slots                mission        200 planners                       -
planning:smooth               today          302 board                          -
planning:undo                 -              -                                  302 planners
planning:week                 -              200 board                          -
planning:week_of              today          200 board                          -
quality:amend                 reported       -                                  422 reviewers
quality:dashboard             -              200 reviewers direction            -
quality:decide                waiting        -                                  422 reviewers
quality:dispute               dispute        200 reviewers                      422 reviewers
quality:disputes              -              200 reviewers                      -
quality:photo                 photo          200 staff                          -
quality:preview               waiting        200 reviewers                      -
quality:queue                 -              200 reviewers                      -
quality:reinspect             reported       -                                  302 reviewers office
quality:report                report         200 readers owner; 404 other       -
quality:reports               reported       200 readers owner; 404 other       -
quality:review                waiting        200 reviewers                      -
quality:search                -              200 all                            -
quality:signature             signature      200 staff                          -
"""


@dataclass(frozen=True)
class Line:
    name: str
    args: str
    answers: dict[str, str]

    @property
    def is_public(self) -> bool:
        return "everyone" in "".join(self.answers.values())

    def expected(self, method: str, role: str) -> int:
        spec = self.answers.get(method, "-")
        if role == "anonymous" and not self.is_public:
            return 302
        if spec == "-":
            return 405
        for answer in spec.split(";"):
            code, *roles = answer.split()
            if role in {name for word in roles for name in GROUPS.get(word, (word,))}:
                return int(code)
        return 403


def read_table() -> list[Line]:
    lines = [re.split(r"\s{2,}", line.strip()) for line in TABLE.strip().splitlines()]
    return [
        Line(name, "" if args == "-" else args, {"GET": get, "POST": post}) for name, args, get, post in lines
    ]


LINES = read_table()


def named_urls(resolver: Any = None, space: str = "") -> Iterator[str]:
    """Walk the resolver; give each name with its namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from named_urls(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}"


def test_every_named_address_is_in_the_table():
    ours = {name for name in named_urls() if re.split(r"[_:]", name)[0] not in SKIPPED}
    table = [line.name for line in LINES]
    assert sorted(ours - set(table)) == [], "write these addresses in TABLE"
    assert sorted(set(table) - ours) == [], "these addresses are no more"
    assert len(table) == len(set(table))


def words_only(page: HTML, *_: Any, **__: Any) -> bytes:
    """Stand for a paper by its words: laying it out has its own tests, and here its words are read."""
    return ("%PDF-1.7 " + " ".join(page.etree_element.itertext())).encode()


@pytest.fixture(scope="module", autouse=True)
def papers_are_not_laid_out():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HTML, "write_pdf", words_only)
        yield


@pytest.fixture(autouse=True)
def counters_are_kept(settings):
    """Keep the frame's counters as the product does: they are the same from one page to the next."""
    cache.clear()
    settings.SHELL_MEMORY = 600
    yield
    cache.clear()


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """Build the world once, in a transaction around the module's tests."""
    with django_db_blocker.unblock(), around_tests():
        yield access_world.build()


@pytest.fixture
def world(built, db):
    """Give a test its own copy of the world's objects; what it writes is rolled back."""
    return copy.deepcopy(built)


@dataclass(frozen=True)
class Answer:
    code: int
    location: str
    body: bytes


@contextmanager
def writes() -> Iterator[list[str]]:
    """Gather the statements that write; the session's own are no business of a page."""
    said: list[str] = []

    def watch(execute, sql, params, many, context):
        if (
            re.match(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|COPY)\b", str(sql), re.I)
            and "django_session" not in sql
        ):
            said.append(str(sql)[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield said


def ask(
    browser: Client, method: str, url: str, headers: dict[str, str] | None = None
) -> tuple[Answer, list[str]]:
    """Ask, then forget all that it wrote."""
    with transaction.atomic(), writes() as said:
        answer = browser.generic(method, url, content_type=FORM, headers=headers)
        transaction.set_rollback(True)
    body = b"".join(answer) if answer.streaming else answer.content
    return Answer(answer.status_code, answer.headers.get("Location", ""), body), said


def browser_of(world: access_world.World, role: str) -> Client:
    browser = Client(raise_request_exception=False)
    if role != "anonymous":
        browser.force_login(world.people[role])
    return browser


@pytest.mark.parametrize("role", ROLES)
def test_each_role_meets_what_the_table_says(world, role):
    browser, wrong = browser_of(world, role), []
    for line in LINES:
        url = reverse(line.name, args=world.a.args[line.args])
        for method in ("GET", "POST", "DELETE"):
            answer, said = ask(browser, method, url)
            expected = line.expected(method, role)
            if answer.code != expected and not (method == "DELETE" and answer.code == 403):
                wrong.append(f"{method} {line.name}: {answer.code}, not {expected}")
            if role == "anonymous" and not line.is_public and "/compte/" not in answer.location:
                wrong.append(f"{method} {line.name}: sent to « {answer.location} », not to the sign-in")
            if said and (method == "GET" or answer.code >= 400):
                wrong.append(f"{method} {line.name}: wrote {said[0]}")
    assert wrong == []


CLIENTS = {
    *("client", "lot", "lot_to_draw", "lot_closing", "lot_id", "synthesis", "draw", "document", "batch"),
    *("batch_line", "mission", "number", "act", "mission_paper", "waiting", "reported", "report", "photo"),
    *("signature", "dispute", "invoice", "draft", "anomaly", "reading"),
}


def test_the_objects_of_another_client_are_not_there(world):
    """What answers about one's own client is 404 about another's; a closed page stays closed."""
    browser, wrong = browser_of(world, "reader"), []
    for line in (line for line in LINES if line.args in CLIENTS):
        for method in ("GET", "POST"):
            expected = line.expected(method, "reader")
            answer, _ = ask(browser, method, reverse(line.name, args=world.b.args[line.args]))
            allowed = {403: (403, 404), 405: (405,)}.get(expected, (404,))
            if answer.code not in allowed:
                wrong.append(f"{method} {line.name}: {answer.code}")
    assert wrong == []


QUERIES = ("", "?q=Gabrielle", "?vue=tous&q=LOT", "?client=CL-Zibeline", "?page=1&toutes=1", "?format=xlsx")


def test_nothing_of_another_client_is_ever_read(world):
    """B's word is in each of B's texts: no page, list, search, export or paper of A's reader has it."""
    browser, leaks, answered = browser_of(world, "reader"), [], 0
    urls = [
        reverse(line.name, args=world.a.args[line.args]) + query
        for line in LINES
        if not line.is_public and line.expected("GET", "reader") == 200
        for query in QUERIES
    ]
    urls += [
        reverse("lots:export", args=["xlsx"]),
        reverse("lots:synthesis", args=[*world.a.args["lot"], "xlsx"]),
        f"{reverse('quality:search')}?palette=1&q=Gabrielle",
    ]
    for url in urls:
        for headers in ({}, {"HX-Request": "true"}):
            answer, _ = ask(browser, "GET", url, headers)
            text = readable(answer.body).replace("CL-Zibeline", "")
            answered += "Aubépine" in text
            if answer.code != 200 or re.search("zibeline", text, re.I):
                leaks.append(
                    f"{url}: {answer.code} {re.findall('.{40}zibeline.{20}', text, re.I | re.S)[:1]}"
                )
    assert leaks == []
    assert answered > 40, "the reader reads their own client"


def readable(body: bytes) -> str:
    """Return the words of a page, of a workbook or of a paper."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return html.unescape(body.decode("utf-8", "replace"))


def test_the_back_office_is_for_staff(world):
    for role in ROLES:
        answer, _ = ask(browser_of(world, role), "GET", reverse("admin:index"))
        assert answer.code == 302, f"{role}: only is_staff opens it"
    world.people["admin"].is_staff = True
    world.people["admin"].save()
    assert ask(browser_of(world, "admin"), "GET", reverse("admin:index"))[0].code == 200


@pytest.mark.parametrize("role", ["owner", "reader"])
def test_nobody_outside_the_office_reads_the_directory_or_shares_a_view(world, role):
    browser = browser_of(world, role)
    answer, _ = ask(browser, "GET", reverse("missions:filters"))
    assert "Zadig" not in readable(answer.body)
    shared = {"name": "Pour tous", "query": "", "role": "siege"}
    assert browser.post(reverse("missions:save_view"), shared).status_code == 403
    assert browser.post(reverse("missions:save_view"), shared | {"role": ""}).status_code == 302
