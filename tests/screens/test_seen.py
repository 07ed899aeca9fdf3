"""The walk leaves out a page only when all of it but the frame was looked at."""

from pathlib import Path

import pytest

from tests.screens.seen import Seen

PAGE = (
    '<body hx-headers=\'{"X-CSRFToken": "abc"}\'><nav class="sp-rail"><a>Lots</a></nav><i>Hélène</i>'
    '<main id="contenu"><h1>Lots</h1><input name="csrfmiddlewaretoken" value="abc"></main></body>'
)


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    memory = Seen(tmp_path / "seen")
    memory.note("/lots/", PAGE)
    return memory


@pytest.mark.parametrize(("before", "after"), [("Hélène", "Nadia"), ("<a>Lots</a>", ""), ("abc", "def")])
def test_the_frame_and_the_tokens_do_not_count(seen: Seen, before: str, after: str) -> None:
    assert seen.has("/lots/", PAGE.replace(before, after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<h1>Lots", "<h1>Clients"),
        ("</h1>", '</h1><a href="/imports/">Importer</a>'),
        ("</main>", "</main><dialog></dialog>"),
    ],
)
def test_anything_else_does(seen: Seen, before: str, after: str) -> None:
    assert not seen.has("/lots/", PAGE.replace(before, after))
    assert seen.knows("/lots/")


def test_another_address_or_what_comes_later_was_not_seen(seen: Seen) -> None:
    assert not seen.has("/lots/1/", PAGE)
    assert not seen.knows("/lots/1/")
    later = PAGE.replace("<h1>", '<p hx-get="/x/" hx-trigger="load"></p><h1>')
    seen.note("/lots/", later)
    assert not seen.has("/lots/", later)


def test_workers_of_a_run_share_it(tmp_path: Path) -> None:
    one, other = Seen(tmp_path / "seen"), Seen(tmp_path / "seen")
    one.note("/lots/", PAGE)
    assert other.has("/lots/", PAGE)
