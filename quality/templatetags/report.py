"""What a printed report draws by itself: the conclusion's shape, without sprite."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from missions.enums import NotVerifiableKind

register = template.Library()

# conclusion -> (colour, outline, mark) on a 16 x 16 grid: disc, octagon, diamond.
SHAPES = {
    "S": ("#2c8a53", "M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0", "M4.5 8.3 7 10.8l4.8-5.3"),
    "NS": ("#c93643", "M4.7 0h6.6L16 4.7v6.6L11.3 16H4.7L0 11.3V4.7z", "M5 5l6 6M11 5l-6 6"),
    "NV": ("#6b4bb8", "M8 0l8 8-8 8-8-8z", "M6.2 6.3a1.9 1.9 0 1 1 2.6 1.8q-.8.4-.8 1.3M8 11.5v.2"),
}
SVG = (
    '<svg class="shape" viewBox="0 0 16 16"><path fill="{}" d="{}"/>'
    '<path fill="none" stroke="#fff" stroke-width="1.6" d="{}"/></svg>'
)


@register.simple_tag
def verdict_shape(conclusion: str) -> SafeString:
    """Draw the solid shape of a conclusion."""
    return format_html(SVG, *SHAPES[conclusion])


@register.filter
def nv_word(kind: str) -> str:
    """Return the word of a kind of "not verifiable", in lower case."""
    return str(NotVerifiableKind(kind).label).lower()
