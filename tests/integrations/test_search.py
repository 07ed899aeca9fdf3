"""Search against the real Meilisearch: found, fresh, permitted, escaped, and PostgreSQL when it is away."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Value

from integrations.search import engine as engine_module
from integrations.search import sync
from integrations.search.engine import clean
from integrations.search.index import INDEXES
from integrations.search.mapping import phone_forms
from lots.models import Operation
from lots.models.lots import OPERATION_WORDS
from missions.models import Mission
from quality.selectors.search import search_everything
from quality.templatetags.search import marked
from spekty.core import outbox
from spekty.core.folding import Fold
from spekty.core.models import OutboxMessage
from spekty.core.ports import MARK_END, MARK_START
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_bell(monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda topic: None)
    monkeypatch.setattr(engine_module, "_down_until", 0.0)


@pytest.fixture
def index(meilisearch_server):
    engine = sync.connect()
    for kind, settings in INDEXES.items():
        if engine.has_index(kind) and engine.has_settings(kind, settings):
            engine.remove(kind, list(dict(engine.digests(kind))))
        else:
            engine.make_index(kind, settings)
    return engine


@pytest.fixture
def office():
    return factories.user("siege")


def drain():
    for topic, _ in sync.KINDS.values():
        while outbox.drain(topic).total:
            pass


def make(**operation):
    mission = factories.mission(operation=factories.operation(factories.lot(), **operation))
    drain()
    return mission


@pytest.mark.parametrize(
    "text",
    [
        "dupont",
        "dupond",
        "Dupont l'hay",
        "hay les roses",
        "lhay",
        "DOSSIER-7788",
        "dossier-77",
        "06 12 34 56 78",
        "0612345678",
        "+33 6 12 34 56 78",
        "06 12 34",
        "94240",
        "chemin des combles",
        "isolation du sud",
        "à planifier dupont",
    ],
)
def test_a_mission_is_found_by_what_people_type(index, office, text):
    mission = make(
        last_name="Dupont",
        reference="DOSSIER-7788",
        phone="+33612345678",
        city="L’Haÿ-les-Roses",
        postcode="94240",
        address="5 chemin des Combles",
    )
    make(last_name="Martin", city="Rennes", postcode="35000", reference="AUTRE-1234", phone="0299887766")
    results = search_everything(office, text)
    assert not results.degraded
    assert results.missions[0].row == mission


@pytest.mark.parametrize("text", ["DOSSIER-7789", "94241", "0612345679"])
def test_a_reference_a_postcode_or_a_phone_is_right_or_wrong(index, office, text):
    make(last_name="Dupont", reference="DOSSIER-7788", phone="0612345678", postcode="94240")
    assert search_everything(office, text).missions == []


def test_its_own_number_comes_first_even_before_it_is_indexed(index, office):
    mission = factories.mission(number="M-2026-900001")
    assert [hit.row for hit in search_everything(office, "m-2026-900001").missions] == [mission]


def test_every_way_of_writing_is_promised_to_the_index(index, office):
    mission = make(last_name="Dupont")
    mission.operation.last_name = "Lemaire"
    mission.operation.save()
    Mission.objects.filter(pk=mission.pk).update(comment="vu")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE lots_installer SET name = 'Toits d’Armor'")
    assert OutboxMessage.objects.waiting().filter(topic="search.mission").count() == 1, "one stands for all"
    drain()
    assert search_everything(office, "lemaire").missions[0].row == mission
    assert search_everything(office, "armor").missions[0].row == mission
    assert search_everything(office, "dupont").missions == []


def test_a_renamed_client_is_found_through_its_lots_and_missions(index, office):
    mission = make()
    client = mission.lot.client
    client.name = "Zéphyr Énergies"
    client.save()
    drain()
    results = search_everything(office, "zephyr")
    assert (results.missions[0].row, results.lots[0].row, results.clients[0].row) == (
        mission,
        mission.lot,
        client,
    )


def test_a_deleted_mission_leaves_the_index(index, office):
    mission = make(last_name="Dupont")
    mission.delete()
    drain()
    assert dict(index.digests("missions")) == {}


def test_rights_are_those_of_postgresql(index):
    agent = factories.agent(user=factories.user("intervenant"))
    mine = make(last_name="Dupont")
    make(last_name="Dupont")
    Mission.objects.filter(pk=mine.pk).update(agent=agent)
    drain()
    results = search_everything(agent.user, "dupont")
    assert [hit.row for hit in results.missions] == [mine]
    assert (results.lots, results.clients, results.agents) == ([], [], [])
    Mission.objects.filter(pk=mine.pk).update(agent=None)
    assert search_everything(agent.user, "dupont").missions == [], "the index is late, the right isn't"


def test_what_matched_is_marked_and_the_rest_escaped(index, office):
    make(last_name="Dupont <script>alert(1)</script>")
    marks = search_everything(office, "dupont").missions[0].marks
    html = marked(marks["beneficiary"])
    assert "<mark>Dupont</mark>" in html
    assert "<script>" not in html


def test_unpaired_marks_are_dropped():
    assert marked(f"a{MARK_START}b") == "ab"
    assert marked(f"{MARK_START}<b>{MARK_END}") == "<mark>&lt;b&gt;</mark>"


def test_agents_are_found_by_the_office(index, office):
    agent = factories.agent(first_name="Aïcha", last_name="Le Goff")
    assert search_everything(office, "aicha le goff").agents == [agent]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", ""])
def test_without_meilisearch_postgresql_searches_and_says_so(settings, office, url):
    settings.MEILI_URL = url
    mission = factories.mission(
        operation=factories.operation(last_name="Lefèvre", phone="06 12 34 56 78", city="L’Haÿ-les-Roses")
    )
    factories.mission(operation=factories.operation(last_name="Martin"))
    for text in (
        "lefevre",
        "LEFÈV",
        "lefevre haÿ",
        mission.number.lower(),
        mission.lot.number,
        "06 12 34 56",
    ):
        results = search_everything(office, text)
        assert results.degraded
        assert [hit.row for hit in results.missions] == [mission], text


def test_the_fallback_uses_the_trigram_index(settings, office):
    factories.mission()
    operations = (
        Operation.objects.order_by()
        .alias(words=OPERATION_WORDS)
        .filter(words__contains=Fold(Value("Poirier")))
    )
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = operations.explain()
    assert "operation_words" in plan, f"{plan} {operations.query}"


def test_a_dead_engine_is_not_asked_at_each_keystroke(settings, office, monkeypatch):
    settings.MEILI_URL = "http://127.0.0.1:9"
    search_everything(office, "dupont")
    monkeypatch.setattr(engine_module, "connect", lambda **kw: pytest.fail("asked again"))
    assert search_everything(office, "dupont").degraded


def test_drift_is_found_and_repaired_by_the_outbox(index):
    missions = [factories.mission() for _ in range(6)]
    drain()
    index.remove("missions", [missions[0].pk])
    index.put(
        "missions", [{"id": missions[1].pk, "number": "faux", "digest": "x"}, {"id": 10**9, "digest": "y"}]
    )
    drift = sync.reconcile("missions")
    assert (drift.missing, drift.stale, drift.ghosts) == (1, 1, 1)
    drain()
    assert sync.reconcile("missions").total == 0


def test_rebuild_swaps_a_complete_index(index, office, capsys):
    missions = [factories.mission() for _ in range(5)]
    OutboxMessage.objects.all().delete()
    call_command("reindex_search")
    assert "missions : 5 documents" in capsys.readouterr().out
    assert set(dict(index.digests("missions"))) == {mission.pk for mission in missions}
    assert not index.has_index("missions_building")


def test_a_fresh_installation_makes_its_index_at_the_first_change(meilisearch_server):
    engine = sync.connect()
    for kind in INDEXES:
        engine.drop_index(kind)
    mission = make()
    assert list(dict(engine.digests("missions"))) == [mission.pk]
    assert all(engine.has_settings(kind, settings) for kind, settings in INDEXES.items())


def test_an_index_with_old_settings_is_rebuilt_by_the_reconciliation(index):
    mission = make()
    index.make_index("missions", {"searchableAttributes": ["number"]})
    assert not index.has_settings("missions", INDEXES["missions"])
    sync.reconcile("missions")
    assert index.has_settings("missions", INDEXES["missions"])
    assert list(dict(index.digests("missions"))) == [mission.pk]


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("+33 6 12 34 56 78", "0612345678"),
        ("0033612345678", "0612345678"),
        ("06.12.34", "061234"),
        ("33650", "33650"),
        ("  Dupont  ", "Dupont"),
        ("M-2026-1", "M-2026-1"),
    ],
)
def test_phone_numbers_are_asked_in_one_block(typed, asked):
    assert clean(typed) == asked


def test_phone_forms():
    assert phone_forms("+33 6 12 34 56 78") == ["0612345678", "06 12 34 56 78"]
    assert phone_forms("") == []


def test_queries_do_not_grow_with_the_results(index, office, django_assert_max_num_queries):
    for _ in range(30):
        make(last_name="Dupont")
    office.roles  # noqa: B018  (read once per request)
    with django_assert_max_num_queries(4):
        assert len(search_everything(office, "dupont", 50).missions) == 30
