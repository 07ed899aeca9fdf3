"""Draws: R1, R2, immutable and replayable; every drawn operation has its mission; top-ups say why."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lots.enums import DocumentKind, DrawKind, LotStatus
from lots.models import Draw, Lot, Operation
from lots.rules.draw import TopUpReason, verify
from lots.selectors.draws import record_of
from lots.services import certificates
from lots.services import draws as services
from lots.services.draws import DrawNotPossible
from missions.enums import MissionStatus
from missions.models import Mission
from missions.selectors.lots import to_make_up
from missions.services.draws import draw_lot, top_up_lot
from spekty.accounts.enums import Role
from spekty.core.engine import NotAllowed, WrongState
from spekty.core.enums import Channel, Conclusion
from tests import factories

pytestmark = pytest.mark.django_db
OFFICE = factories.actor(Role.HEAD_OFFICE)


def filled(count: int, **fields: Any) -> Lot:
    parent = factories.lot(size=count, **fields)
    Operation.objects.bulk_create(
        Operation(lot=parent, reference=f"R-{n:04d}", postcode="33000", city="Bordeaux") for n in range(count)
    )
    return parent


@pytest.fixture
def no_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Certificates take a second each: the tests that don't read them do without."""
    monkeypatch.setattr(services, "render_certificate", lambda draw: f"%PDF-{draw.pk}".encode())


def test_draw_opens_one_mission_per_operation_and_keeps_two_certificates() -> None:
    parent = filled(40)
    missions = draw_lot(lot_id=parent.pk, site_count=6, contact_count=12, by=OFFICE)
    parent.refresh_from_db()
    assert parent.status == LotStatus.DRAWN and parent.drawn_on and parent.size == 40
    assert len(missions) == 18 == Mission.objects.filter(lot=parent).count()
    site, contact = parent.draws.order_by("id")
    assert not set(site.taken) & set(contact.taken)
    assert [m.operation.reference for m in missions] == [*site.taken, *contact.taken]
    papers = parent.documents.filter(kind=DocumentKind.CERTIFICATE)
    assert papers.count() == 2
    assert all(paper.file.mime == "application/pdf" for paper in papers)


@given(st.integers(1, 500), st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_size_draws_and_replays(no_paper: None, size: int, data: st.DataObject) -> None:
    site = data.draw(st.integers(0, size))
    contact = data.draw(st.integers(0 if site else 1, size - site) if size - site or site else st.just(0))
    if not site + contact:
        return
    parent = filled(size)
    done = services.draw_lot(lot_id=parent.pk, site_count=site, contact_count=contact, by=OFFICE)
    assert sum(len(one.operations) for one in done) == site + contact
    assert all(verify(record_of(one.draw)) == [] for one in done)
    chosen = Operation.objects.filter(lot=parent).exclude(selected="")
    assert chosen.count() == site + contact
    assert chosen.filter(selected=Channel.SITE).count() == site


def test_a_record_can_never_be_changed(no_paper: None) -> None:
    parent = filled(5)
    services.draw_lot(lot_id=parent.pk, site_count=1, contact_count=0, by=OFFICE)
    with pytest.raises(DatabaseError), transaction.atomic():
        Draw.objects.filter(lot=parent).update(seed="0" * 64)


def test_a_lot_is_drawn_once(no_paper: None) -> None:
    parent = filled(5)
    draw_lot(lot_id=parent.pk, site_count=1, contact_count=1, by=OFFICE)
    with pytest.raises(WrongState):
        draw_lot(lot_id=parent.pk, site_count=1, contact_count=1, by=OFFICE)
    assert Mission.objects.count() == 2


@pytest.mark.parametrize(("site", "contact"), [(0, 0), (4, 2), (-1, 3)])
def test_impossible_counts_write_nothing(site: int, contact: int) -> None:
    parent = filled(5)
    with pytest.raises(DrawNotPossible):
        draw_lot(lot_id=parent.pk, site_count=site, contact_count=contact, by=OFFICE)
    assert not Draw.objects.exists() and not Mission.objects.exists()


@pytest.mark.parametrize("role", [Role.PLANNER, Role.QUALITY, Role.AGENT, Role.PAY_BILLING])
def test_only_head_office_draws(role: Role) -> None:
    with pytest.raises(NotAllowed):
        draw_lot(lot_id=filled(5).pk, site_count=1, contact_count=0, by=factories.actor(role))


def test_top_up_follows_the_ranking_and_says_why(no_paper: None) -> None:
    parent = filled(20)
    missions = draw_lot(lot_id=parent.pk, site_count=4, contact_count=0, by=OFFICE)
    first = parent.draws.get()
    Mission.objects.filter(pk=missions[0].pk).update(status=MissionStatus.UNREACHABLE)
    reported(missions[1], Conclusion.NS)
    reasons = to_make_up(parent, Channel.SITE)
    assert set(reasons.values()) == {TopUpReason.UNREACHABLE, TopUpReason.NS}
    more = top_up_lot(lot_id=parent.pk, channel=Channel.SITE, by=OFFICE)
    assert [m.operation.reference for m in more] == first.ranking[4:6]
    record = parent.draws.get(kind=DrawKind.TOP_UP)
    assert record.reasons.keys() == reasons.keys() and "injoignable" in record.reason
    assert verify(record_of(record)) == []
    assert to_make_up(parent, Channel.SITE) == {}
    with pytest.raises(DrawNotPossible):
        top_up_lot(lot_id=parent.pk, channel=Channel.SITE, by=OFFICE)
    # R9: what could not be reached stays selected.
    assert missions[0].operation.reference in Operation.objects.filter(selected="SITE").values_list(
        "reference", flat=True
    )


def reported(mission: Mission, conclusion: Conclusion) -> None:
    """Take a mission to its issued report, step by step, as the table of states demands."""
    for status in ("to_contact", "in_progress"):
        Mission.objects.filter(pk=mission.pk).update(status=status)
    visited = "2026-01-20T09:00:00Z"
    Mission.objects.filter(pk=mission.pk).update(status="received", visited_at=visited, conclusion=conclusion)
    Mission.objects.filter(pk=mission.pk).update(status="to_review")
    Mission.objects.filter(pk=mission.pk).update(status="reported", reported_on="2026-01-25")


def test_replay_command_prints_the_recorded_ranks(no_paper: None) -> None:
    parent = filled(12)
    services.draw_lot(lot_id=parent.pk, site_count=2, contact_count=3, by=OFFICE)
    out = StringIO()
    call_command("replay_draw", parent.number, stdout=out)
    printed = [line.split("\t")[1] for line in out.getvalue().splitlines() if "\t" in line]
    assert printed == [ref for draw in parent.draws.order_by("id") for ref in draw.ranking]
    with pytest.raises(CommandError):
        call_command("replay_draw", "LOT-0000-0000")


def test_the_client_makes_its_own_contacts(no_paper: None) -> None:
    parent = filled(10, contact_by_us=False)
    missions = draw_lot(lot_id=parent.pk, site_count=2, contact_count=3, by=OFFICE)
    assert {mission.channel for mission in missions} == {Channel.SITE}
    assert Operation.objects.filter(lot=parent, selected=Channel.CONTACT).count() == 3


def test_certificate_reads_without_an_unknown_variable() -> None:
    parent = filled(3)
    done = services.draw_lot(lot_id=parent.pk, site_count=1, contact_count=0, by=OFFICE)
    assert certificates.render_certificate(done[0].draw).startswith(b"%PDF-")
