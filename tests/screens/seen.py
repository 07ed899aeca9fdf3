"""What the walk has looked at: a page that says the same to several roles is looked at for one of them.

The same is word for word, but for the frame (which names the person) and what is drawn for each answer.
Workers of a run share the memory through a file; when both open a page at once it is looked at twice.
"""

import re
from hashlib import sha256
from pathlib import Path

FRAME = re.compile(r'<nav class="sp-rail".*?(?=<main )', re.DOTALL)
PER_ANSWER = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"|nonce="[^"]*"|(?<=http://)[^/"]+'
)
# What it loads may say something else to somebody else.
LATER = 'hx-trigger="load"'


class Seen:
    """Addresses looked at, with what each said."""

    def __init__(self, file: Path) -> None:
        """Share with whoever names the same file."""
        self._file = file

    def note(self, path: str, said: str) -> None:
        """Remember what a page said."""
        with self._file.open("a", encoding="utf-8") as kept:
            kept.write(f"{_line(path, said)}\n")

    def has(self, path: str, said: str) -> bool:
        """Tell whether the page was looked at when it said just that."""
        return LATER not in said and _line(path, said) in self._lines()

    def knows(self, path: str) -> bool:
        """Tell whether the page was looked at, whatever it said."""
        return any(line.startswith(f"{path} ") for line in self._lines())

    def _lines(self) -> list[str]:
        return self._file.read_text("utf-8").splitlines() if self._file.exists() else []


def _line(path: str, said: str) -> str:
    text = PER_ANSWER.sub("", FRAME.sub("", said))
    return f"{path} {sha256(text.encode()).hexdigest()}"
