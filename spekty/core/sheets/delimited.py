"""Text files with separators, as Excel and business software export them in France."""

import csv
import io
from collections import Counter
from itertools import islice
from pathlib import Path

from spekty.core.sheets.limits import DEFAULT_LIMITS, Limits
from spekty.core.sheets.model import Cell, Sheet, SheetRefused

SEPARATORS = ";,\t|"
SAMPLE_ROWS = 50
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_delimited(path: Path, limits: Limits = DEFAULT_LIMITS) -> Sheet:
    """Return the one sheet of a text file; refuse (SheetRefused) what can't be read without loss."""
    if path.stat().st_size > limits.file_size:
        raise SheetRefused("Le fichier texte dépasse 100 Mo : découpez-le en plusieurs lots et renvoyez-les.")
    text = _decoded(path.read_bytes())
    separator, text = _separator(text)
    rows: list[list[Cell]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            rows.append([*row])
            if len(rows) > limits.rows or len(row) > limits.columns:
                raise SheetRefused(
                    f"Le fichier dépasse {limits.rows} lignes ou {limits.columns} colonnes : découpez-le."
                )
    except csv.Error as error:
        raise SheetRefused(
            f"Le fichier ne peut pas être lu à la ligne {reader.line_num} (guillemets mal fermés ?) : "
            "corrigez cette ligne ou enregistrez le fichier en .xlsx."
        ) from error
    return Sheet("", rows)


def _decoded(raw: bytes) -> str:
    for mark, encoding in BOMS:
        if raw.startswith(mark):
            return _attempt(raw, encoding) or _unreadable()
    if b"\x00" in raw:
        return _unreadable()
    text = _attempt(raw, "utf-8")
    if text is None:
        text = _attempt(raw, "cp1252")
    return text if text is not None else _unreadable()


def _attempt(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _unreadable() -> str:
    raise SheetRefused(
        "Ce fichier n’est ni un classeur ni un texte lisible : enregistrez la feuille du lot en .xlsx "
        "ou en « CSV UTF-8 » et renvoyez-la."
    )


def _separator(text: str) -> tuple[str, str]:
    """Return the separator and the text without Excel's `sep=` line."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip("\r\n")) == 5:
        return first[4], rest
    scores = [(_agreement(text, mark), -place, mark) for place, mark in enumerate(SEPARATORS)]
    return max(scores)[2], text


def _agreement(text: str, separator: str) -> tuple[float, int]:
    """Return the share of rows that have the usual width (0 when that width is 1), and that width."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        widths = Counter(len(row) for row in islice(reader, SAMPLE_ROWS) if any(row))
    except csv.Error:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    (width, count), *_ = sorted(widths.items(), key=lambda item: (-item[1], -item[0]))
    return (count / widths.total(), width) if width > 1 else (0.0, 1)
