"""Dry run of an import: the fate of each line, its reasons and what would change. Nothing is written here."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lots.rules.addresses import street_key
from lots.rules.checks import CheckContext, Issue, Severity, Value, check_values, error, warning
from lots.rules.fiches import normalise_fiche
from lots.rules.parsing import Cell, is_nothing, show
from lots.rules.plans import Choices, ExistingOperation, Fate, ImportPlan, RowPlan, SourceFile
from lots.rules.rows import Columns, read_row
from lots.rules.text import fold
from spekty.core.collector import paused
from spekty.core.french import plural, typo

Site = tuple[str, str, str]


@dataclass
class _Run:
    """The running state of one dry run."""

    context: CheckContext
    lot: str | None
    known: Mapping[str, ExistingOperation]
    sites: Mapping[Site, ExistingOperation]
    header_words: frozenset[str]
    seen: dict[str, tuple[int, Mapping[str, Value]]] = field(default_factory=dict)
    seen_sites: dict[Site, tuple[int, str]] = field(default_factory=dict)


@paused()
def plan_import(
    source: SourceFile,
    existing: Iterable[ExistingOperation],
    context: CheckContext,
    *,
    lot: str | None = None,
    drawn_lots: Collection[str] = (),
    choices: Choices | None = None,
) -> ImportPlan:
    """Return the fate of every line after the headers, without writing anything.

    `existing` are the client's operations, whatever their lot. When `lot` is None, the lines join the lot
    that already holds at least half of their references, else a new one. Calling it again after applying the
    plan gives only "unchanged" lines (and the same rejected and ignored ones).
    """
    known_operations = list(existing)
    columns = Columns.of(source.mapping, source.headers)
    decided = choices or Choices()
    read = [
        (number, cells, *read_row(cells, columns, decided.fixes.get(number)))
        for number, cells in _numbered(source)
    ]
    target = lot or _same_lot(read, known_operations)
    run = _Run(
        context=_with_fiche(context, target, known_operations),
        lot=target,
        known={operation.reference: operation for operation in known_operations},
        sites={site: operation for operation in known_operations if (site := _site(operation.values))},
        header_words=frozenset(fold(header) for header in source.headers.values()),
    )
    rows = tuple(
        _skipped(number, cells, values, decided, run) or _planned(number, cells, values, issues, run)
        for number, cells, values, issues in read
    )
    absent = _absent(target, known_operations, run)
    plan = ImportPlan(rows, target, absent, (), source.headers, source.mapping)
    return replace(plan, notices=_notices(plan, drawn_lots))


def _numbered(source: SourceFile) -> list[tuple[int, Sequence[Cell]]]:
    """Return (sheet row, cells) of the lines between the headers and the last filled line."""
    lines = [(place + 1, source.rows[place]) for place in range(source.first_data_row, len(source.rows))]
    while lines and not any(cell != "" for cell in lines[-1][1]):
        lines.pop()
    return lines


def _same_lot(
    read: Sequence[tuple[int, Sequence[Cell], dict[str, Value], list[Issue]]],
    operations: Sequence[ExistingOperation],
) -> str | None:
    references = {values["reference"] for _, _, values, _ in read if values.get("reference")}
    owners = Counter(operation.lot for operation in operations if operation.reference in references)
    if not owners:
        return None
    (lot, count), *_ = owners.most_common(1)
    return lot if 2 * count >= len(references) else None


def _with_fiche(
    context: CheckContext, lot: str | None, operations: Sequence[ExistingOperation]
) -> CheckContext:
    """Return the context with the fiche of the lot that the lines join."""
    if context.lot_fiche or lot is None:
        return context
    fiches = {operation.values.get("fiche") for operation in operations if operation.lot == lot}
    only = fiches.pop() if len(fiches) == 1 else None
    return replace(context, lot_fiche=only) if isinstance(only, str) else context


def _skipped(
    number: int, cells: Sequence[Cell], values: Mapping[str, Value], decided: Choices, run: _Run
) -> RowPlan | None:
    """Return the plan of a line that is no operation, with its reason."""
    if number in decided.excluded:
        return _ignored(number, cells, "Ligne laissée de côté.")
    if "engaged_on" in values and "reference" in values:
        return None
    filled = [show(cell) for cell in cells if not is_nothing(cell)]
    if not filled:
        reason = "Ligne vide."
    elif sum(fold(text) in run.header_words for text in filled) > len(filled) / 2:
        reason = "Ligne d’en-têtes répétée."
    elif fold(filled[0]).split()[:1] in (["total"], ["totaux"], ["somme"]) and values.get("fiche") is None:
        reason = "Ligne de total."
    else:
        return None
    return _ignored(number, cells, reason)


def _ignored(number: int, cells: Sequence[Cell], reason: str) -> RowPlan:
    return RowPlan(number, Fate.IGNORED, None, {}, (warning("skipped", None, reason),), {}, cells)


def _planned(
    number: int, cells: Sequence[Cell], values: dict[str, Value], issues: list[Issue], run: _Run
) -> RowPlan:
    if run.context.lot_fiche and "fiche" not in values and not _is_unreadable("fiche", issues):
        values["fiche"] = run.context.lot_fiche
    fiche = values.get("fiche")
    if isinstance(fiche, str):
        values["fiche"] = normalise_fiche(fiche, run.context.fiches)
    unreadable = {issue.field for issue in issues}
    found = [issue for issue in check_values(values, run.context) if not _repeats(issue, unreadable)]
    reference = values.get("reference")
    reference = reference if isinstance(reference, str) else None
    remarks = [*issues, *found]
    twin = run.seen.get(reference) if reference else None
    if twin and twin[1] == values:
        same = warning("duplicate_line", "reference", f"Ligne identique à la ligne {twin[0]}.")
        return RowPlan(number, Fate.IGNORED, reference, values, (same,), {}, cells)
    remarks += _duplicates(number, reference, values, run)
    if reference and not twin:
        run.seen[reference] = (number, values)
    if any(issue.severity is Severity.ERROR for issue in remarks):
        return RowPlan(number, Fate.REJECTED, reference, values, tuple(remarks), {}, cells)
    return _compared(number, cells, reference or "", values, tuple(remarks), run)


def _repeats(issue: Issue, unreadable: Collection[str | None]) -> bool:
    """An unreadable cell isn't said to be empty as well."""
    if issue.rule not in ("missing", "unreachable"):
        return False
    whole = {"address": "full_address", "postcode": "full_address", "city": "full_address"}
    return issue.field in unreadable or whole.get(issue.field or "") in unreadable


