"""The checks of every screen see what they are for: a good page passes, each fault is told."""

import pytest
from playwright.sync_api import Browser, Route

from tests.screens.checks import Eye, looking, window
from tests.screens.contrast import Contrasts

pytestmark = pytest.mark.browser

SITE = "http://spekty.test"
CSP = "default-src 'self'; script-src 'self' 'unsafe-inline'"
GOOD = """<!doctype html><html lang="fr"><head><title>Lots</title></head>
<body><main><h1>Lots</h1><p>Le site a 12 opérations.</p></main></body></html>"""
FAULTS = {
    "wide": ("<h1>", '<div class="sp-long"></div><h1>', "px wide in 390 px: div.sp-long"),
    "console": ("<h1>", "<script>console.error('panne')</script><h1>", "console error: panne"),
    "script": ("<h1>", "<script>rien.du.tout()</script><h1>", "rien is not defined"),
    "csp": (
        "<h1>",
        '<img alt="" src="https://ailleurs.test/a.png"><h1>',
        "CSP refuses img-src https://ailleurs",
    ),
    "missing file": ("<h1>", '<img alt="" src="/absent.png"><h1>', "/absent.png"),
    "axe": ("<h1>", "<button></button><h1>", "axe finds button-name (critical)"),
    "contrast": ("<p>", '<p class="sp-pale">', "axe finds color-contrast (serious)"),
    "two headings": ("</h1>", "</h1><h1>Missions</h1>", "has 2 h1"),
    "no heading": ("<h1>Lots</h1>", "", "has 0 h1"),
    "no title": ("<title>Lots", "<title>", "has no title"),
    "language": ('lang="fr"', 'lang="en"', "is in « en »"),
    "english": ("Le site", "Save", "reads Save"),
    "english label": ("<h1>", '<input aria-label="Search"><h1>', "reads Search"),
    "code": ("Le site", "to_plan", "reads to_plan"),
    "template": ("Le site", "{{ lot }}", "reads {{, }}"),
    "empty choice": ("12", "---------", "reads ---------"),
    "missing value": ("12", "None", "reads None"),
    "loose space": ("opérations.", "opérations :", "beside a sign: opérations :"),
    "loose quote": ("opérations.", "« A »", "« A"),
    "busy": ("<h1>", '<p class="htmx-request"></p><h1>', "never ends its requests"),
}
STYLE = ".sp-long { width: 2000px; height: 1px } .sp-pale { color: #ccc; background: #fff }"


@pytest.fixture(scope="module")
def eye(browser: Browser):
    """Give one window for all the pages: opening it is what takes longest."""
    with looking(window(browser, SITE, 390), "siege", Contrasts()) as eye:
        yield eye


@pytest.fixture
def open_page(eye: Eye):
    """Give a function that serves a page and returns what the checks say of it."""

    def opened(content: str, *, answers: int = 200, expected: int = 200) -> list[str]:
        content = content.replace("</head>", '<link rel="stylesheet" href="/style.css"></head>')

        def answer(route: Route) -> None:
            if route.request.url == f"{SITE}/page/":
                headers = {"Content-Security-Policy": CSP, "Content-Type": "text/html; charset=utf-8"}
                route.fulfill(status=answers, body=content, headers=headers)
            elif route.request.url.endswith("/style.css"):
                route.fulfill(body=STYLE, content_type="text/css")
            else:
                route.fulfill(status=404)

        eye.found.clear()
        eye.page.unroute_all()
        eye.page.route("**/*", answer)
        if eye.look("/page/", code=expected):
            eye.accessible("/page/")
        return eye.found

    return opened


def test_a_good_page_passes(open_page):
    assert open_page(GOOD) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told(open_page, fault):
    old, new, said = FAULTS[fault]
    assert old in GOOD
    found = open_page(GOOD.replace(old, new, 1))
    assert any(said in line for line in found), found
    assert all(line.startswith("siege, 390 px, /page/: ") for line in found)


