"""Which column of a client's file fills which field: a proposal that a person corrects once."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lots.rules.columns import Content, content_of, refine
from lots.rules.fields import BY_CODE, STREET_PARTS, missing_fields
from lots.rules.headers import header_scores, is_actor
from lots.rules.leftovers import leftovers
from lots.rules.parsing import Cell, is_nothing, show
from lots.rules.text import fold, squeeze
from spekty.core.sheets import Sheet

HEADER_SEARCH = 25
SAMPLE_ROWS = 100
SURE = 0.5
Memory = Mapping[str, str | None]


@dataclass(frozen=True)
class ColumnProposal:
    """What one column seems to hold; `confidence` goes from 0 to 1, `field` is None when nobody knows."""

    index: int
    header: str
    field: str | None
    confidence: float
    sample: tuple[str, ...]


@dataclass(frozen=True)
class MappingProposal:
    """The header rows found (0-based index of the first data row) and one proposal per named column."""

    first_data_row: int
    columns: tuple[ColumnProposal, ...]
    signature: str

    @property
    def mapping(self) -> dict[int, str]:
        """Return column index -> field, for the columns that have one."""
        return {column.index: column.field for column in self.columns if column.field}

    @property
    def extra_headers(self) -> dict[int, str]:
        """Return column index -> header, for the columns that are kept as they are."""
        return {column.index: column.header for column in self.columns if not column.field}

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the required fields that no column gives."""
        return missing_fields(set(self.mapping.values()))


def propose_mapping(rows: Sequence[Sequence[Cell]], memory: Memory | None = None) -> MappingProposal:
    """Find the header rows and propose a field for each column; `memory` (see remember) wins over guesses."""
    start, headers = _find_headers(rows)
    if not headers:
        start, headers = 0, _numbered_headers(rows)
    body = rows[start : start + SAMPLE_ROWS]
    contents = {index: content_of([row[index] for row in body if index < len(row)]) for index in headers}
    chosen = _choose(headers, contents, memory or {})
    columns = tuple(
        ColumnProposal(index, header[0], *chosen.get(index, (None, 0.0)), contents[index].sample)
        for index, header in sorted(headers.items())
    )
    return MappingProposal(start, columns, headers_signature([header[0] for header in headers.values()]))


def _numbered_headers(rows: Sequence[Sequence[Cell]]) -> dict[int, tuple[str, str]]:
    """Return "Colonne 1", "Colonne 2"... for a list without headers: a person names them once."""
    used = {index for row in rows[:SAMPLE_ROWS] for index, cell in enumerate(row) if not is_nothing(cell)}
    return {index: (f"Colonne {index + 1}", "") for index in sorted(used)}


def choose_sheet(sheets: Sequence[Sheet]) -> Sheet:
    """Return the sheet that looks most like the list of a lot."""
    if len(sheets) < 2:
        return sheets[0] if sheets else Sheet("", [])
    return max(sheets, key=lambda sheet: (len(propose_mapping(sheet.rows).mapping), len(sheet.rows)))


def headers_signature(headers: Sequence[str]) -> str:
    """Return the same text for the same headers, whatever their order, case, accents and punctuation."""
    words = sorted(fold(header) for header in headers if fold(header))
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


def remember(
    proposal: MappingProposal, corrections: Mapping[int, str | None] | None = None
) -> dict[str, str | None]:
    """Return header -> field (None: left out on purpose) to keep for the client's next files."""
    fixed = corrections or {}
    kept: dict[str, str | None] = {}
    for column in proposal.columns:
        field = fixed.get(column.index, column.field)
        if field is not None or column.index in fixed:
            kept[fold(column.header)] = field
    return kept


def _choose(
    headers: Mapping[int, tuple[str, str]], contents: Mapping[int, Content], memory: Memory
) -> dict[int, tuple[str | None, float]]:
    """Give each field to at most one column: the remembered ones first, then the most certain."""
    chosen: dict[int, tuple[str | None, float]] = {}
    for index, (header, _) in headers.items():
        field = memory.get(fold(header))
        taken = {given for given, _ in chosen.values()}
        if fold(header) in memory and (field is None or (field in BY_CODE and field not in taken)):
            chosen[index] = (field, 1.0)
    remembered = frozenset(chosen)
    scores = {
        index: refine(header_scores(*header), contents[index])
        for index, header in headers.items()
        if index not in chosen
    }
    ranked = sorted(
        (-score, index, field)
        for index, fields in scores.items()
        for field, score in fields.items()
        if score >= SURE
    )
    for score, index, field in ranked:
        if index not in chosen and field not in {given for given, _ in chosen.values()}:
            chosen[index] = (field, round(-score, 2))
    chosen.update(leftovers({field for field, _ in chosen.values() if field}, chosen.keys(), contents))
    return _street_parts(_composites(chosen, contents), contents, remembered)