def _is_unreadable(name: str, issues: Iterable[Issue]) -> bool:
    return any(issue.field == name for issue in issues)


def _compared(
    number: int,
    cells: Sequence[Cell],
    reference: str,
    values: Mapping[str, Value],
    remarks: tuple[Issue, ...],
    run: _Run,
) -> RowPlan:
    before = run.known.get(reference)
    if before is None:
        return RowPlan(number, Fate.CREATED, reference, values, remarks, {}, cells)
    changes = {
        name: (before.values.get(name), value)
        for name, value in values.items()
        if before.values.get(name) != value
    }
    fate = Fate.UPDATED if changes else Fate.UNCHANGED
    return RowPlan(number, fate, reference, values, remarks, changes, cells)


def _duplicates(number: int, reference: str | None, values: Mapping[str, Value], run: _Run) -> list[Issue]:
    issues = []
    if reference and reference in run.seen:
        text = (
            f"La référence {reference} est déjà à la ligne {run.seen[reference][0]}, avec d’autres valeurs."
        )
        issues.append(error("duplicate_reference", "reference", text))
    known = run.known.get(reference or "")
    if known and known.lot != run.lot:
        text = f"La référence {reference} est déjà dans le lot {known.lot}."
        issues.append(error("duplicate_lot", "reference", text))
    return [*issues, *_same_site(number, reference, values, run)]


def _same_site(number: int, reference: str | None, values: Mapping[str, Value], run: _Run) -> list[Issue]:
    site = _site(values)
    if site is None:
        return []
    issues = []
    person = fold(f"{values.get('last_name')} {values.get('first_name')} {values.get('company')}")
    first = run.seen_sites.setdefault(site, (number, person))
    if first[0] != number:
        who = " et même bénéficiaire" if first[1] == person else ""
        text = f"Même adresse, même fiche{who} que la ligne {first[0]}."
        issues.append(warning("duplicate_site", "address", text))
    known = run.sites.get(site)
    if known and known.reference != reference:
        text = f"Même adresse et même fiche que l’opération {known.reference} du lot {known.lot}."
        issues.append(warning("duplicate_site", "address", text))
    return issues


def _site(values: Mapping[str, Value]) -> Site | None:
    street, code, fiche = values.get("address"), values.get("postcode"), values.get("fiche")
    if not (isinstance(street, str) and isinstance(code, str) and isinstance(fiche, str)):
        return None
    key = street_key(street)
    return (key, code, fiche) if key else None


def _absent(lot: str | None, operations: Iterable[ExistingOperation], run: _Run) -> tuple[str, ...]:
    if lot is None:
        return ()
    return tuple(
        operation.reference
        for operation in operations
        if operation.lot == lot and operation.reference not in run.seen
    )


def _notices(plan: ImportPlan, drawn_lots: Collection[str]) -> tuple[str, ...]:
    notices = []
    if len(plan.fiches) > 1:
        names = ", ".join(sorted(plan.fiches))
        notices.append(f"Le fichier mêle plusieurs fiches ({names}) : un lot n’en a qu’une.")
    if plan.absent:
        count = plural(len(plan.absent), "opération du lot absente", "opérations du lot absentes")
        notices.append(f"{count} du fichier : rien n’est supprimé.")
    if plan.lot in drawn_lots and plan.changes_something:
        notices.append(
            f"Le lot {plan.lot} est déjà tiré : l’import en fera une nouvelle version, "
            "le tirage reste celui d’avant."
        )
    return tuple(typo(notice) for notice in notices)
