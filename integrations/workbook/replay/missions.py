"""Checks of one mission: rights, dates, status against result, reviewer, area."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal

from integrations.workbook.replay.findings import Discrepancy, Kind, found_at
from integrations.workbook.replay.history import History
from integrations.workbook.rows import AuthorisationRow, MissionRow
from integrations.workbook.words import Result
from lots.rules.text import fold
from spekty.core import french

INSULATION = "ISO"
AREA_GAP_LIMIT = Decimal("0.10")
Rights = dict[tuple[str, str], list[AuthorisationRow]]
Check = Callable[[History, MissionRow], Discrepancy | None]


def mission_discrepancies(history: History) -> Iterator[Discrepancy]:
    """Yield what is wrong in each mission by itself, one line per kind and mission."""
    rights: Rights = defaultdict(list)
    for row in history.book.authorisations:
        rights[row.agent, row.family].append(row)
    for mission in history.book.missions:
        missing = _authorisation(history, mission, rights)
        if missing is not None:
            yield missing
        for check in (_date_order, _status, _reviewer, _area):
            found = check(history, mission)
            if found is not None:
                yield found


def _authorisation(history: History, mission: MissionRow, rights: Rights) -> Discrepancy | None:
    """A site visit, held or attempted, by an agent without the right of the family on that day."""
    lot = history.lot_of(mission)
    family = history.family_of(lot) if lot else ""
    if not mission.on_site or not family:
        return None
    visits = [(attempt.agent, attempt.day) for attempt in mission.attempts]
    if mission.held and mission.visited_on:
        visits.append((mission.agent, mission.visited_on))
    for agent, day in visits:
        held = rights.get((agent, family), [])
        if agent and not any(_covers(row, day) for row in held):
            return found_at(
                mission.place,
                Kind.AUTHORISATION_MISSING,
                mission.number,
                f"habilitation {family} de {agent} le {day:%Y-%m-%d}",
                _periods(held),
                f"Mission {mission.number} : visite du {french.day(day)} par {agent} sans habilitation "
                f"{family} valable ce jour ; trouvé {_periods(held)} (une visite tenue ou tentée l’exige).",
            )
    return None


def _covers(row: AuthorisationRow, day: dt.date) -> bool:
    if row.valid_from is None or day < row.valid_from:
        return False
    return row.valid_to is None or day <= row.valid_to


def _periods(rows: list[AuthorisationRow]) -> str:
    if not rows:
        return "aucune habilitation"
    return ", ".join(f"du {_shown(row.valid_from)} au {_shown(row.valid_to)}" for row in rows)


def _shown(day: dt.date | None) -> str:
    return french.day(day) if day else "(sans date)"


def _date_order(history: History, mission: MissionRow) -> Discrepancy | None:
    """A visit before the draw (an appointment isn't a visit), or a report before the visit."""
    lot = history.lot_of(mission)
    held_on = mission.visited_on if mission.held else None
    visits = [attempt.day for attempt in mission.attempts] + ([held_on] if held_on else [])
    if lot and lot.drawn_on and visits and min(visits) < lot.drawn_on:
        first, drawn = min(visits), lot.drawn_on
        return found_at(
            mission.place,
            Kind.DATE_ORDER,
            mission.number,
            f"visite à partir du {drawn:%Y-%m-%d}",
            f"{first:%Y-%m-%d}",
            f"Mission {mission.number} : visite du {french.day(first)} avant le tirage du lot {lot.number}, "
            f"le {french.day(drawn)}.",
        )
    if held_on and mission.reported_on and mission.reported_on < held_on:
        return found_at(
            mission.place,
            Kind.DATE_ORDER,
            mission.number,
            f"rapport à partir du {held_on:%Y-%m-%d}",
            f"{mission.reported_on:%Y-%m-%d}",
            f"Mission {mission.number} : rapport du {french.day(mission.reported_on)} avant la visite du "
            f"{french.day(held_on)}.",
        )
    return None


def _status(_: History, mission: MissionRow) -> Discrepancy | None:
    """A result without a held visit, or a report issued without a result."""
    if mission.result_text and not mission.held:
        return found_at(
            mission.place,
            Kind.STATUS_CONTRADICTION,
            mission.number,
            "aucun résultat",
            mission.result_text,
            f"Mission {mission.number} : résultat « {mission.result_text} » alors que la visite n’a pas été "
            f"tenue (statut « {mission.status_text} »).",
        )
    if mission.reported and not mission.result_text:
        return found_at(
            mission.place,
            Kind.STATUS_CONTRADICTION,
            mission.number,
            "un résultat",
            "",
            f"Mission {mission.number} : rapport émis sans résultat.",
        )
    return None


def _reviewer(_: History, mission: MissionRow) -> Discrepancy | None:
    if not mission.agent or fold(mission.agent) != fold(mission.reviewer):
        return None
    return found_at(
        mission.place,
        Kind.REVIEWER_IS_INSPECTOR,
        mission.number,
        f"relecteur différent de {mission.agent}",
        mission.reviewer,
        f"Mission {mission.number} : relue par {mission.reviewer}, qui a fait la visite ; le relecteur doit "
        f"être une autre personne.",
    )


def _area(history: History, mission: MissionRow) -> Discrepancy | None:
    """Insulation found satisfied though the area gap is above 10 %: (declared - measured) / measured."""
    lot, operation = history.lot_of(mission), history.operation_of(mission)
    if mission.result is not Result.S or not mission.on_site or not lot or not operation:
        return None
    declared, measured = operation.declared_area, mission.measured_area
    if history.family_of(lot) != INSULATION or declared is None or measured is None:
        return None
    if declared - measured <= AREA_GAP_LIMIT * measured:
        return None
    gap = french.percent_points(round((declared - measured) * 100 / measured, 1)) if measured else "infini"
    return found_at(
        mission.place,
        Kind.AREA_GAP_CONCLUSION,
        mission.number,
        "Non satisfaisant",
        mission.result_text,
        f"Mission {mission.number} : {french.number(declared)} m² déclarés, {french.number(measured)} m² "
        f"mesurés, écart {gap} au-dessus de {french.percent_points(AREA_GAP_LIMIT * 100)} ; attendu "
        f"« Non satisfaisant », trouvé « {mission.result_text} ».",
    )
