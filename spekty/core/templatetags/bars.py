"""Small bars drawn as SVG rectangles: their widths are attributes, so that no style attribute is needed.

Every bar is 100 wide and 8 high in its own units and stretches to its place.
"""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from spekty.core import french

register = template.Library()

Number = int | Decimal | Fraction
GAP = Decimal("0.4")


def _length(value: Fraction) -> str:
    return f"{float(value):.1f}"


RECT = '<rect class="f-{}" x="{}" width="{}" height="8"/>'
BAR = '<svg class="{}" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'


def _rect(tone: str, x: Fraction, width: Fraction) -> SafeString:
    return format_html(RECT, tone, _length(x), _length(width))


def _bar(label: str, rects: Iterable[SafeString], classes: str) -> SafeString:
    inside = format_html_join("", "{}", ((rect,) for rect in rects))
    return format_html(BAR, classes, label, format_html("<title>{}</title>{}", label, inside))


@register.simple_tag
def gauge(value: Number, full: Number, tone: str, label: str, mark: Number | None = None) -> SafeString:
    """Draw a gauge: `value` out of `full`, with a mark (required, ceiling, capacity) at `mark` when given.

    A value beyond `full` fills the bar. `full` of 0 draws an empty bar.
    """
    share = _share(value, full)
    rects = [_rect("line", Fraction(0), Fraction(100)), _rect(tone, Fraction(0), share)]
    if mark is not None:
        at = max(Fraction(0), _share(mark, full) - 1)
        rects.append(_rect("ink", at, Fraction(2)))
    return _bar(label, rects, "sp-gauge")


def _share(value: Number, full: Number) -> Fraction:
    if not full:
        return Fraction(0)
    return min(Fraction(100), max(Fraction(0), Fraction(value) * 100 / Fraction(full)))


Part = tuple[str, int, str]


@register.simple_tag
def segments(parts: list[Part], label: str = "", size: str = "") -> SafeString:
    """Draw a segmented bar from (tone, count, word) parts; its label lists them unless one is given."""
    shown = [part for part in parts if part[1]]
    total = sum(count for _, count, _ in shown)
    text = label or ", ".join(f"{count} {word}" for _, count, word in shown) or "rien"
    gaps = GAP * max(0, len(shown) - 1)
    rects, x = [], Fraction(0)
    for tone, count, _ in shown:
        width = Fraction(count) * (100 - Fraction(gaps)) / total
        rects.append(_rect(tone, x, width))
        x += width + Fraction(GAP)
    return _bar(text, rects, f"sp-seg sp-seg--{size}" if size else "sp-seg")


@register.simple_tag
def rate_gauge(value: int, required: int, label: str = "") -> SafeString:
    """Draw a count against what is required: it fills, then turns favourable."""
    tone = "ok" if value >= required else "go"
    text = f"{french.number(value)} sur {french.number(required)} requis"
    return gauge(value, required or 1, tone, f"{label} : {text}" if label else text)


@register.simple_tag
def ceiling_gauge(rate: Number, ceiling: Number, label: str) -> SafeString:
    """Draw a rate with its ceiling in the middle of the bar; beyond twice the ceiling the bar is full."""
    tone = "ko" if Fraction(rate) > Fraction(ceiling) else "go"
    text = f"{label} {french.percent(rate)}, plafond {french.percent(ceiling)}"
    return gauge(rate, 2 * Fraction(ceiling), tone, text, ceiling)


# Beyond this share of the day's capacity a tour has no slack left (design reference, board).
TIGHT = Fraction(95, 100)
FULL_SCALE = Fraction(120, 100)


@register.simple_tag
def load_gauge(rate: Number) -> SafeString:
    """Draw a day's load, 1 being the capacity: amber when tight, red when over; the bar holds 120 %."""
    share = Fraction(rate)
    tone = "ko" if share > 1 else "act" if share >= TIGHT else "go"
    return gauge(share, FULL_SCALE, tone, f"Charge {french.percent(share, 0)}", 1)
