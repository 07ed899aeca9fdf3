"""Moments, lengths and days as a French reader expects them."""

from planning.rules.model import DAY, Interval, Problem

NBSP = "\u00a0"
WEEKDAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")


def hour(moment: int) -> str:
    """Write a moment as « 9 h » or « 17 h 05 », rounded down to the minute."""
    hours, minutes = divmod(moment % DAY // 60, 60)
    return f"{hours}{NBSP}h" + (f"{NBSP}{minutes:02}" if minutes else "")


def hours_between(interval: Interval) -> str:
    """Write a slot as « 9 h-11 h »."""
    return f"{hour(interval.start)}-{hour(interval.end)}"


def minutes(seconds: int) -> str:
    """Write a length as « 47 min » or « 1 h 05 », rounded up to the minute."""
    total = -(-seconds // 60)
    if total < 60:
        return f"{total}{NBSP}min"
    return f"{total // 60}{NBSP}h" + (f"{NBSP}{total % 60:02}" if total % 60 else "")


def kilometres(metres: int) -> str:
    """Write metres as « 12,4 km »."""
    whole, tenth = divmod(round(metres / 100), 10)
    grouped = f"{whole:,}".replace(",", NBSP)
    return f"{grouped},{tenth}{NBSP}km"


def signed_kilometres(metres: int) -> str:
    return ("−" if metres < 0 else "+") + kilometres(abs(metres))


def signed_minutes(seconds: int) -> str:
    return ("−" if seconds < 0 else "+") + minutes(abs(seconds))


def day_name(problem: Problem, day: int) -> str:
    """Write a day as « mar. 14/01 », or « jour 2 » when the problem has no date."""
    date = problem.date_of(day)
    if date is None:
        return f"jour{NBSP}{day + 1}"
    return f"{WEEKDAYS[date.weekday()]}{NBSP}{date:%d/%m}"


def family_name(problem: Problem, family: str) -> str:
    return problem.family_labels.get(family, family)


def plural(count: int, noun: str) -> str:
    return f"{count}{NBSP}{noun}" + ("s" if abs(count) > 1 else "")
