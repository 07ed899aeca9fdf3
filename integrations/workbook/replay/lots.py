"""LOT_CONFORMITY_DIFF, DUPLICATE_OPERATION, ORDERER_IS_INSTALLER."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

from integrations.workbook.replay.coherence import remark_lot_cells
from integrations.workbook.replay.findings import Discrepancy, Kind, found_at
from integrations.workbook.replay.history import History
from integrations.workbook.rows import LotRow, MissionRow
from integrations.workbook.words import LotStatus, Result
from lots.rules.rates import find_ceiling
from lots.rules.verdict import LotFacts, LotVerdict, Verdict, judge


def lot_discrepancies(history: History) -> Iterator[Discrepancy]:
    """Yield the closed lots whose verdict isn't the one their recorded conclusions give."""
    verdicts = replay_verdicts(history)
    for lot in history.book.lots:
        result = verdicts.get(lot.number)
        if lot.status is not LotStatus.CLOSED or result is None:
            continue
        if result.verdict is Verdict.UNKNOWN:
            history.remark(lot.place, "verdict", lot.verdict_text, result.unknown)
        elif result.verdict is not lot.verdict:
            yield found_at(
                lot.place,
                Kind.LOT_CONFORMITY_DIFF,
                lot.number,
                result.verdict.label,
                lot.verdict_text,
                f"Lot {lot.number} : attendu « {result.verdict.label} », trouvé « {lot.verdict_text} ». "
                f"{result.explanation}",
            )


def replay_verdicts(history: History) -> dict[str, LotVerdict]:
    """Recompute the verdict of every lot from issued reports, re-inspections left out."""
    sizes: Counter[str] = Counter()
    latest: dict[str, dt.date] = {}
    for operation in history.book.operations:
        sizes[operation.lot] += 1
        if operation.engaged_on is not None:
            latest[operation.lot] = max(operation.engaged_on, latest.get(operation.lot, dt.date.min))
    missions: dict[str, list[MissionRow]] = defaultdict(list)
    for mission in history.book.missions:
        lot = history.lot_of(mission)
        if lot is not None and mission.reported and not mission.reinspection:
            missions[lot.number].append(mission)
    verdicts = {}
    for lot in history.lots.values():
        rate = history.rules.rates.find(lot.fiche, latest.get(lot.number))
        ceiling = find_ceiling(history.rules.ceilings, lot.filing_on.year) if lot.filing_on else None
        facts = _facts(lot, sizes[lot.number], missions[lot.number])
        verdicts[lot.number] = judge(facts, rate, ceiling)
        remark_lot_cells(history, lot, sizes[lot.number], rate)
    return verdicts


def _facts(lot: LotRow, operations: int, missions: list[MissionRow]) -> LotFacts:
    site = Counter(mission.result for mission in missions if mission.on_site)
    contact = Counter(mission.result for mission in missions if mission.channel and not mission.on_site)
    return LotFacts(
        operations, site[Result.S], site[Result.NS], site[Result.NV], contact[Result.S], lot.contact_is_ours
    )


def operation_discrepancies(history: History) -> Iterator[Discrepancy]:
    """Yield the client's references used twice, and the operations whose installer is the orderer."""
    seen: set[str] = set()
    for operation in history.book.operations:
        twins = history.operations_of(operation.reference)
        if len(twins) > 1 and operation.key not in seen:
            seen.add(operation.key)
            lines = ", ".join(str(row.place.row) for row in twins)
            yield found_at(
                twins[1].place,
                Kind.DUPLICATE_OPERATION,
                operation.reference,
                "1",
                str(len(twins)),
                f"Référence {operation.reference} portée par {len(twins)} opérations (lignes {lines}) : "
                f"attendu une seule opération par référence du client.",
            )
        lot = history.lots.get(operation.lot)
        client = history.clients.get(lot.client) if lot else None
        if client and client.siren and client.siren == operation.installer_siren:
            yield found_at(
                operation.place,
                Kind.ORDERER_IS_INSTALLER,
                operation.reference,
                f"SIREN différent de {client.siren}",
                operation.installer_siren,
                f"Opération {operation.reference} : le professionnel (SIREN {operation.installer_siren}) est "
                f"le donneur d’ordre {client.name} ; attendu deux entreprises différentes (règle R13).",
            )
