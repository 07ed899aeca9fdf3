"""Components without the white space of their files: a word glued to one stays glued on the page."""

import re
from pathlib import Path

from django.template import Origin
from django_cotton.cotton_loader import Loader as CottonLoader

DECLARATION = re.compile(r"\A\s*(\{% cotton:vars\b.*?%\})\s*", re.DOTALL)


class Loader(CottonLoader):  # type: ignore[misc]
    """Load templates as django-cotton does, trimming those of the components' folder."""

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        if "cotton" not in Path(str(origin.name)).parts:
            return contents
        return DECLARATION.sub(r"\1", contents).strip()
