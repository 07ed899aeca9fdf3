"""Columns whose headers say nothing: what their content leaves possible for the fields still missing."""

from collections.abc import Collection, Mapping

from lots.rules.columns import Content
from lots.rules.fields import Kind

GUESS = 0.5


def leftovers(
    given: Collection[str], taken: Collection[int], contents: Mapping[int, Content]
) -> dict[int, tuple[str | None, float]]:
    """Return a guess for the columns not `taken` and the fields not `given`, half certain at most."""
    free = {
        index: content for index, content in sorted(contents.items()) if index not in taken and content.filled
    }
    guesses: dict[int, str] = _dates(given, free)
    if "reference" not in given:
        codes = [index for index, content in free.items() if index not in guesses and _is_code(content)]
        if codes:
            guesses[codes[0]] = "reference"
    if not {"postcode", "full_address"} & set(given):
        for index, content in free.items():
            if index not in guesses and content.shares[Kind.POSTCODE] > 0.9 and content.distinct < 1:
                guesses[index] = "postcode"
                break
    return {index: (field, GUESS) for index, field in guesses.items()}


def _dates(given: Collection[str], free: Mapping[int, Content]) -> dict[int, str]:
    """The works are engaged before they are completed: two unnamed columns of dates are in that order."""
    days = {index: content.middle_day for index, content in free.items() if content.middle_day is not None}
    wanted = [field for field in ("engaged_on", "completed_on") if field not in given]
    if len(days) != len(wanted):
        return {}
    return dict(zip(sorted(days, key=lambda index: (days[index] or 0, index)), wanted, strict=True))


def _is_code(content: Content) -> bool:
    """A reference is short, different on every line, and neither a date nor a phone nor an address."""
    others = (Kind.DATE, Kind.PHONE, Kind.EMAIL, Kind.SIREN)
    return (
        content.distinct == 1
        and all(content.shares[kind] < 0.5 for kind in others)
        and content.whole_address < 0.5
        and all(len(text) <= 40 and any(char.isdigit() for char in text) for text in content.sample)
        and all(len(text.split()) <= 2 for text in content.sample)
    )
