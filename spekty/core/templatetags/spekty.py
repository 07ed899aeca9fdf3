"""Template filters and tags of the house: French writing, icons, statuses, house form fields.

Filters answer "—" for None or "": a screen shows nothing as a dash and zero as "0".
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from html import unescape
from typing import Any

from django import template
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import BoundField, widgets
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from spekty.core import french, palette

register = template.Library()


def _plain(write: Callable[[Any], str]) -> Callable[[Any], str]:
    def written(value: Any) -> str:
        if isinstance(
            value, SafeString
        ):  # a component's attribute comes escaped: undo it, autoescape follows
            value = unescape(value)
        return french.NOTHING if value is None or value == "" else write(value)

    return written


WRITERS: dict[str, Callable[[Any], str]] = {
    "phone": french.phone,
    "department": french.department,
    "duration": french.duration,
    "distance": french.distance,
    "filesize": french.filesize,
    "initials": french.initials,
    "short_name": french.short_name,
    "signed": french.signed,
    "typo": lambda text: french.typo(str(text)),
}
for _name, _write in WRITERS.items():
    register.filter(_name, _plain(_write))

register.filter("of", french.of)
register.filter("phone_uri", french.phone_uri)


@register.filter
def euros(amount: Decimal | int | None, decimals: int = 2) -> str:
    """Write an amount, "1 234,56 €"; `euros:0` for whole euros."""
    return french.NOTHING if amount is None else french.euros(amount, decimals)


@register.filter
def percent(rate: Decimal | Fraction | int | None, decimals: int = 1) -> str:
    """Write a rate given as a fraction of one, "13,3 %"."""
    return french.NOTHING if rate is None else french.percent(rate, decimals)


@register.filter
def number(value: Decimal | Fraction | int | None, decimals: int | None = None) -> str:
    """Write a number, "1 234" or "47,00" with `number:2`."""
    return french.NOTHING if value is None else french.number(value, decimals)


@register.filter
def plural(count: int, nouns: str) -> str:
    """Write a count and its noun: `3|plural:"mission"`, `n|plural:"relevé reçu,relevés reçus"`."""
    singular, _, several = nouns.partition(",")
    return french.plural(count, singular, several)


@register.filter
def plural_s(count: int, endings: str = ",s") -> str:
    """Return the ending alone ("s" from two): `{{ n }} visite{{ n|plural_s }} tenue{{ n|plural_s }}`."""
    singular, _, several = endings.partition(",")
    return several if abs(count) >= 2 else singular


def _local_day(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).date()
    return value


@register.filter
def day(value: date | datetime | None, with_year: bool = True) -> str:
    """Write a day, "24 nov. 2026"; `day:0` leaves the year out."""
    return french.NOTHING if value is None else french.day(_local_day(value), bool(with_year))


@register.filter
def days(first: date, last: date) -> str:
    """Write a stretch of days, `first|days:last`: "23 au 27 nov. 2026"."""
    return french.days(_local_day(first), _local_day(last))


@register.filter
def day_long(value: date | datetime | None) -> str:
    """Write a day in full, "lundi 2 février 2026"."""
    return french.NOTHING if value is None else french.day_long(_local_day(value))


@register.filter
def weekday(value: date | datetime | None) -> str:
    """Write a day with its weekday, "lundi 2 févr. 2026"."""
    return french.NOTHING if value is None else french.weekday(_local_day(value))


@register.filter
def month(value: date | datetime | None) -> str:
    """Write a month, "février 2026"."""
    return french.NOTHING if value is None else french.month(_local_day(value))


@register.filter
def hour(value: time | datetime | None) -> str:
    """Write an hour in local time, "17 h 05"."""
    if value is None:
        return french.NOTHING
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return french.hour(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Write a day and its hour, "30 janv. 2026, 9 h 22"."""
    return french.NOTHING if value is None else f"{day(value)}, {hour(value)}"


@register.filter
def ago(value: datetime | None) -> str:
    """Write how long ago a moment was, "il y a 12 s"; "dans 25 min" when it is to come."""
    return french.NOTHING if value is None else french.ago(timezone.now() - value)


@register.filter
def due_label(deadline: date | None, label: str = "") -> str:
    """Write the distance from today to a deadline, "J−39" or "2 j de retard"; `label` replaces it."""
    if deadline is None:
        return label
    return label or french.due(_local_day(deadline), timezone.localdate())


@register.filter
def due_tone(deadline: date | None, soon: int | str = 7) -> str:
    """Return "late" for a past deadline, "soon" within `soon` days, "" otherwise."""
    if deadline is None:
        return ""
    left = _local_day(deadline) - timezone.localdate()
    if left < timedelta(0):
        return "late"
    return "soon" if left <= timedelta(days=int(soon)) else ""


@register.filter
def look(code: str | None, kind: str) -> palette.Look:
    """Return the look (word, tone, icon) of a code: `{% with s=lot.status|look:"lot" %}`."""
    return palette.look(kind, code)


@register.filter
def word(code: str | None, kind: str) -> str:
    """Return the French word of a code alone, for a sentence or an option: `{{ code|word:"mission" }}`."""
    return palette.look(kind, code).word


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """Return `mapping[key]`, None when it is missing: for tables whose columns are data."""
    return mapping.get(key)


@register.filter
def get_at(sequence: list[Any], index: int) -> Any:
    """Return `sequence[index]`: for rows whose columns are data."""
    return sequence[index]


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon of the sprite, hidden from screen readers: the word beside it says the same."""
    if not name:
        return SafeString("")
    return format_html(
        '<svg class="ic{}" aria-hidden="true" focusable="false"><use href="{}#i-{}"/></svg>',
        f" {classes}" if classes else "",
        static("vendor/icons.svg"),
        name,
    )


DASHES = BLANK_CHOICE_DASH[0][1]
CONTROL_CLASSES: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.RadioSelect, ""),
    (widgets.CheckboxSelectMultiple, ""),
    (widgets.CheckboxInput, "form-check-input"),
    (widgets.Select, "form-select"),
    (widgets.Widget, "form-control"),
)


@register.filter
def control(field: BoundField) -> SafeString:
    """Draw a form field's control with the house's class, its own classes kept, marked when in error."""
    widget = field.field.widget
    house = next(classes for kind, classes in CONTROL_CLASSES if isinstance(widget, kind))
    invalid = "is-invalid" if field.errors else ""
    classes = " ".join(filter(None, [house, widget.attrs.get("class", ""), invalid]))
    attrs: dict[str, str | bool] = {"class": classes} if classes else {}
    if field.field.localize:
        attrs["inputmode"] = "decimal"
    # Django's word for nothing is a row of dashes.
    return SafeString(field.as_widget(attrs=attrs).replace(f">{DASHES}</option>", ">Choisir…</option>"))


@register.filter
def control_kind(field: BoundField) -> str:
    """Return how a field is laid out: "check", "choices", "hidden" or "line"."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, widgets.RadioSelect | widgets.CheckboxSelectMultiple):
        return "choices"
    return "check" if isinstance(widget, widgets.CheckboxInput) else "line"


@register.filter
def written(value: object) -> str:
    """Write any value of a row as the house does: a day, a number, a text, "—" for nothing."""
    if value is None or value == "":
        return french.NOTHING
    if isinstance(value, date):
        return french.day(_local_day(value))
    return french.number(value) if isinstance(value, Decimal) else str(value)
