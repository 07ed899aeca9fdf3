"""Tables to take away: CSV and Excel files in which no text can become a formula."""

import csv
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import BytesIO, StringIO

import xlsxwriter
from django.http import HttpResponse
from django.utils.http import content_disposition_header

Cell = str | int | Decimal | dt.date | None
# What a spreadsheet takes for the beginning of a formula.
TRIGGERS = ("=", "+", "-", "@", "\t", "\r")
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a French CSV: semicolons, decimal commas, days as 31/01/2026, UTF-8 with its mark."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, str) and cell.startswith(TRIGGERS):
        return f"'{cell}"
    return str(cell)


def as_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return an Excel file of one sheet; texts are written as texts, whatever they begin with."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(title[:31])
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(line, column, dt.datetime.combine(cell, dt.time()), day)
                elif isinstance(cell, Decimal):
                    sheet.write_number(line, column, cell, money)
                elif isinstance(cell, int):
                    sheet.write_number(line, column, cell)
                elif cell:
                    sheet.write_string(line, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return target.getvalue()


def table_response(
    name: str, kind: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """Answer with the table as a download: `kind` is "xlsx", anything else is CSV. `name` has no suffix."""
    if kind == "xlsx":
        return download(f"{name}.xlsx", XLSX, as_xlsx(name, header, rows))
    return download(f"{name}.csv", CSV, as_csv(header, rows))


def download(name: str, mime: str, content: bytes) -> HttpResponse:
    """Answer with a file to keep."""
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response
