"""Components whose white space is their author's alone: what is glued in a page stays glued.

In templates/cotton/, a line break next to a tag is for the reader of the file and writes nothing; inside a
tag, or between two words, it is a space. A wanted space is written `{{ " " }}`.

And French signs that stay with their word: authors type the plain space before « : ; ! ? », readers get one
that never ends a line.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from django.template import Origin
from django_cotton.cotton_loader import Loader as CottonLoader

from spekty.core.french import NBSP, THIN

PIECES = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|<[a-zA-Z/!]|>|\s*\n\s*)", re.DOTALL)

TAGS = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})", re.DOTALL)
# Followed by a letter, a colon begins an attribute (`<c-rate :value=…`).
HIGH = re.compile(r" ([;!?])(?=[\s<\"]|$)")
LOW = re.compile(r" ([:»])(?=[\s<\".,)]|$)")
# What a tag is given as a text: `{{ name|default:"Vide : rien" }}`.
GIVEN = re.compile(r"\"[^\"{}]*\"")


def unbreakable(source: str) -> str:
    """Return a template's source with the unbreakable spaces of French typography."""
    pieces = TAGS.split(source)
    pieces[::2] = map(_bound, pieces[::2])
    pieces[1::2] = (GIVEN.sub(lambda text: _bound(text[0]), tag) for tag in pieces[1::2])
    return "".join(pieces)


def _bound(text: str) -> str:
    text = LOW.sub(rf"{NBSP}\1", HIGH.sub(rf"{THIN}\1", text))
    return text.replace("« ", f"«{NBSP}")


def tighten(source: str) -> str:
    """Return a component's source without the line breaks that surround its tags."""
    return "".join(_pieces([piece for piece in PIECES.split(source.strip()) if piece]))


def _pieces(pieces: list[str]) -> Iterator[str]:
    in_tag = False
    for index, piece in enumerate(pieces):
        if re.fullmatch(r"<[a-zA-Z/!]", piece):
            in_tag = True
        elif piece == ">":
            in_tag = False
        elif "\n" in piece and not piece.strip():
            beside_tag = _is_tag(pieces[index - 1]) or _is_tag(pieces[index + 1])
            piece = "" if beside_tag and not in_tag else " "
        yield piece


def _is_tag(piece: str) -> bool:
    return piece == ">" or piece.startswith(("{%", "{{", "<"))


class Loader(CottonLoader):  # type: ignore[misc]
    """Load templates as django-cotton does, tightening those of the components' folder."""

    def _get_template_string(self, template_name: str) -> str:
        source: str = super()._get_template_string(template_name)
        return unbreakable(source) if template_name.endswith(".html") else source

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        return tighten(contents) if "cotton" in Path(str(origin.name)).parts else contents
