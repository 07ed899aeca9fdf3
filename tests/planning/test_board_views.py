"""Pages of the board: who opens them, fragments, budget of queries, what the outside may see of a draft."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planning.models import Stop
from planning.services import place_stop, publish_tours, remove_stop
from spekty.accounts.enums import Contract, Role
from tests import factories
from tests.planning import board

pytestmark = pytest.mark.django_db
PATH = f"/planning/jour/{board.DAY}/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def planner(client):
    person = board.planner()
    client.force_login(person)
    return person


def sign_in(client, role):
    client.force_login(factories.user(role))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.PLANNER, 200),
        (Role.DIRECTION, 200),
        (Role.HEAD_OFFICE, 200),
        (Role.AGENT, 403),
        (Role.QUALITY, 403),
        (Role.PAY_BILLING, 403),
    ],
)
def test_who_opens_the_board(client, role, status):
    sign_in(client, role)
    assert client.get(PATH).status_code == status


@pytest.mark.parametrize("role", [Role.DIRECTION, Role.HEAD_OFFICE, Role.AGENT, Role.QUALITY])
@pytest.mark.parametrize(
    "path",
    ["deplacer/", "verrouiller/", "annuler/", f"jour/{board.DAY}/publier/", f"jour/{board.DAY}/verrou/"],
)
def test_only_planners_change_tours(client, role, path):
    sign_in(client, role)
    assert client.post(f"/planning/{path}").status_code == 403


@pytest.mark.parametrize("role", [Role.DIRECTION, Role.HEAD_OFFICE])
def test_who_cannot_plan_is_led_to_the_missions(client, role):
    placed, waiting = board.missions(2)
    agent = board.agents(1)[0]
    place_stop(mission_id=placed.pk, target=(agent.pk, board.DAY), by=board.by_planner())
    sign_in(client, role)
    page = client.get(PATH).content.decode()
    for mission in (placed, waiting):
        assert f'href="/missions/{mission.number}/" aria-label="Voir {mission.number}' in page
    assert "/planning/deplacer/" not in page
    assert "Aperçu du déplacement" not in page


def test_nobody_signed_in_is_sent_to_the_door(client):
    assert client.get(PATH).status_code == 302


def test_reading_never_writes(client, planner):
    mission = board.mission()
    board.agents(2)
    for path in (PATH, f"{PATH}apercu/?mission={mission.pk}", f"/planning/deplacer/{mission.pk}/"):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        words = {query["sql"].split()[0] for query in queries}
        assert not words & {"INSERT", "UPDATE", "DELETE"}


def test_the_page_costs_the_same_with_few_and_many_visits(client, planner, settings):
    settings.SHELL_BADGES, settings.SHELL_SYNC = {}, ""  # the frame's own counters
    by = board.by_planner()
    people = board.agents(4) + [factories.agent(contract=Contract.FREELANCE)]
    place_stop(mission_id=board.mission().pk, target=(people[0].pk, board.DAY), by=by)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            client.get(PATH)
        return len(queries)

    client.get(PATH)
    few = cost()
    for person in people[:4]:
        for mission in board.missions(5):
            place_stop(mission_id=mission.pk, target=(person.pk, board.DAY), position=9, by=by)
    board.missions(30)
    assert cost() == few <= 15


def post(client, mission, target="", source="", seen="", **more):
    data = {"mission": mission.pk, "target": target, "source": source, "seen": seen, "shown": board.DAY}
    return client.post("/planning/deplacer/", data | more, headers=HTMX)


def test_the_fragment_of_a_move_is_what_the_page_shows(client, planner):
    agents = board.agents(2)
    mission = board.mission()
    answer = post(client, mission, target=f"{agents[0].pk}:{board.DAY}")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'id="lane-{agents[0].pk}"' in text and f'id="lane-{agents[1].pk}"' not in text
    page = client.get(PATH).content.decode()
    lane = text[text.index(f'<section class="sp-lane" id="lane-{agents[0].pk}"') : text.index("</section>")]
    plain = lane.replace(' hx-swap-oob="true"', "")

    def without_token(html):
        import re

        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)

    assert without_token(plain).strip() in without_token(page)


def test_a_conflict_is_422_with_the_lanes_as_they_are(client, planner):
    agent = board.agents(1)[0]
    first, second = board.missions(2)
    place_stop(mission_id=first.pk, target=(agent.pk, board.DAY), by=board.by_planner())
    key = f"{agent.pk}:{board.DAY}"
    answer = post(client, second, target=key, seen=f"{key}=0")
    assert answer.status_code == 422
    assert (
        "a changé entre-temps" in answer.content.decode()
        and f'data-mission="{first.pk}"' in answer.content.decode()
    )
    assert Stop.objects.count() == 1


def test_a_broken_rule_opens_the_dialog_that_asks_the_reason(client, planner):
    agent = board.agents(1)[0]
    agent.max_stops = 0
    agent.save()
    mission = board.mission()
    key = f"{agent.pk}:{board.DAY}"
    answer = post(client, mission, target=key)
    assert answer.status_code == 422 and answer["HX-Retarget"] == "#dialog-body"
    assert "demande un motif" in answer.content.decode()
    assert post(client, mission, target=key, reason="Urgent").status_code == 200
    assert Stop.objects.get().reason == "Urgent"


@pytest.mark.parametrize(
    "data", [{}, {"mission": "x", "target": "1:2026-02-04"}, {"mission": "1", "target": "a:b"}]
)
def test_an_unreadable_gesture_is_refused(client, planner, data):
    assert client.post("/planning/deplacer/", data).status_code == 400


def test_an_unknown_mission_or_agent_is_404(client, planner):
    agent = board.agents(1)[0]
    assert post(client, type("M", (), {"pk": 999})(), target=f"{agent.pk}:{board.DAY}").status_code == 404
    assert post(client, board.mission(), target=f"999:{board.DAY}").status_code == 404
    assert client.get("/planning/jour/2026-02-31/").status_code == 404


def test_comparing_says_what_publishing_would_change(client, planner):
    by = board.by_planner()
    agent = board.agents(1)[0]
    key = agent.pk, board.DAY
    kept, gone, come = board.missions(3)
    for mission in (kept, gone):
        place_stop(mission_id=mission.pk, target=key, position=9, by=by)
    assert "Première publication" in client.get(f"{PATH}comparer/").content.decode()
    publish_tours(keys=[key], by=by)
    remove_stop(mission_id=gone.pk, source=key, by=by)
    place_stop(mission_id=come.pk, target=key, position=1, by=by)
    page = client.get(f"{PATH}comparer/", headers=HTMX).content.decode()
    assert f"{come.number} ajoutée" in page and f"{gone.number} retirée" in page
    assert f"{kept.number} change d’heure" in page
