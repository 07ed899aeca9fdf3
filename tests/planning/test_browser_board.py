"""The board in a real browser: dragging, keys, dialog, conflict, undo, publication; accessible, and fits."""

import datetime as dt
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from planning.models import Stop, Tour
from planning.services import place_stop, publish_tours, set_stop_lock
from spekty.accounts.models import Absence, Agent
from tests.browser import violations
from tests.planning import board

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("browser"),
]
NEXT = timezone.localdate() + dt.timedelta(8 - timezone.localdate().weekday())
PATH = f"/planning/jour/{board.DAY}/"


@pytest.fixture
def open_page(browser: Browser, live_server: Any, settings: Any) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page as a planner; fail on a console error or a CSP violation."""
    settings.SHELL_SYNC = ""
    problems: list[str] = []
    contexts = []

    def opened(path: str = PATH, *, width=1366, height=900, scripts=True, touch=False) -> Page:
        client = Client()
        client.force_login(board.planner())
        context = browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            has_touch=touch,
            base_url=live_server.url,
        )
        contexts.append(context)
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [p for p in problems if "422" not in p and "503" not in p] == []


@pytest.fixture
def scene():
    """Two agents with visits, one away, missions to assign."""
    board.load_parameters()
    by = board.by_planner()
    one, other, away = board.agents(3)
    Absence.objects.create(agent=away, first_day=board.DAY, last_day=board.DAY, reason="Congé")
    missions = board.missions(7)
    for mission in missions[:3]:
        place_stop(mission_id=mission.pk, target=(one.pk, board.DAY), position=9, by=by)
    place_stop(mission_id=missions[3].pk, target=(other.pk, board.DAY), by=by)
    publish_tours(keys=[(other.pk, board.DAY)], by=by)
    return (one.pk, board.DAY), (other.pk, board.DAY), missions


def card(page: Page, mission):
    return page.locator(f'[data-mission="{mission.pk}"]')


def lane(page: Page, key):
    return page.locator(f"#lane-{key[0]}")


def settled(page: Page) -> None:
    """Wait until the server has answered every gesture: until then a lane may still be drawn again."""
    expect(page.locator("[data-board]")).not_to_have_attribute("aria-busy", "true")


def hold_line(page: Page) -> Callable[[], None]:
    """Hold gestures back from the server until the function given is called."""
    held: list[Route] = []
    is_held = True
    page.route("**/deplacer/", lambda route: held.append(route) if is_held else route.continue_())

    def release() -> None:
        nonlocal is_held
        is_held = False
        for route in held:
            route.continue_()

    return release


def drag(page: Page, source, target) -> None:
    source.scroll_into_view_if_needed()
    start, end = source.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + start["width"] / 2 + 12, start["y"] + start["height"] / 2 + 12, steps=4)
    page.mouse.move(end["x"] + end["width"] - 24, end["y"] + end["height"] / 2, steps=12)
    for trial in range(60):
        page.mouse.move(end["x"] + end["width"] - 20 + trial % 2, end["y"] + end["height"] / 2 + 2)
        page.wait_for_timeout(50)
        # The board makes room where the hand is, a moment later.
        if target.locator(".sortable-ghost").count():
            break
    page.mouse.up()


def test_a_mission_is_dragged_from_the_list_to_a_lane_with_a_preview(open_page, scene):
    one, other, missions = scene
    page = open_page()
    with page.expect_response("**/deplacer/"):
        drag(page, card(page, missions[4]), lane(page, other).locator("[data-stops]"))
    expect(lane(page, other).locator(f'[data-mission="{missions[4].pk}"]')).to_be_visible()
    expect(page.locator("#preview")).to_contain_text(missions[4].number)
    expect(page.locator("#toasts")).to_contain_text(f"{missions[4].number} affectée")
    expect(lane(page, other)).to_contain_text("Modifiée")
    assert missions[4].pk in board.order(other)


def test_a_visit_is_dragged_from_a_lane_to_another_and_back_to_the_list(open_page, scene):
    one, other, missions = scene
    page = open_page()
    with page.expect_response("**/deplacer/"):
        drag(page, card(page, missions[0]), lane(page, other).locator("[data-stops]"))
    expect(lane(page, other).locator(f'[data-mission="{missions[0].pk}"]')).to_be_visible()
    settled(page)
    with page.expect_response("**/deplacer/"):
        drag(page, card(page, missions[0]), page.locator("#waiting"))
    expect(page.locator("#waiting").locator(f'[data-mission="{missions[0].pk}"]')).to_be_visible()
    assert missions[0].pk not in board.order(one) + board.order(other)


def test_the_keys_move_lock_and_undo_and_the_focus_follows(open_page, scene):
    one, other, missions = scene
    page = open_page()
    first = card(page, missions[0]).locator("a")
    first.focus()
    with page.expect_response("**/deplacer/"):
        page.keyboard.press("Alt+ArrowRight")
    expect(card(page, missions[0]).locator("a")).to_be_focused()
    assert board.order(one)[1] == missions[0].pk
    with page.expect_response("**/deplacer/"):
        page.keyboard.press("Alt+ArrowDown")
    expect(lane(page, other).locator(f'[data-mission="{missions[0].pk}"] a')).to_be_focused()
    with page.expect_response("**/verrouiller/"):
        page.keyboard.press("l")
    expect(card(page, missions[0])).to_have_attribute("data-locked", "")
    for _ in range(3):
        with page.expect_response("**/annuler/"):
            page.keyboard.press("u")
    settled(page)
    assert board.order(one)[0] == missions[0].pk
    expect(lane(page, one).locator("[data-mission]").first).to_have_attribute(
        "data-mission", str(missions[0].pk)
    )


def test_quick_gestures_each_count_on_a_slow_line(open_page, scene):
    one, other, missions = scene
    page = open_page()
    release = hold_line(page)
    card(page, missions[0]).locator("a").focus()
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Alt+ArrowRight")
    drag(page, card(page, missions[4]), lane(page, other).locator("[data-stops]"))
    drag(page, card(page, missions[5]), lane(page, other).locator("[data-stops]"))
    release()
    settled(page)
    assert board.order(one) == [missions[1].pk, missions[2].pk, missions[0].pk]
    assert set(board.order(other)) == {missions[3].pk, missions[4].pk, missions[5].pk}


def test_publishing_waits_for_the_gestures_before_it(open_page, scene):
    one, other, missions = scene
    page = open_page()
    release = hold_line(page)
    drag(page, card(page, missions[4]), lane(page, one).locator("[data-stops]"))
    drag(page, card(page, missions[5]), lane(page, one).locator("[data-stops]"))
    with page.expect_navigation():
        page.get_by_role("button", name="Publier").click(no_wait_after=True)
        release()
    expect(page.locator("#toasts")).to_contain_text("publiée")
    told = [stop["mission"] for stop in Tour.objects.get(agent=one[0]).published]
    assert {missions[4].pk, missions[5].pk} <= set(told) and told == board.order(one)


def test_locking_a_tour_waits_for_the_gestures_before_it(open_page, scene):
    one, other, missions = scene
    page = open_page()
    release = hold_line(page)
    drag(page, card(page, missions[4]), lane(page, other).locator("[data-stops]"))
    lane(page, other).locator("[data-lock-tour]").click(no_wait_after=True)
    release()
    expect(lane(page, other).locator("[data-lock-tour]")).to_have_attribute("aria-pressed", "true")
    assert list(Tour.objects.filter(is_locked=True).values_list("agent", flat=True)) == [other[0]]
    assert missions[4].pk in board.order(other)


def test_a_drop_that_asks_a_reason_and_gets_none_goes_back_where_it_was(open_page, scene):
    one, other, missions = scene
    Agent.objects.filter(pk=other[0]).update(max_stops=1)
    page = open_page()
    drag(page, card(page, missions[4]), lane(page, other).locator("[data-stops]"))
    expect(page.get_by_role("dialog")).to_contain_text("demande un motif")
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#waiting").locator(f'[data-mission="{missions[4].pk}"]')).to_be_visible()
    expect(lane(page, other).locator("[data-mission]")).to_have_count(1)


def test_a_visit_dropped_when_the_line_is_lost_goes_back_where_it_was(open_page, scene):
    one, other, missions = scene
    page = open_page()
    page.route("**/deplacer/", lambda route: route.fulfill(status=503))
    drag(page, card(page, missions[1]), lane(page, other).locator("[data-stops]"))
    expect(page.locator("#toasts")).to_contain_text("Rien n’a été enregistré")
    settled(page)
    shown = (
        lane(page, one).locator("[data-mission]").evaluate_all("all => all.map((one) => one.dataset.mission)")
    )
    assert shown == [str(mission.pk) for mission in missions[:3]]
    page.unroute("**/deplacer/")
    drag(page, card(page, missions[1]), lane(page, other).locator("[data-stops]"))
    settled(page)
    assert missions[1].pk in board.order(other)


def test_enter_assigns_what_the_preview_shows(open_page, scene):
    *_, missions = scene
    page = open_page()
    card(page, missions[5]).locator("a").click()
    expect(page.locator("[data-preview-of]")).to_contain_text("Distance")
    card(page, missions[5]).locator("a").focus()
    with page.expect_response("**/deplacer/"):
        page.keyboard.press("Enter")
    expect(page.locator(f'[data-stops] [data-mission="{missions[5].pk}"] a')).to_be_focused()
    assert Stop.objects.filter(mission=missions[5]).exists()


def test_the_dialog_moves_and_asks_a_reason(open_page, scene):
    one, other, missions = scene
    Agent.objects.filter(pk=other[0]).update(max_stops=1)
    page = open_page()
    card(page, missions[1]).locator("a").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Intervenant").select_option(f"{other[0]}:{board.DAY}")
    dialog.get_by_role("button", name="Déplacer", exact=True).click()
    expect(dialog).to_contain_text("demande un motif")
    dialog.get_by_label("Motif").fill("Même rue")
    dialog.get_by_role("button", name="Déplacer", exact=True).click()
    expect(lane(page, other).locator(f'[data-mission="{missions[1].pk}"]')).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert Stop.objects.get(mission=missions[1]).reason == "Même rue"


def test_the_dialog_moves_to_another_day(open_page, scene):
    one, other, missions = scene
    later = board.DAY + dt.timedelta(1)
    page = open_page()
    card(page, missions[1]).locator("a").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Autre jour").fill(later.isoformat())
    expect(dialog.get_by_label("Intervenant")).to_have_value(re.compile(rf"\d+:{later}"))
    dialog.get_by_label("Intervenant").select_option(f"{other[0]}:{later}")
    dialog.get_by_role("button", name="Déplacer", exact=True).click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(card(page, missions[1])).to_have_count(0)
    assert board.order((other[0], later)) == [missions[1].pk]


def test_a_finger_drags_a_mission_to_a_lane(open_page, scene):
    one, other, missions = scene
    page = open_page(width=1024, height=768, touch=True)
    source, target = card(page, missions[4]), lane(page, other).locator("[data-stops]")
    start, end = source.bounding_box(), target.bounding_box()
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, x: float, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        page.wait_for_timeout(40)

    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    to_x, to_y = end["x"] + end["width"] - 24, end["y"] + end["height"] / 2
    touch("touchStart", x, y)
    expect(source).to_have_class(re.compile("sortable-chosen"))
    with page.expect_response("**/deplacer/"):
        for step in range(1, 13):
            touch("touchMove", x + (to_x - x) * step / 12, y + (to_y - y) * step / 12)
        for trial in range(60):
            touch("touchMove", to_x + 2 + trial % 2, to_y + 2)
            if target.locator(".sortable-ghost").count():
                break
        touch("touchEnd", to_x, to_y)
    expect(lane(page, other).locator(f'[data-mission="{missions[4].pk}"]')).to_be_visible()
    assert missions[4].pk in board.order(other)


def test_the_map_shows_a_tour_alone_and_gets_large(open_page, scene):
    one, other, missions = scene
    page = open_page()
    colours = page.locator("[data-lane]").evaluate_all("lanes => lanes.map((lane) => lane.dataset.colour)")
    assert len(set(colours)) == len(colours) > 1
    button = lane(page, one).get_by_role("button", name="Montrer sur la carte")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#map .sp-mark--n")).to_have_text(["1", "2", "3"])
    button.click()
    expect(page.locator("#map .sp-mark--n")).to_have_count(0)
    page.get_by_role("button", name="Carte en grand").click()
    assert page.locator("#map").bounding_box()["width"] > 1200
    page.keyboard.press("Escape")
    assert page.locator("#map").bounding_box()["width"] < 500


def test_a_second_planner_sees_the_conflict_and_overwrites_nothing(open_page, scene):
    one, other, missions = scene
    page = open_page()
    place_stop(mission_id=missions[4].pk, target=one, by=board.by_planner())
    with page.expect_response("**/deplacer/") as answer:
        drag(page, card(page, missions[5]), lane(page, one).locator("[data-stops]"))
    assert answer.value.status == 422
    expect(page.locator("#toasts")).to_contain_text("a changé entre-temps")
    expect(lane(page, one).locator(f'[data-mission="{missions[4].pk}"]')).to_be_visible()
    expect(page.locator("#waiting").locator(f'[data-mission="{missions[5].pk}"]')).to_be_visible()
    assert missions[5].pk not in board.order(one)


def test_publishing_tells_the_agents(open_page, scene):
    one, other, missions = scene
    page = open_page()
    page.get_by_role("button", name="Publier").click()
    expect(page.locator("#toasts")).to_contain_text("publiée")
    expect(lane(page, one)).to_contain_text("Publiée")
    assert [s["mission"] for s in Tour.objects.get(agent=one[0]).published] == board.order(one)


def test_without_script_the_dialog_is_a_page_and_the_move_is_made(open_page, scene):
    one, other, missions = scene
    page = open_page(scripts=False)
    card(page, missions[4]).locator("a").click()
    page.get_by_label("Intervenant").select_option(f"{other[0]}:{board.DAY}")
    page.get_by_role("button", name="Affecter", exact=True).click()
    expect(lane(page, other).locator(f'[data-mission="{missions[4].pk}"]')).to_be_visible()
    assert missions[4].pk in board.order(other)


def shoot(page: Page, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS", "")
    if folder:
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


@pytest.mark.parametrize("screen", [(1366, 900), (390, 844)])
def test_the_board_is_accessible_and_fits(open_page, scene, screen):
    one, other, missions = scene
    set_stop_lock(mission_id=missions[0].pk, key=one, is_locked=True, by=board.by_planner())
    page = open_page(width=screen[0], height=screen[1])
    # A theme is judged once drawn, not while colours fade into one another.
    page.emulate_media(reduced_motion="reduce")
    expect(page.locator("#map path").first).to_be_attached()
    if screen[0] > 1000:
        card(page, missions[5]).locator("a").click()
        expect(page.locator("[data-preview-of]")).to_be_visible()
    for theme in ("light", "dark"):
        page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        shoot(page, f"jour-{screen[0]}-{theme}")
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == screen[0]