def test_another_code_is_told(open_page):
    assert open_page(GOOD, answers=500) == ["siege, 390 px, /page/: answers 500, not 200"]


def test_a_page_that_is_meant_to_refuse_is_looked_at(open_page):
    assert open_page(GOOD, answers=403, expected=403) == []
    assert "has no title" in open_page(GOOD.replace("Lots</title>", "</title>"), answers=403, expected=403)[0]


def test_dark_contrast_is_told(browser: Browser):
    page = GOOD.replace("</head>", '<link rel="stylesheet" href="/style.css"></head>')

    def answer(route: Route) -> None:
        dark = "html[data-bs-theme=dark] p { color: #333; background: #222 }"
        kind = "text/css" if route.request.url.endswith("css") else "text/html"
        route.fulfill(body=dark if kind == "text/css" else page, content_type=f"{kind}; charset=utf-8")

    with looking(window(browser, SITE, 1366), "siege", Contrasts()) as eye:
        eye.page.route("**/*", answer)
        eye.look("/page/")
        assert eye.found == []
        eye.contrasted_in_the_dark("/page/")
        assert "in the dark, axe finds color-contrast" in eye.found[0]
        eye.page.evaluate("document.querySelector('h1').style.width = '800px'")
        eye.resize("/page/", 390)
        assert "is 8" in eye.found[1] and "px wide in 390 px: h1" in eye.found[1]


def test_a_page_that_does_not_open_is_told(browser: Browser):
    with looking(window(browser, SITE, 390), "siege", Contrasts()) as eye:
        eye.page.route("**/*", lambda route: route.abort())
        assert eye.look("/page/") is False
        assert "doesn’t open" in eye.found[0]


LOOKS = """<!doctype html><html lang="fr"><head><title>Lots</title><style>
  .dark { background: #222; color: #fff } .dark .faint { color: #555 }
  .over { position: absolute; color: #999 } .pale { color: #bbb }
</style></head><body><main><h1>Lots</h1>%s</main></body></html>"""


@pytest.fixture
def contrast_of(browser: Browser):
    """Give what tells the faults of contrast of a page, looks remembered, and how many looks it knows."""
    contrasts = Contrasts()
    with looking(window(browser, SITE, 1366), "siege", contrasts) as eye:

        def told(body: str) -> tuple[list[str], int]:
            eye.page.set_content(LOOKS % body)
            return [node for _, _, nodes in contrasts.faults(eye.page) for node in nodes], len(
                contrasts.accepted
            )

        yield told


def test_a_look_is_measured_once(contrast_of):
    assert contrast_of("<p>Un</p>") == ([], 2)
    assert contrast_of("<p>Deux</p><p class='dark'>Trois</p>") == ([], 3)
    assert contrast_of("<p>Quatre</p>") == ([], 3)


def test_a_bad_look_is_told_each_time(contrast_of):
    pale = '<p class="pale">Deux</p>'
    for _ in range(2):
        assert contrast_of(f"<p>Un</p>{pale}") == ([pale], 2)


def test_the_same_colour_on_another_background_is_another_look(contrast_of):
    assert contrast_of("<div><p style='color: #555'>Un</p></div>") == ([], 2)
    faint = '<p class="faint">Un</p>'
    assert contrast_of(f"<div class='dark'>{faint}</div>")[0] == [faint]


def test_a_text_over_something_else_is_measured_on_each_page(contrast_of):
    over = '<p class="over" style="top: 100px">Un</p>'
    on_dark = f"<div class='dark' style='height: 300px'></div>{over}"
    assert contrast_of(on_dark) == ([], 1)
    assert contrast_of(over)[0] == [over]


def test_what_nobody_reads_is_not_measured(contrast_of):
    hidden = "<p class='pale' hidden>Un</p><button class='pale' disabled>Deux</button>"
    assert contrast_of(f"{hidden}<p class='pale' style='visibility: hidden'>Trois</p>") == ([], 1)
