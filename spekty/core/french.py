"""How Spekty writes in French: amounts, rates, dates, hours, names. Pure functions; no clock, no Django.

Spaces: U+202F between thousands (it never breaks and stays narrow), U+00A0 between a number and its unit.
Nothing is written "—"; zero is written "0". Negative numbers take U+2212.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction

from spekty.core.departments import NAMES

NBSP = "\N{NO-BREAK SPACE}"
THIN = "\N{NARROW NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOTHING = "—"

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin",
    "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")

# What links the words of a town's name.
_LINKS = frozenset(("d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lès", "sous", "sur", "aux"))
_NAME = re.compile(r"[^\W\d_]+(?:[ '’-]+[^\W\d_]+)*")
_WORD = re.compile(r"[^\W\d_]+")
_ELIDED = re.compile(r"\b([dDlL]) (?=\w)")

Number = int | Decimal | Fraction


def _rounded(value: Number, decimals: int) -> Decimal:
    exact = Fraction(value)
    shifted = exact * 10**decimals
    whole = int(abs(shifted) + Fraction(1, 2))  # half up, away from zero, on the exact value
    return Decimal(whole if shifted >= 0 else -whole).scaleb(-decimals)


def _plain_decimals(value: Number) -> int:
    if isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        return max(0, -exponent) if isinstance(exponent, int) else 0
    return 0 if isinstance(value, int) else 2


def number(value: Number, decimals: int | None = None) -> str:
    """Write a number, "1 234,5", half up to `decimals` places, or with its own places when None."""
    places = _plain_decimals(value) if decimals is None else decimals
    rounded = _rounded(value, places)
    whole, _, fraction = f"{abs(rounded):f}".partition(".")
    groups = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", THIN, whole)
    sign = MINUS if rounded < 0 else ""
    return f"{sign}{groups},{fraction}" if fraction else f"{sign}{groups}"


def euros(amount: Number, decimals: int = 2) -> str:
    """Write an amount in euros, "1 234,56 €", half up to the cent."""
    return f"{number(amount, decimals)}{NBSP}€"


def percent(rate: Number, decimals: int = 1) -> str:
    """Write a rate given as a fraction of one (2/15 gives "13,3 %"). A whole rate keeps no decimals ("10 %").

    For display only: a verdict compares the exact rate, never what is written here.
    """
    scaled = Fraction(rate) * 100
    places = 0 if scaled.denominator == 1 else decimals
    return f"{number(scaled, places)}{NBSP}%"


def percent_points(points: Number) -> str:
    """Write a percentage given in points, with its own decimals (Decimal("12.5") gives "12,5 %")."""
    return f"{number(points)}{NBSP}%"


def signed(value: Number, decimals: int | None = None) -> str:
    """Write a difference with its sign: "+16", "−6", "0"."""
    text = number(value, decimals)
    return f"+{text}" if value > 0 else text


def plural(count: int, singular: str, several: str = "") -> str:
    """Write a count and its noun: plural from two ("0 mission", "1 mission", "2 missions")."""
    noun = (several or f"{singular}s") if abs(count) >= 2 else singular
    return f"{number(count)}{NBSP}{noun}"


def day(value: date, with_year: bool = True) -> str:
    """Write a day, "24 nov. 2026", "1er févr. 2026"; without its year when the context gives it."""
    text = f"{_day_number(value)}{NBSP}{SHORT_MONTHS[value.month - 1]}"
    return f"{text}{NBSP}{value.year}" if with_year else text


def days(first: date, last: date) -> str:
    """Write a stretch of days, "23 au 27 nov. 2026"; what both ends share is said once."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_day_number(first)} au {day(last)}"
    return f"{day(first, with_year=first.year != last.year)} au {day(last)}"


def day_long(value: date) -> str:
    """Write a day in full, "lundi 2 février 2026"."""
    return f"{WEEKDAYS[value.weekday()]} {_day_number(value)}{NBSP}{MONTHS[value.month - 1]} {value.year}"


def weekday(value: date) -> str:
    """Write a day with its weekday, "lundi 2 févr. 2026"."""
    return f"{WEEKDAYS[value.weekday()]} {day(value)}"


