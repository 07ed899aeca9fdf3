"""The order in which the workbook becomes history; each stage is one transaction, and can be run again."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from integrations.workbook.fates import Fate, Remark, SheetLedger
from integrations.workbook.loading.upsert import Key, Tally, Upserted
from integrations.workbook.reader import Workbook
from integrations.workbook.rows import Place

Ids = dict[str, int]


@dataclass
class Loading:
    """What the stages share: the workbook, the ids of what is loaded, the account of what was written."""

    book: Workbook
    clients: Ids = field(default_factory=dict)
    agents: Ids = field(default_factory=dict)
    fiches: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    installers: Ids = field(default_factory=dict)
    lots: dict[str, int] = field(default_factory=dict)
    operations: dict[tuple[str, str], int] = field(default_factory=dict)
    missions: Ids = field(default_factory=dict)
    invoices: Ids = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    # Series moved: "FA 2026" -> [before, after].
    series: dict[str, list[int]] = field(default_factory=dict)

    def note(self, table: str, done: Upserted) -> Upserted:
        """Add a table's count to the account."""
        kept = self.tallies.setdefault(table, Tally())
        kept.created += done.tally.created
        kept.updated += done.tally.updated
        kept.unchanged += done.tally.unchanged
        return done

    def settle(self, place: Place, fate: Fate, reason: str = "") -> None:
        """Change the fate that the reader gave to one row: the database knew better."""
        ledger = self._ledgers[place.sheet]
        index = self._positions(ledger)[place.row]
        ledger.fates[index] = type(ledger.fates[index])(place.sheet, place.row, fate, reason)

    def settle_rows(self, rows: Iterable[tuple[Place, Key]], done: Upserted) -> None:
        """Give each row the fate that the table says: created, updated, unchanged, or refused with why."""
        for place, key in rows:
            self._tell_misfits(place, key, done)
            if key in done.refused:
                self.settle(place, Fate.REJECTED, done.refused[key])
            elif key in done.updated:
                self.settle(place, Fate.UPDATED, "mise à jour")
            elif key not in done.created:
                self.settle(place, Fate.UNCHANGED)

    def tell(self, rows: Iterable[tuple[Place, Key]], done: Upserted, what: str) -> None:
        """Remark what a second table could not take of rows that live in another one."""
        if not (done.misfits or done.refused):
            return
        for place, key in rows:
            self._tell_misfits(place, key, done)
            if key in done.refused:
                self.book.remarks.append(
                    Remark(place.sheet, place.row, what, "", f"{what} : {done.refused[key]}")
                )

    def _tell_misfits(self, place: Place, key: Key, done: Upserted) -> None:
        for misfit in done.misfits.get(key, ()):
            self.book.remarks.append(
                Remark(
                    place.sheet,
                    place.row,
                    misfit.column,
                    misfit.value,
                    f"{misfit.column} {misfit.reason} : « {misfit.value[:60]} »",
                )
            )

    @property
    def _ledgers(self) -> dict[str, SheetLedger]:
        return {ledger.sheet: ledger for ledger in self.book.ledgers}

    def _positions(self, ledger: SheetLedger) -> dict[int, int]:
        cached: dict[str, dict[int, int]] = self.__dict__.setdefault("_rows", {})
        if ledger.sheet not in cached:
            cached[ledger.sheet] = {fate.row: index for index, fate in enumerate(ledger.fates)}
        return cached[ledger.sheet]


Stage = Callable[[Loading], None]


def run_stage(stage: Stage, loading: Loading) -> None:
    """Run one stage in its own transaction."""
    with transaction.atomic():
        stage(loading)


def clip(text: str, length: int) -> str:
    """Return `text` cut to what its column holds; the workbook has no limit."""
    return text[:length]


def moment(day: dt.date | None, hour: dt.time | None, zone: Any) -> dt.datetime | None:
    """Return the aware moment of a day and an hour (midnight when the workbook has none)."""
    return dt.datetime.combine(day, hour or dt.time(0), tzinfo=zone) if day else None
