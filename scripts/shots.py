"""Take the pictures of the README: the demonstration, one page of each role, into docs/img.

Starts the site as `make run` does, on data of its own (var/shots), and ends it.
"""

import io
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import django
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.setup import CHROMIUM_NAMES, ROOT, Missing, say
from spekty.stack.addresses import HOST, free_port
from spekty.stack.run import is_serving

VAR = ROOT / "var" / "shots"
TARGET = ROOT / "docs" / "img"
READY_WITHIN = 240
COLOURS = 256
LAPTOP, PHONE = (1366, 850), (390, 844)


@dataclass(frozen=True)
class Shot:
    """One picture: its file, whose page, in which window."""

    name: str
    role: str
    path: str
    size: tuple[int, int] = LAPTOP


SHOTS = (
    Shot("siege", "siege", "/"),
    Shot("planning", "planning", "/planning/jour/"),
    Shot("qualite", "qualite", "/qualite/"),
    Shot("terrain", "terrain", "/terrain/", PHONE),
)


def start(port: int) -> "subprocess.Popen[bytes]":
    """Start the site; return when it answers. Raises Missing."""
    variables = {**os.environ, "PORT": str(port)}
    site = subprocess.Popen([sys.executable, "-m", "spekty.stack.run"], cwd=ROOT, env=variables)
    deadline = time.monotonic() + READY_WITHIN
    while not is_serving(port):
        if site.poll() is not None or time.monotonic() > deadline:
            site.send_signal(signal.SIGINT)
            raise Missing("Le site n’a pas démarré (voir ci-dessus).")
        time.sleep(0.5)
    return site


def open_as(browser: Browser, base: str, shot: Shot, password: str) -> Page:
    """Sign in as a person of the demonstration and open the page."""
    width, height = shot.size
    context = browser.new_context(
        base_url=base,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": width, "height": height},
        reduced_motion="reduce",
        service_workers="block",
    )
    page = context.new_page()
    page.goto("/compte/login/")
    page.fill("input[name=login]", f"{shot.role}@spekty.example")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/compte/" not in url)
    page.goto(shot.path, wait_until="networkidle")
    return page


def keep(picture: bytes, target: Path) -> None:
    """Write a picture with few colours: a page has few, and the repository keeps every version."""
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            target, optimize=True
        )


def take(executable: str, base: str) -> None:
    """Take every picture of the site at `base`."""
    from integrations.demo.people import PASSWORD  # models need the settings

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for shot in SHOTS:
            picture = open_as(browser, base, shot, PASSWORD).screenshot()
            keep(picture, TARGET / f"{shot.name}.png")
            say(f"docs/img/{shot.name}.png")
        browser.close()


def main() -> int:
    """Take every picture; return the exit code."""
    os.environ.update(SPEKTY_VAR=str(VAR), DJANGO_SETTINGS_MODULE="spekty.settings.dev")
    django.setup()
    executable = next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
    port = free_port(avoid=set())
    try:
        if executable is None:
            raise Missing("Chromium est introuvable : lancez « make setup ».")
        site = start(port)
    except Missing as missing:
        say(str(missing))
        return 1
    try:
        take(executable, f"http://{HOST}:{port}")
    finally:
        site.send_signal(signal.SIGINT)
        site.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