def month(value: date) -> str:
    """Write a month, "février 2026"."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def _day_number(value: date) -> str:
    return "1er" if value.day == 1 else str(value.day)


def hour(value: time | datetime) -> str:
    """Write an hour of the day, "17 h 05". An aware datetime must already be in local time."""
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02d}"


def duration(minutes: int) -> str:
    """Write a duration given in minutes: "45 min", "6 h 43", "7 h"."""
    sign = MINUS if minutes < 0 else ""
    hours, rest = divmod(abs(minutes), 60)
    if not hours:
        return f"{sign}{rest}{NBSP}min"
    return f"{sign}{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{sign}{hours}{NBSP}h"


def ago(elapsed: timedelta) -> str:
    """Write how long ago, "il y a 12 s", "il y a 6 j"; a negative one is to come, "dans 25 min"."""
    seconds = int(elapsed.total_seconds())
    word = "dans" if seconds < 0 else f"il y{NBSP}a"
    size = abs(seconds)
    for unit, length in (("j", 86_400), ("h", 3_600), ("min", 60)):
        if size >= length:
            return f"{word} {number(size // length)}{NBSP}{unit}"
    return f"{word} {size}{NBSP}s"


def due(deadline: date, today: date) -> str:
    """Write the distance to a deadline in calendar days: "J−39", "aujourd’hui", "2 j de retard"."""
    left = (deadline - today).days
    if left == 0:
        return "aujourd’hui"
    return f"J{MINUS}{number(left)}" if left > 0 else f"{number(-left)}{NBSP}j de retard"


def distance(metres: int) -> str:
    """Write a distance given in metres: "850 m", "141 km"."""
    return f"{number(metres)}{NBSP}m" if metres < 1000 else f"{number(Fraction(metres, 1000), 0)}{NBSP}km"


def filesize(size: int) -> str:
    """Write a size given in bytes: "0 o", "156 ko", "1,2 Mo"."""
    if size < 1000:
        return f"{number(size)}{NBSP}o"
    if size < 1_000_000:
        return f"{number(Fraction(size, 1000), 0)}{NBSP}ko"
    return f"{number(Fraction(size, 1_000_000), 1)}{NBSP}Mo"


def ordinal(rank: int, feminine: bool = False) -> str:
    """Write a rank: "1er" ("1re" in the feminine), "2e"."""
    if rank == 1:
        return "1re" if feminine else "1er"
    return f"{rank}e"


def surname(text: str) -> str:
    """Write a name that was sent in capitals as a name: "LE GOFF" -> "Le Goff"; anything else is left."""
    return _capitalised(text) if _NAME.fullmatch(text) else text


def town(text: str) -> str:
    """Write a town as on a road sign: "LE LION D ANGERS" -> "Le Lion d’Angers"."""
    first, *others = _capitalised(text).split(" ")
    words = [first, *(word.lower() if word.lower() in _LINKS else word for word in others)]
    return _ELIDED.sub("\\1’", " ".join(words))


def _capitalised(text: str) -> str:
    return _WORD.sub(lambda word: word[0].capitalize(), text) if text.isupper() else text


def initials(name: str) -> str:
    """Return the initials of a name's first two words ("Julien Le Goff" gives "JL"), "?" for none."""
    return "".join(word[0] for word in name.split()[:2] if word[0].isalpha()).upper() or "?"


def short_name(name: str) -> str:
    """Shorten a person's name to its initial and surname: "Nadia Ferrand" gives "N. Ferrand"."""
    first, _, last = name.strip().partition(" ")
    return f"{first[0]}.{NBSP}{last}" if last else first


def phone(value: str) -> str:
    """Write a French telephone number in pairs, "07 92 71 10 42"; any other text is left as it is."""
    digits = re.sub(r"[^\d+]", "", value)
    national = re.sub(r"^(?:\+33|0033)0?", "0", digits)
    if not re.fullmatch(r"0[1-9]\d{8}", national):
        return value
    return NBSP.join(national[i : i + 2] for i in range(0, 10, 2))


def phone_uri(value: str) -> str:
    """Return the number a telephone dials, "+33792711042"; for a number that isn't French, its digits."""
    digits = re.sub(r"[^\d+]", "", phone(value))
    return f"+33{digits[1:]}" if re.fullmatch(r"0[1-9]\d{8}", digits) else digits


def department(code: str) -> str:
    """Return a department's name from its INSEE code ("33" gives "Gironde"), the code when it is unknown."""
    return NAMES.get(code.upper().zfill(2), code)


def of(name: str) -> str:
    """Write "de" before a name, elided before a vowel or a mute h: "de Coste", "d’Odile", "d’Hélène"."""
    return f"d’{name}" if name[:1].lower() in "aàâeéèêëiîïoôuùûyhœæ" else f"de {name}"


def typo(text: str) -> str:
    """Make the spaces of French typography unbreakable (before ; : ! ? % €, inside « ») and quotes curly."""
    text = re.sub(r" ([;!?])", rf"{THIN}\1", text)
    text = re.sub(r" ([:%€»])", rf"{NBSP}\1", text)
    return text.replace("« ", f"«{NBSP}").replace("'", "’")
