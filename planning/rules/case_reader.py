"""What a planning case must hold; the first thing wrong is said with its place."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from planning.rules.wording import NBSP

Check = Callable[[Any], bool]


class CaseRefused(ValueError):
    """The case can't be planned; the message says what is wrong, and where."""


def checked_case(data: Any) -> dict[str, Any]:
    """Return the case with its optional parts filled in. Raises CaseRefused."""
    if not isinstance(data, dict) or not {"agents", "missions", "days", "shift"} <= data.keys():
        raise CaseRefused("il faut « agents », « missions », « days » et « shift »")
    _need(data, "days", lambda days: _is_whole(days) and 1 <= days <= 366, "un nombre de jours", "le cas")
    _need(data, "shift", _is_pair, "deux heures de la journée, en secondes, dans l’ordre", "le cas")
    _need(data, "lunch", _is_pair_or_none, "deux heures de la journée, en secondes, dans l’ordre", "le cas")
    _need(data, "lunch_dur", _is_length_or_none, "une durée en secondes", "le cas")
    _need(data, "max_km", _is_number_or_none, "un nombre de kilomètres", "le cas")
    for name, check in (("agents", _check_agent), ("missions", _check_mission)):
        rows = data[name]
        if not isinstance(rows, list):
            raise CaseRefused(f"« {name} » n’est pas une liste")
        for rank, row in enumerate(rows, start=1):
            _check_row(row, f"{name}, n°{NBSP}{rank}")
            check(row, f"{name}, n°{NBSP}{rank}")
        _no_twice([row["id"] for row in rows], name)
    names = data.get("skills")
    return {**data, "skills": names if isinstance(names, dict) else {}}


def _check_row(row: Any, where: str) -> None:
    if not isinstance(row, Mapping):
        raise CaseRefused(f"{where}{NBSP}: ce n’est pas un objet")
    _need(row, "id", _is_whole, "un nombre entier", where)
    _need(row, "lat", lambda value: _is_number(value) and -90 <= value <= 90, "une latitude", where)
    _need(row, "lon", lambda value: _is_number(value) and -180 <= value <= 180, "une longitude", where)


def _check_agent(row: Mapping[str, Any], where: str) -> None:
    _need(row, "skills", lambda value: isinstance(value, list), "une liste", where)


def _check_mission(row: Mapping[str, Any], where: str) -> None:
    _need(row, "skill", lambda value: isinstance(value, int | str), "un numéro", where)
    _need(row, "service", lambda value: _is_whole(value) and value >= 0, "une durée en secondes", where)
    for name in ("priority", "fixed_day", "due_day"):
        _need(row, name, lambda value: value is None or _is_whole(value), "un nombre entier", where)
    _need(row, "tw", _is_pair_or_none, "deux moments, en secondes, dans l’ordre", where)


def _need(row: Mapping[str, Any], name: str, check: Check, what: str, where: str) -> None:
    if not check(row.get(name)):
        raise CaseRefused(f"{where}{NBSP}: « {name} » doit être {what}")


def _no_twice(numbers: list[int], name: str) -> None:
    seen: set[int] = set()
    for number in numbers:
        if number in seen:
            raise CaseRefused(f"{name}{NBSP}: l’identifiant {number} est là deux fois")
        seen.add(number)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_number_or_none(value: Any) -> bool:
    return value is None or (_is_number(value) and value >= 0)


def _is_length_or_none(value: Any) -> bool:
    return value is None or (_is_whole(value) and value >= 0)


def _is_pair(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(_is_whole(part) for part in value)
        and value[0] <= value[1]
    )


def _is_pair_or_none(value: Any) -> bool:
    return value is None or _is_pair(value)