def _composites(
    chosen: dict[int, tuple[str | None, float]], contents: Mapping[int, Content]
) -> dict[int, tuple[str | None, float]]:
    """Read "Nom" or "Adresse" as the whole name or address when nothing else gives the rest."""
    given = {field for field, _ in chosen.values()}
    result = dict(chosen)
    for index, (field, confidence) in chosen.items():
        if (
            field == "last_name"
            and not given & {"first_name", "full_name"}
            and contents[index].two_words > 0.6
        ):
            result[index] = ("full_name", min(confidence, 0.8))
        if (
            field == "address"
            and not given & {"postcode", "full_address"}
            and contents[index].whole_address > 0.6
        ):
            result[index] = ("full_address", min(confidence, 0.8))
    return result


def _street_parts(
    chosen: dict[int, tuple[str | None, float]], contents: Mapping[int, Content], remembered: Collection[int]
) -> dict[int, tuple[str | None, float]]:
    """Keep a column as the number or the kind of a street only beside streets that have none."""
    street = next((index for index, (field, _) in chosen.items() if field == "address"), None)
    if street is not None and contents[street].numbered < 0.2:
        return chosen
    return {
        index: pair for index, pair in chosen.items() if pair[0] not in STREET_PARTS or index in remembered
    }


def _find_headers(rows: Sequence[Sequence[Cell]]) -> tuple[int, dict[int, tuple[str, str]]]:
    """Return the first data row and column -> (header shown, header of its group)."""
    best: tuple[float, int, dict[int, tuple[str, str]]] = (0.0, 0, {})
    for place in range(min(HEADER_SEARCH, len(rows))):
        if not _is_header_like(rows[place]):
            continue
        single = {index: (text, "") for index, text in _texts(rows[place]).items()}
        candidates = [(place + 1, single)]
        if place + 1 < len(rows) and _is_header_like(rows[place + 1]):
            candidates.append((place + 2, _joined(rows[place], rows[place + 1])))
        for start, headers in candidates:
            score = sum(max(header_scores(*header).values(), default=0.0) for header in headers.values())
            if score > best[0] + 0.01:
                best = (score, start, headers)
    return best[1], _with_groups(rows, best[1] - 1, best[2])


def _with_groups(
    rows: Sequence[Sequence[Cell]], place: int, headers: dict[int, tuple[str, str]]
) -> dict[int, tuple[str, str]]:
    """Add the names of groups that stand in the row above the headers: they say whose name or SIREN it is."""
    alone = all(not group for _, group in headers.values())
    if place < 1 or not alone or not _is_header_like(rows[place - 1]):
        return headers
    groups = _texts(rows[place - 1])
    if not 2 <= len(groups) < len(headers) or not any(is_actor(text) for text in groups.values()):
        return headers
    return _joined(rows[place - 1], rows[place])


def _texts(row: Sequence[Cell]) -> dict[int, str]:
    return {index: squeeze(show(cell)) for index, cell in enumerate(row) if squeeze(show(cell))}


def _is_header_like(row: Sequence[Cell]) -> bool:
    """Return whether the row could hold headers: words only, no number, date or e-mail."""
    cells = [cell for cell in row if not (isinstance(cell, str) and is_nothing(cell))]
    if not cells or not all(isinstance(cell, str) for cell in cells):
        return False
    digits = sum(1 for cell in cells if sum(char.isdigit() for char in str(cell)) > 3 or "@" in str(cell))
    return digits == 0


def _joined(top: Sequence[Cell], bottom: Sequence[Cell]) -> dict[int, tuple[str, str]]:
    """Return the headers of two rows: a group's name (merged cells) reaches right to the next one."""
    groups, names = _texts(top), _texts(bottom)
    headers: dict[int, tuple[str, str]] = {}
    group = ""
    for index in range(max(len(top), len(bottom))):
        group = groups.get(index, group)
        if index in names:
            headers[index] = (names[index], group)
        elif index in groups:
            headers[index] = (groups[index], "")
    return _told_apart(headers)


def _told_apart(headers: dict[int, tuple[str, str]]) -> dict[int, tuple[str, str]]:
    """Show the group's name before a header that several groups share."""
    shown = [fold(header) for header, _ in headers.values()]
    return {
        index: (f"{group} – {header}" if group and shown.count(fold(header)) > 1 else header, group)
        for index, (header, group) in headers.items()
    }
