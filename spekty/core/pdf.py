"""Papers: a template and the house's print style make a PDF/A; nothing but our own static files is read."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """Return the PDF/A-3 of a template, whose links are relative to static/ (css/paper.css)."""
    from spekty.core.layout import paper

    return paper(render_to_string(template, dict(context)))
