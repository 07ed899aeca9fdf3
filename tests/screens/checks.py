"""What a page must be, whoever reads it: it fits, is quiet, obeys its CSP, is accessible, is French."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.apps import apps
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, ViewportSize

from tests.browser import TAGS, Finding, violations
from tests.screens.contrast import Contrasts

SETTLED = 4_000
"""Milliseconds that a page has to end its own requests."""
# Words that no French page of ours has; case matters.
ENGLISH = (
    "Save|Submit|Next|Previous|Delete|Cancel|None|True|False|undefined|NaN|null|Error|Loading|Search|Edit|Yes|"
    "Back|Please|required|This field|January|February|March|April|August|Monday|Tuesday|Friday|object Object"
)
# Listens before any script of the page.
EARS = """
window.spektyRefused = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.spektyRefused.push(`${event.effectiveDirective} ${event.blockedURI || "inline"} ${event.sample}`);
});
"""
PROBE = """
async (patience) => {
  const end = performance.now() + patience;
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await frame();
  while (document.querySelector(".htmx-request") && performance.now() < end) await frame();
  const root = document.scrollingElement;
  const shown = (node) => `${node.localName}${[...node.classList].map((name) => "." + name).join("")}`;
  const wide = [...document.body.querySelectorAll("*")]
    .filter((node) => node.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(0, 4).map(shown);
  const said = [...document.querySelectorAll("[placeholder],[title],[aria-label],[alt],[data-l],[value]")]
    .flatMap((node) => [
      ...["placeholder", "title", "aria-label", "alt", "data-l"].map((name) => node.getAttribute(name)),
      node.matches("button, input[type=submit]") ? node.value : null,
    ]);
  // A plain space where French wants one that never ends a line; a list of choices has no second line.
  const loose = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    const found = data.match(/\\S*[ \\n][;:!?»](?![^\\s.,)])|«[ \\n]\\S*/g);
    const ends = found && !parentElement.closest("option, pre, textarea") && parentElement.checkVisibility();
    if (ends) loose.push(...found);
  }
  return {
    isBusy: Boolean(document.querySelector(".htmx-request")),
    scrolled: root.scrollWidth, seen: root.clientWidth, wide,
    loose, refused: window.spektyRefused,
    headings: [...document.querySelectorAll("h1")].map((node) => node.innerText),
    title: document.title, lang: document.documentElement.lang,
    text: document.body.innerText, said: [document.title, ...said.filter(Boolean)].join("\\n"),
  };
}
"""

# Gives the theme of before.
PAINT = """
(theme) => {
  const root = document.documentElement, before = root.dataset.bsTheme;
  root.dataset.bsTheme = theme;
  return before;
}
"""

# Contrast is measured apart.
BUT_CONTRAST = {**TAGS, "rules": {"color-contrast": {"enabled": False}}}


def leftovers() -> re.Pattern[str]:
    """Return what betrays a text that nobody wrote for a reader: English, a code, a template's mark."""
    codes = {
        str(value)
        for model in apps.get_models()
        for column in model._meta.fields
        for value, _ in column.flatchoices
        if "_" in str(value)
    }
    words = "|".join([ENGLISH, *sorted(map(re.escape, codes))])
    return re.compile(rf"\b({words})\b|\{{\{{|\}}\}}|\{{%|%\}}|&[a-z]+;|-{{5,}}")


