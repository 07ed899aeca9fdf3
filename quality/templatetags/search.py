"""What matched, shown: escaped first, then marked."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from spekty.core.ports import MARK_END, MARK_START

register = template.Library()


@register.filter
def marked(text: str) -> SafeString:
    """Return the text with what matched between <mark> tags; everything else is escaped."""
    safe = str(escape(text))
    opened = safe.count(MARK_START)
    if opened != safe.count(MARK_END):
        return mark_safe(safe.replace(MARK_START, "").replace(MARK_END, ""))  # noqa: S308  (escaped above)
    return mark_safe(safe.replace(MARK_START, "<mark>").replace(MARK_END, "</mark>"))  # noqa: S308


@register.filter
def mark_of(hit: object, name: str) -> str:
    """Return the marked text of one field of a hit, empty when that field didn't match."""
    marks: dict[str, str] = getattr(hit, "marks", {})
    return marks.get(name, "")
