"""The workbook's facts, linked: what every check of the replay starts from."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from billing.rules import BillableMission, Channel, ClientTerms, InvoicingMode, PriceList, PriceRow
from integrations.workbook.fates import Remark
from integrations.workbook.reader import Workbook
from integrations.workbook.reference import ReferenceRules
from integrations.workbook.replay.tariffs import RecordedPrices, RecordedScale
from integrations.workbook.rows import ClientRow, LotRow, MissionRow, OperationRow, Place
from lots.rules.fiches import family_of
from payroll.rules import AgentTerms, PayRate, PayScale, Vehicle
from spekty.core.money import ZERO

WORKBOOK_ITEMS = frozenset({"ISO", "PAC", "GLO", "TER", "CONTACT", "IMPRODUCTIF"})
_FICHE = re.compile(r"^[A-Z]{3,4}-[A-Z]{2}-\d{3}(-[A-Z]{2})?$")


class History:
    """Lots, operations, missions and terms of the workbook, looked up by their references."""

    def __init__(self, book: Workbook, rules: ReferenceRules) -> None:
        self.book, self.rules = book, rules
        self.remarks: list[Remark] = []
        self.clients: dict[str, ClientRow] = {row.code: row for row in reversed(book.clients)}
        self.lots: dict[str, LotRow] = {row.number: row for row in reversed(book.lots)}
        self._operations: dict[tuple[str, str], OperationRow] = {}
        self._by_reference: dict[str, list[OperationRow]] = defaultdict(list)
        for row in book.operations:
            self._operations.setdefault((row.lot, row.key), row)
            self._by_reference[row.key].append(row)
        self._dated: dict[tuple[str, ...], tuple[int, object]] = {}
        self.mission_numbers = {row.number for row in book.missions}
        self._check_links()

    def remark(self, place: Place, column: str, value: str, reason: str) -> None:
        """Note something that stops a figure from being recomputed."""
        self.remarks.append(Remark(place.sheet, place.row, column, value, reason))

    def _check_links(self) -> None:
        for lot in self.book.lots:
            if lot.client not in self.clients:
                self.remark(lot.place, "client", lot.client, f"client inconnu : « {lot.client} »")
            if not _FICHE.match(lot.fiche):
                self.remark(lot.place, "fiche", lot.fiche, f"fiche inconnue : « {lot.fiche} »")
        for operation in self.book.operations:
            if operation.lot not in self.lots:
                self.remark(operation.place, "lot", operation.lot, f"lot inconnu : « {operation.lot} »")
        for mission in self.book.missions:
            self._check_mission(mission)

    def _check_mission(self, mission: MissionRow) -> None:
        if mission.lot not in self.lots:
            self.remark(mission.place, "lot", mission.lot, f"lot inconnu : « {mission.lot} »")
        if self.operation_of(mission) is None:
            reason = f"opération inconnue : « {mission.operation} »"
            self.remark(mission.place, "operation", mission.operation, reason)
        if mission.held and mission.visited_on is None:
            self.remark(mission.place, "visited_on", "", "visite tenue sans date lisible")
        if mission.held and not mission.agent:
            self.remark(mission.place, "agent", "", "visite tenue sans intervenant")
        if mission.reinspection and mission.reinspection_of not in self.mission_numbers:
            reason = f"contre-visite d’une mission inconnue : « {mission.reinspection_of} »"
            self.remark(mission.place, "reinspection_of", mission.reinspection_of, reason)
        if mission.status is None and not mission.status_text:
            self.remark(mission.place, "status", "", "statut vide")

    def operations_of(self, reference: str) -> Sequence[OperationRow]:
        """Return the operations that bear a client's reference (several when it was used twice)."""
        return self._by_reference.get(reference.upper(), ())

    def operation_of(self, mission: MissionRow) -> OperationRow | None:
        """Return the operation a mission inspects: in its lot, else the only one with that reference."""
        exact = self._operations.get((mission.lot, mission.operation.upper()))
        if exact is not None:
            return exact
        candidates = self.operations_of(mission.operation)
        return candidates[0] if len(candidates) == 1 else None

    def lot_of(self, mission: MissionRow) -> LotRow | None:
        """Return the mission's lot; when that lot doesn't exist, the lot of its operation."""
        lot = self.lots.get(mission.lot)
        if lot is None and (operation := self.operation_of(mission)):
            lot = self.lots.get(operation.lot)
        return lot

    def family_of(self, lot: LotRow) -> str:
        """Return the family of the lot's fiche, '' when it isn't a fiche."""
        return family_of(lot.fiche, self.rules.families) if _FICHE.match(lot.fiche) else ""

    def client_of(self, mission: MissionRow) -> ClientRow | None:
        lot = self.lot_of(mission)
        return self.clients.get(lot.client) if lot else None

    @cached_property
    def terms(self) -> dict[str, ClientTerms]:
        """Return each client's invoicing terms; a condition left empty counts for nothing and is remarked."""
        for code, row in self.clients.items():
            lacking = [label for label, value in _conditions(row) if value is None]
            if lacking:
                reason = f"conditions de facturation manquantes, comptées pour rien : {', '.join(lacking)}"
                self.remark(row.place, "code", code, reason)
        return {code: _client_terms(row) for code, row in self.clients.items()}

    @cached_property
    def prices(self) -> PriceList:
        """Return the workbook's prices; an empty amount is zero."""
        for row in self.book.tariffs:
            self._check_dated(row.place, (row.client, row.item), row.valid_from, row.amount)
        rows = [
            PriceRow(row.client, row.item, row.valid_from, row.amount or ZERO)
            for row in self.book.tariffs
            if row.valid_from is not None
        ]
        place = Place("Tarifs", 0)
        return RecordedPrices(rows, lambda value, reason: self.remark(place, "amount", value, reason))

    @cached_property
    def scale(self) -> PayScale:
        """Return the workbook's pay scale, completed by the reference rows of the items it doesn't hold."""
        for row in self.book.pay_rates:
            self._check_dated(row.place, (str(row.contract), row.item), row.valid_from, row.amount)
        own = [
            PayRate(row.contract, row.item, row.valid_from, row.amount or ZERO, "Classeur")
            for row in self.book.pay_rates
            if row.contract is not None and row.valid_from is not None
        ]
        rates = own + [rate for rate in self.rules.pay_rates if rate.item not in WORKBOOK_ITEMS]
        place = Place("Barème paie", 0)
        return RecordedScale(rates, lambda value, reason: self.remark(place, "amount", value, reason))

    def _check_dated(self, place: Place, key: tuple[str, ...], since: dt.date | None, amount: object) -> None:
        """Remark a price or a rate without date or amount, or of which another row says something else."""
        if since is None:
            self.remark(place, "valid_from", "", "date d’application manquante, ligne sans effet")
        if amount is None:
            self.remark(place, "amount", "", "montant manquant, compté pour rien")
        first = self._dated.setdefault((place.sheet, *key, str(since)), (place.row, amount))
        if first[1] != amount:
            reason = f"deux montants à la même date : la ligne {place.row} l’emporte sur la ligne {first[0]}"
            self.remark(place, "amount", str(amount), reason)

    @cached_property
    def agents(self) -> dict[str, AgentTerms]:
        """Return what decides each agent's pay; an agent without a readable contract is left out."""
        return {
            row.code: AgentTerms(row.contract, row.vehicle or Vehicle.COMPANY)
            for row in self.book.agents
            if row.contract is not None
        }

    def billable(self, mission: MissionRow) -> BillableMission | None:
        """Return a mission as billing sees it, None when its lot, family, date or channel isn't known."""
        lot = self.lot_of(mission)
        if lot is None or lot.received_on is None or mission.channel is None or not self.family_of(lot):
            return None
        return BillableMission(
            reference=mission.number,
            lot=lot.number,
            channel=Channel.SITE if mission.on_site else Channel.CONTACT,
            family=self.family_of(lot),
            lot_received_on=lot.received_on,
            reinspection=mission.reinspection,
            reported=mission.reported,
            unproductive_visits=len(mission.attempts),
        )


def _conditions(row: ClientRow) -> list[tuple[str, object]]:
    return [
        ("mode facturation", row.mode),
        ("% improductif", row.unproductive_pct),
        ("nb improductifs max", row.max_unproductive),
        ("frais lot", row.lot_fee),
        ("% contre-visite", row.reinspection_pct),
        ("délai de paiement", row.payment_days),
    ]


def _client_terms(row: ClientRow) -> ClientTerms:
    return ClientTerms(
        code=row.code,
        mode=row.mode or InvoicingMode.MONTHLY,
        unproductive_pct=row.unproductive_pct or ZERO,
        max_unproductive=row.max_unproductive or 0,
        lot_fee=row.lot_fee or ZERO,
        reinspection_pct=row.reinspection_pct or ZERO,
        payment_days=row.payment_days or 0,
    )
