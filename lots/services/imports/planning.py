"""The dry run of a batch: its file, its columns and its corrections through the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db.models import Q
from django.utils import timezone

from lots.models import ImportBatch, ImportRow, Operation
from lots.rules.cells import given_back
from lots.rules.importing import plan_import
from lots.rules.parsing import Cell
from lots.rules.plans import Choices, ExistingOperation, Fate, ImportPlan, RowPlan, SourceFile
from lots.rules.rows import Columns, read_row
from lots.rules.stored import LABELS, address_key
from lots.rules.widths import clean_text
from lots.selectors.imports import check_context, drawn_lots, existing_operations, stored_cells
from lots.services.imports.receiving import sheets_of
from spekty.core.french import typo
from spekty.core.sheets import Sheet

NEW = "\N{HORIZONTAL ELLIPSIS}"  # no lot has this number: the lines join none


def plan_batch(batch: ImportBatch, *, sheets: list[Sheet] | None = None) -> ImportPlan:
    """Return the fate of every line of the batch as things are now; nothing is written.

    The lines kept from the file are enough once it was read.

    A new lot whose lines name several fiches takes the most frequent one; the others are rejected.
    """
    source = (sheets is None and stored_source(batch)) or source_of(batch, sheets or sheets_of(batch))
    existing = list(existing_operations(batch.client))
    target = batch.lot.number if batch.lot else NEW if batch.options.get("new_lot") else None
    plan = _planned(batch, source, existing, target, None)
    if plan.lot is None and batch.fiche is None and len(plan.fiches) > 1:
        main = max(sorted(plan.fiches), key=lambda fiche: plan.fiches[fiche])
        plan = _planned(batch, source, existing, target, main)
    if plan.lot == NEW:
        plan = replace(plan, lot=None)
    return replace(plan, notices=(*plan.notices, *_unread(batch)))


def _planned(
    batch: ImportBatch,
    source: SourceFile,
    existing: list[ExistingOperation],
    target: str | None,
    fiche: str | None,
) -> ImportPlan:
    context = check_context(batch, timezone.localdate(), fiche)
    plan = plan_import(
        source, existing, context, lot=target, drawn_lots=drawn_lots(batch.client), choices=choices_of(batch)
    )
    return with_extras(plan, batch)


def source_of(batch: ImportBatch, sheets: list[Sheet]) -> SourceFile:
    """Return the batch's lines and how its columns are read."""
    name = batch.mapping.get("sheet", "")
    sheet = next((sheet for sheet in sheets if sheet.name == name), sheets[0] if sheets else Sheet("", []))
    return _source(batch, sheet.rows)


def stored_source(batch: ImportBatch) -> SourceFile | None:
    """Return the batch's lines as they are kept, None when they aren't (yet)."""
    stored = stored_cells(batch)
    if stored is None:
        return None
    rows: list[list[Cell]] = [[]] * (stored[0][0] - 1 if stored else 0)
    return _source(batch, [*rows, *(cells for _, cells in stored)])


def _source(batch: ImportBatch, rows: Sequence[Sequence[Cell]]) -> SourceFile:
    return SourceFile(
        rows=rows,
        first_data_row=batch.mapping.get("first_data_row", 0),
        mapping=fields_of(batch),
        headers=batch.headers,
    )


def fields_of(batch: ImportBatch) -> dict[int, str]:
    """Return column index -> field."""
    columns = batch.mapping.get("columns", [])
    return {column["index"]: column["field"] for column in columns if column["field"]}


def plan_line(batch: ImportBatch, row: ImportRow) -> RowPlan:
    """Return the fate of one line looked at alone: what other lines of the file say isn't known."""
    cells = given_back(row.cells)
    values, _ = read_row(cells, Columns.of(fields_of(batch), batch.headers), row.corrected)
    twins = Q(reference=values.get("reference"))
    if isinstance(values.get("address"), str) and isinstance(values.get("postcode"), str):
        twins |= Q(address_key=address_key(str(values["address"]), str(values["postcode"])))
    decided = Choices(frozenset({1}) if row.left_out else frozenset(), {1: row.corrected})
    counts = batch.counts
    plan = plan_import(
        SourceFile([cells], 0, fields_of(batch), batch.headers),
        existing_operations(batch.client, twins),
        check_context(batch, timezone.localdate(), counts.get("fiche")),
        lot=batch.lot.number if batch.lot else counts.get("lot") or NEW,
        choices=decided,
    )
    if not plan.rows:
        return RowPlan(row.line, Fate.IGNORED, None, {}, (), {}, cells)
    return replace(plan.rows[0], row=row.line)


def choices_of(batch: ImportBatch) -> Choices:
    """Return what was corrected and left out on the preview."""
    decided = ImportRow.objects.filter(batch=batch).exclude(corrected={}, left_out=False)
    rows = list(decided.values_list("line", "corrected", "left_out"))
    return Choices(
        excluded=frozenset(line for line, _, left_out in rows if left_out),
        fixes={line: corrected for line, corrected, _ in rows if corrected},
    )


def with_extras(plan: ImportPlan, batch: ImportBatch) -> ImportPlan:
    """Return the plan where a line that differs only by a column of the client's own is an update."""
    if plan.lot is None or not any(index not in plan.mapping for index in plan.headers):
        return plan
    operations = Operation.objects.filter(lot__client=batch.client, lot__number=plan.lot)
    known = dict(operations.values_list("reference", "extra"))
    rows = tuple(
        _with_extra(row, plan.extra_cells(row), known.get(row.reference or "") or {}) for row in plan.rows
    )
    return replace(plan, rows=rows)


def _with_extra(row: RowPlan, extra: Mapping[str, str], known: Mapping[str, str]) -> RowPlan:
    if row.fate not in (Fate.UNCHANGED, Fate.UPDATED):
        return row
    own = own_columns(extra)
    changes = {header: (known.get(header), text) for header, text in own.items() if known.get(header) != text}
    if not changes:
        return row
    return replace(row, fate=Fate.UPDATED, changes={**row.changes, **changes})


def own_columns(extra: Mapping[str, str]) -> dict[str, str]:
    """Return the client's own columns as an operation keeps them."""
    return {
        header: cleaned
        for header, text in extra.items()
        if header not in LABELS.values() and (cleaned := clean_text(text).strip())
    }


def _unread(batch: ImportBatch) -> tuple[str, ...]:
    others = batch.options.get("unread") or []
    if not others:
        return ()
    names = ", ".join(f"« {name} »" for name in others)
    return (typo(f"Une seule feuille est lue, « {batch.mapping.get('sheet', '')} » ; pas {names}."),)
