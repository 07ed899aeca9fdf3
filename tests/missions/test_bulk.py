"""Acts on many missions: what would change, what is refused and why, what can be undone."""

import datetime as dt

import pytest
from django.utils import timezone

from lots.enums import LotStatus
from missions.models import Mission
from missions.services import bulk
from spekty.core.models import OutboxMessage, StateChange
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bare_frame")]

URL = "/missions/groupe/"


@pytest.fixture
def siege():
    return factories.actor("siege")


def test_a_preview_says_all_and_changes_nothing(siege):
    agent = factories.agent(families=("ISO",), first_name="Ada", last_name="Byron")
    good = factories.mission()
    pac = factories.mission(lot=factories.lot(fiche=factories.fiche("BAR-TH-171", "PAC", 60)))
    over = factories.mission(status="reported")
    before = OutboxMessage.objects.count()
    order = bulk.Order(bulk.ASSIGN, agent, timezone.localdate())
    lines = bulk.preview(order, [good, pac, over], siege)
    assert [(line.before, line.after) for line in lines][0] == ("personne", "Ada Byron")
    assert [line.refusal for line in lines] == [
        "",
        "Pas d’habilitation PAC.",
        "La visite est commencée ou terminée : elle ne change plus d’intervenant.",
    ]
    assert set(Mission.objects.values_list("agent", flat=True)) == {None}
    assert OutboxMessage.objects.count() == before and not StateChange.objects.exists()


def test_a_refusal_leaves_the_others_done(siege):
    good, over = factories.mission(), factories.mission(status="reported")
    lines = bulk.carry_out(bulk.Order(bulk.CANCEL, reason="Doublon"), [good, over], siege)
    good.refresh_from_db()
    assert good.status == "cancelled" and [bool(line.refusal) for line in lines] == [False, True]


def test_the_three_posts_of_a_bulk_act(office):
    day = timezone.localdate() + dt.timedelta(days=9)
    missions = [factories.mission() for _ in range(2)] + [factories.mission(status="reported")]
    sent = {"acte": "echeance", "query": "statut=to_plan", "mission": [m.pk for m in missions]}
    assert "Nouvelle échéance" in office.post(URL, sent).content.decode()
    assert office.post(URL, sent | {"etape": "voir"}).status_code == 422
    asked = sent | {"etape": "voir", "day": day.isoformat()}
    html = office.post(URL, asked).content.decode()
    assert f"{day:%d/%m/%Y}" in html and "l’échéance ne change plus" in html
    assert not Mission.objects.filter(due_on=day).exists()
    done = office.post(URL, asked | {"etape": "faire"})
    assert Mission.objects.filter(due_on=day).count() == 2
    token = done.context["token"]
    assert office.post(f"{URL}annuler/", {"jeton": token}).status_code == 302
    assert not Mission.objects.filter(due_on=day).exists()


def test_an_assignment_is_undone_to_the_former_agent(siege):
    first, second = factories.agent(), factories.agent()
    held, free = factories.mission(agent=first, status="to_contact"), factories.mission()
    day = timezone.localdate()
    lines = bulk.carry_out(bulk.Order(bulk.ASSIGN, second, day), [held, free], siege)
    entries = [(line.mission.pk, *line.undo) for line in lines if line.undo]
    assert bulk.undo(entries, day, siege) == (2, [])
    held.refresh_from_db()
    free.refresh_from_db()
    assert held.agent == first and free.agent is None and free.status == "to_plan"


def test_what_can_not_be_given_back_offers_no_undo(siege):
    mission = factories.mission(agent=factories.agent(), status="to_contact")
    assert bulk.carry_out(bulk.Order(bulk.CANCEL, reason="x"), [mission], siege)[0].undo is None


def test_a_stranger_s_token_undoes_nothing(office, client, sign_in):
    mission = factories.mission()
    sent = {"acte": "echeance", "mission": [mission.pk], "etape": "faire", "day": "2027-01-01"}
    token = office.post(URL, sent).context["token"]
    sign_in("siege")
    assert client.post(f"{URL}annuler/", {"jeton": token}).status_code == 403
    assert client.post(f"{URL}annuler/", {"jeton": token + "x"}).status_code == 400


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("siege", 200),
        ("direction", 200),
        ("planificateur", 200),
        ("admin", 200),
        ("qualite", 403),
        ("paie-facturation", 403),
    ],
)
def test_who_may(client, sign_in, role, status):
    sign_in(role)
    mission = factories.mission()
    assert client.post(URL, {"acte": "annuler", "mission": [mission.pk]}).status_code == status


def test_the_whole_filter_is_one_choice(office):
    parent = factories.lot(status=LotStatus.DRAWN)
    for _ in range(3):
        factories.mission(lot=parent)
    factories.mission()
    sent = {"acte": "annuler", "tous": "1", "query": f"lot={parent.number}"}
    assert office.post(URL, sent).context["count"] == 3


@pytest.mark.parametrize("sent", [{"acte": "supprimer"}, {}])
def test_an_unknown_act_is_refused(office, sent):
    assert office.post(URL, sent | {"mission": ["1"]}).status_code == 400


def test_nothing_ticked_says_so(office):
    answer = office.post(URL, {"acte": "annuler", "mission": ["x", "9" * 30]}, follow=True)
    assert "Cochez d’abord des missions" in answer.content.decode()
