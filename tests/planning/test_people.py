"""Absences, rights, hours and links, as services and as pages."""

import datetime as dt

import pytest
from django.utils import timezone

from planning.services import place_stop
from planning.services.people import DatesCross, add_absence, end_authorisation, grant_authorisation
from spekty.accounts.enums import Role
from spekty.accounts.models import Absence, Agent, DeclaredLink
from tests import factories
from tests.planning import board

pytestmark = pytest.mark.django_db
DAY = board.DAY


@pytest.fixture
def by():
    return board.by_planner()


@pytest.fixture
def agent():
    return board.agents(1)[0]


def test_an_absence_tells_how_many_visits_must_move(agent, by):
    place_stop(mission_id=board.mission().pk, target=(agent.pk, DAY), by=by)
    noted = add_absence(agent=agent, first_day=DAY, last_day=DAY, reason="Congé", by=by)
    assert noted.stops_to_move == 1


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (0, 0), (2, 5), (-3, 9)])
def test_absences_never_overlap(agent, by, start, end):
    add_absence(agent=agent, first_day=DAY, last_day=DAY + dt.timedelta(2), reason="", by=by)
    with pytest.raises(DatesCross):
        add_absence(
            agent=agent,
            first_day=DAY + dt.timedelta(start),
            last_day=DAY + dt.timedelta(end),
            reason="",
            by=by,
        )


def test_rights_of_a_family_never_overlap(by):
    agent = factories.agent(families=())
    right = grant_authorisation(agent=agent, family="ISO", valid_from=DAY, valid_to=None, by=by)
    with pytest.raises(DatesCross):
        grant_authorisation(agent=agent, family="ISO", valid_from=DAY + dt.timedelta(9), valid_to=None, by=by)
    end_authorisation(authorisation=right, last_day=DAY + dt.timedelta(8), by=by)
    grant_authorisation(agent=agent, family="ISO", valid_from=DAY + dt.timedelta(9), valid_to=None, by=by)
    with pytest.raises(DatesCross):
        end_authorisation(authorisation=right, last_day=None, by=by)
    grant_authorisation(agent=agent, family="PAC", valid_from=DAY, valid_to=None, by=by)


@pytest.fixture
def planner(client):
    client.force_login(board.planner())


def test_the_pages_note_and_take_back_an_absence(client, planner, agent):
    day = timezone.localdate() + dt.timedelta(5)
    data = {"agent": agent.pk, "first_day": str(day), "last_day": str(day), "reason": "Formation"}
    assert client.post("/planning/absences/", data).status_code == 302
    assert "Formation" in client.get("/planning/absences/").content.decode()
    assert client.post("/planning/absences/", data).status_code == 422
    absence = Absence.objects.get()
    assert client.post(f"/planning/absences/{absence.pk}/retirer/").status_code == 302
    assert not Absence.objects.exists()
    assert client.post("/planning/absences/", data | {"last_day": "2020-01-01"}).status_code == 422


def test_the_pages_of_skills_change_rights_hours_and_links(client, planner, agent):
    url = f"/planning/competences/{agent.pk}/"
    assert agent.last_name in client.get("/planning/competences/").content.decode()
    assert client.get(url).status_code == 200
    right = agent.authorisations.get(family="ISO")
    assert (
        client.post(f"/planning/habilitations/{right.pk}/fin/", {"last_day": "2026-12-31"}).status_code == 302
    )
    right.refresh_from_db()
    assert right.valid_to == dt.date(2026, 12, 31)
    new = {"h-family": "ISO", "h-valid_from": "2027-01-01", "h-valid_to": ""}
    assert client.post(f"{url}habilitation/", new).status_code == 302
    assert client.post(f"{url}habilitation/", new).status_code == 422
    hours = {
        "c-departments": "40 33",
        "c-workdays": ["0", "1"],
        "c-day_start": "09:00",
        "c-day_end": "17:00",
        "c-lunch_minutes": "30",
        "c-max_km": "200",
        "c-max_stops": "6",
    }
    assert client.post(f"{url}conditions/", hours).status_code == 302
    row = Agent.objects.get(pk=agent.pk)
    assert (row.departments, row.workdays, row.max_km, row.max_stops) == (["33", "40"], [0, 1], 200, 6)
    assert client.post(f"{url}conditions/", hours | {"c-departments": "999"}).status_code == 422
    link = {"l-kind": "client", "l-name": "Énergies", "l-reason": "conjoint", "l-valid_from": "2026-01-01"}
    assert client.post(f"{url}lien/", link | {"l-siren": "12"}).status_code == 422
    assert client.post(f"{url}lien/", link).status_code == 302
    assert DeclaredLink.objects.get().agent == agent


def test_those_who_only_look_change_nothing(client, agent):
    client.force_login(factories.user(Role.DIRECTION))
    assert client.get("/planning/absences/").status_code == 200
    for path in (
        "absences/",
        f"competences/{agent.pk}/conditions/",
        f"competences/{agent.pk}/lien/",
        "optimiser/",
    ):
        assert client.post(f"/planning/{path}").status_code == 403
