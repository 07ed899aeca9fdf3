"""The five people of the main job, each in a browser of their own, and the stopwatch of the search box."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Locator, Page, expect

from integrations.demo.people import PASSWORD
from tests import browser as browsing
from tests.live.work import last_commit

SHOTS = os.environ.get("SPEKTY_SHOTS", "")


@dataclass
class Job:
    """What the five people share: the house, and the lot under way."""

    browser: Browser
    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    desk: Page | None = None
    found_in: list[float] = field(default_factory=list)
    shots: int = 0
    lot: str = ""
    missions: list[str] = field(default_factory=list)

    def page(self, who: str, *, phone: bool = False) -> Page:
        """Give the page of an account, signed in as people do: the bare address, then the form."""
        if who not in self.pages:
            screen = browsing.PHONE if phone else {"viewport": {"width": 1366, "height": 768}}
            context = self.browser.new_context(
                base_url=self.url, locale="fr-FR", timezone_id="Europe/Paris", **screen
            )
            page = context.new_page()
            page.on("console", lambda said: self._note(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: self._note(str(error)))
            page.goto("/")
            page.get_by_label("Adresse e-mail").fill(f"{who}@spekty.example")
            page.get_by_label("Mot de passe").fill(PASSWORD)
            # Loaded, scripts included: a loaded machine shows a link before it opens a dialog.
            with page.expect_navigation():
                page.get_by_role("button", name="Se connecter").click()
            self.pages[who] = page
        return self.pages[who]

    def _note(self, text: str) -> None:
        if not any(known in text for known in browsing.NO_SIGNAL):
            self.problems.append(text)

    def shoot(self, page: Page, name: str) -> None:
        """Keep a picture when asked, and check that the page is no wider than its screen."""
        self.shots += 1
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{self.shots:02d}-{name}.png")
        width = page.viewport_size["width"] if page.viewport_size else 0
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    def search_after(self, act: Callable[[], None], text: str, row: str) -> None:
        """Do something, type in head office's search box until `row` shows, note how long after the commit.

        `text` must match only what this very change says of the row.
        """
        palette = self._palette()
        box = palette.get_by_role("searchbox")
        begun = time.monotonic()
        act()
        while True:
            assert time.monotonic() < begun + 20, f"« {text} » is never found"
            with self.desk.expect_response(lambda answer: "palette=1" in answer.url):
                box.fill("")
                box.fill(text)
            if palette.locator("[data-palette-item]", has_text=row).count():
                break
        self.found_in.append(time.monotonic() - last_commit("search.mission", begun))
        expect(palette.get_by_text("Recherche simplifiée")).to_have_count(0)
        self.shoot(self.desk, "recherche")

    def _palette(self) -> Locator:
        """Open the search box of a second window of head office."""
        if self.desk is None:
            self.desk = self.page("siege").context.new_page()
            self.desk.goto("/aide/")
            self.desk.keyboard.press("Control+k")
        return self.desk.locator("dialog[data-palette]")
