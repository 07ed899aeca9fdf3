"""Charts drawn on the server as SVG: sizes are attributes, colours are classes."""

from collections.abc import Sequence
from fractions import Fraction

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from quality.rules.indicators import ControlPoint, Tally
from spekty.core import french

register = template.Library()

LEFT, RIGHT, TOP, BOTTOM = 44.0, 608.0, 30.0, 190.0
STEPS = 5


@register.simple_tag
def sparkline(weekly: Sequence[tuple[object, Tally]], target: Fraction) -> SafeString:
    """Draw the weeks that have cases as a line, with the target as a dashed one."""
    values = [float(tally.rate) for _, tally in weekly if tally.rate is not None]
    goal = float(target)
    low, high = min([*values, goal]), max([*values, goal])
    span = (high - low) or 1
    y = [24 - 20 * (value - low) / span for value in values]
    step = 192 / max(1, len(values) - 1)
    points = " ".join(f"{4 + step * n:.1f},{place:.1f}" for n, place in enumerate(y))
    return format_html(
        '<svg class="sp-svg" viewBox="0 0 200 28" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="s-strong" d="M0 {}h200" stroke-dasharray="3 3" vector-effect="non-scaling-stroke"/>'
        '<polyline class="f-none s-accent" points="{}" stroke-width="1.6" '
        'vector-effect="non-scaling-stroke"/></svg>',
        f"{24 - 20 * (goal - low) / span:.1f}",
        points,
    )


@register.simple_tag
def control_svg(points: Sequence[ControlPoint], label: str) -> SafeString:
    """Draw a control chart: line, mean, moving limits, points out of them; nothing for fewer than two."""
    if len(points) < 2:
        return SafeString("")
    top = _scale(points)

    def x(rank: int) -> str:
        return f"{LEFT + (RIGHT - LEFT) * rank / (len(points) - 1):.1f}"

    def y(value: float) -> str:
        return f"{BOTTOM - (BOTTOM - TOP) * min(value, top) / top:.1f}"

    rates = [float(point.tally.rate or 0) for point in points]
    line = " ".join(f"{x(n)},{y(rate)}" for n, rate in enumerate(rates))
    high = " ".join(f"{x(n)},{y(point.high)}" for n, point in enumerate(points))
    low = " ".join(f"{x(n)},{y(point.low)}" for n, point in enumerate(points))
    whole = sum(point.tally.whole for point in points)
    mean = sum(point.tally.part for point in points) / whole
    return format_html(
        '<svg class="sp-svg" viewBox="0 0 676 214" role="img" aria-label="{}">{}'
        '<polyline class="f-none s-ko" points="{}" stroke-width="1.2" stroke-dasharray="5 4"/>'
        '<polyline class="f-none s-ko" points="{}" stroke-width="1.2" stroke-dasharray="5 4"/>'
        '<path class="s-ok" d="M{} {}H{}" stroke-width="1.2"/>'
        '<text class="ok" x="614" y="{}">Moy. {}</text>'
        '<polyline class="f-none s-accent" points="{}" stroke-width="1.6"/>{}{}</svg>',
        label,
        _grid(top, y),
        high,
        low,
        LEFT,
        y(mean),
        RIGHT,
        y(mean),
        french.percent(Fraction(sum(point.tally.part for point in points), whole)),
        line,
        format_html_join(
            "",
            '<circle class="{}" cx="{}" cy="{}" r="{}"/>',
            (
                ("f-ko" if point.is_out else "f-accent", x(n), y(rates[n]), "4.5" if point.is_out else "2.8")
                for n, point in enumerate(points)
            ),
        ),
        _weeks(points, x),
    )


def _scale(points: Sequence[ControlPoint]) -> float:
    """Return a round top that holds every rate and the usual limit; limits of tiny weeks are cut."""
    usual = sorted(point.high for point in points)[len(points) // 2]
    most = max(usual, *(float(point.tally.rate or 0) for point in points))
    return next((top for top in (0.05, 0.1, 0.2, 0.25, 0.5) if most <= top), 1.0)


def _grid(top: float, y: object) -> SafeString:
    assert callable(y)
    values = [top * n / STEPS for n in range(STEPS + 1)]
    return format_html_join(
        "",
        '<path class="s-line" d="M{} {}H{}"/><text x="36" y="{}" text-anchor="end">{}</text>',
        ((LEFT, y(v), RIGHT, y(v), french.percent(Fraction(v).limit_denominator(1000), 0)) for v in values),
    )


def _weeks(points: Sequence[ControlPoint], x: object) -> SafeString:
    assert callable(x)
    every = max(1, len(points) // 6)
    shown = [(n, point) for n, point in enumerate(points) if n % every == 0]
    return format_html_join(
        "",
        '<text x="{}" y="208" text-anchor="middle">S{}</text>',
        ((x(n), point.week.isocalendar().week) for n, point in shown),
    )


@register.simple_tag
def funnel_bar(count: int, whole: int) -> SafeString:
    """Draw one stage of a funnel."""
    width = 100 * count / whole if whole else 0
    return format_html(
        '<svg viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="f-sunk" width="100" height="16"/><rect class="f-done" width="{}" height="16"/></svg>',
        f"{width:.1f}",
    )


@register.filter
def indicator_value(rate: Fraction | None, unit: str) -> str:
    """Write an indicator's value without its unit: percentages in points."""
    if rate is None:
        return french.NOTHING
    return french.number(rate * 100 if unit == "%" else rate, 1)


@register.filter
def indicator_target(target: Fraction, unit: str) -> str:
    """Write a target with its unit."""
    if unit == "%":
        return french.percent(target)
    text = french.number(target, 0 if target.denominator == 1 else 1)
    return f"{text}{french.NBSP}j" if unit == "j" else text


@register.filter
def indicator_change(change: Fraction, unit: str) -> str:
    """Write a change with its sign: points for percentages."""
    text = french.signed(change * 100 if unit == "%" else change, 1)
    suffix = {"%": "pt", "j": "j"}.get(unit, "")
    return f"{text}{french.NBSP}{suffix}" if suffix else text