@dataclass
class Eye:
    """One browser window, which remembers what it saw wrong ("where: what") and the last answer as sent."""

    page: Page
    who: str
    contrasts: Contrasts
    found: list[str] = field(default_factory=list)
    said: str = ""
    _noise: list[tuple[str, str]] = field(default_factory=list)
    _leftovers: re.Pattern[str] = field(default_factory=leftovers)

    def hear(self) -> None:
        """Start listening to what the window says."""
        self.page.add_init_script(EARS)
        # Sent once instead of with each page.
        self.page.add_init_script(AXE_SCRIPT)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._noise.append(("", f"script: {error}")))

    def _heard(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self._noise.append((said.location["url"], f"{said.type}: {said.text}"))

    def look(self, path: str, *, code: int = 200, words: bool = True) -> bool:
        """Open a page and check it; return whether there is something to look at more closely."""
        self._noise.clear()
        try:
            answer = self.page.goto(path)
            self.said = answer.text() if answer else ""
            seen = self.page.evaluate(PROBE, SETTLED)
        except Error as error:
            self._tell(path, f"doesn’t open: {error.message.splitlines()[0]}")
            return False
        status = answer.status if answer else 0
        if status != code:
            self._tell(path, f"answers {status}, not {code}")
            return False
        self._fits(path, seen)
        self._shape(path, seen)
        self._quiet(path, seen, code)
        if words and seen["loose"]:
            self._tell(path, f"lets a line end beside a sign: {', '.join(sorted(set(seen['loose'])))}")
        read = f"{seen['text']}\n{seen['said']}"
        if words and (left := {found[0] for found in self._leftovers.finditer(read)}):
            self._tell(path, f"reads {', '.join(sorted(left))}")
        return True

    def resize(self, path: str, width: int) -> None:
        """Give the window another width: the page must fit there too."""
        self.page.set_viewport_size(size(width))
        self._fits(path, self.page.evaluate(PROBE, SETTLED))

    def has_its_own_script(self) -> bool:
        """Tell whether the page has a script besides the frame's."""
        return bool(self.page.evaluate("document.querySelectorAll('script[type=module]').length > 1"))

    def _fits(self, path: str, seen: dict[str, Any]) -> None:
        if seen["scrolled"] > seen["seen"]:
            wide = ", ".join(seen["wide"])
            self._tell(path, f"is {seen['scrolled']} px wide in {seen['seen']} px: {wide}")

    def _shape(self, path: str, seen: dict[str, Any]) -> None:
        if len(seen["headings"]) != 1:
            self._tell(path, f"has {len(seen['headings'])} h1: {seen['headings']}")
        if not seen["title"].strip():
            self._tell(path, "has no title")
        if seen["lang"] != "fr":
            self._tell(path, f"is in « {seen['lang']} »")

    def _quiet(self, path: str, seen: dict[str, Any], code: int) -> None:
        if seen["isBusy"]:
            self._tell(path, "never ends its requests")
        for refused in seen["refused"]:
            self._tell(path, f"CSP refuses {refused}")
        for url, said in self._noise:
            # The browser says so of any page that answers 403 or 404.
            is_the_answer = code != 200 and url == self.page.url and "Failed to load resource" in said
            if not is_the_answer:
                self._tell(path, f"console {said} {url}".strip())

    def accessible(self, path: str) -> None:
        """Check that axe finds nothing, be it minor."""
        self._axe(path, violations(self.page, BUT_CONTRAST))
        self.contrasted(path)

    def contrasted(self, path: str) -> None:
        """Check the contrasts of the page as it now is."""
        self._axe(path, self.contrasts.faults(self.page))

    def contrasted_in_the_dark(self, path: str) -> None:
        """Check the contrasts of the page with the dark theme."""
        before = self.page.evaluate(PAINT, "dark")
        self._axe(path, self.contrasts.faults(self.page), "in the dark, axe")
        self.page.evaluate(PAINT, before)

    def _axe(self, path: str, found: list[Finding], who: str = "axe") -> None:
        for rule, impact, nodes in found:
            self._tell(path, f"{who} finds {rule} ({impact}) ×{len(nodes)}: {nodes[0]}")

    def report(self) -> str:
        """Return all that was seen, a line each."""
        return f"{len(self.found)} findings\n" + "\n".join(self.found)

    def _tell(self, path: str, what: str) -> None:
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        self.found.append(f"{self.who}, {width} px, {path}: {what}")


@contextmanager
def looking(context: BrowserContext, who: str, contrasts: Contrasts) -> Iterator[Eye]:
    """Open a window and close it."""
    eye = Eye(context.new_page(), who, contrasts)
    eye.hear()
    try:
        yield eye
    finally:
        context.close()


def window(browser: Browser, url: str, width: int) -> BrowserContext:
    """Return a window of a laptop, or of a phone."""
    return browser.new_context(
        base_url=url,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport=size(width),
        has_touch=width < 768,
        reduced_motion="reduce",
    )


def size(width: int) -> ViewportSize:
    return ViewportSize(width=width, height=844 if width < 768 else 768)
