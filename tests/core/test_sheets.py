import datetime as dt
import struct
import time
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest

from spekty.core.sheets import Limits, SheetRefused, read_sheets, read_untrusted_sheets
from spekty.core.sheets.gate import check_workbook

LOTS = Path(__file__).parents[2] / "demo" / "lots"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Réf", "Date", "Heure", "Nombre", "Vrai"])
    sheet.append(["A-1", dt.date(2025, 10, 12), dt.time(17, 5), 12.5, True])
    sheet.append(["A-2", dt.datetime(2025, 10, 12, 8, 30), None, "=1+1", False])
    path = tmp_path / "lot.xlsx"
    book.save(path)
    return path


def rezip(
    source: Path, target: Path, extra: dict[str, bytes] | None = None, swap: dict[str, bytes] | None = None
) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, (swap or {}).get(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return target


def test_reads_typed_cells_the_same_way_in_this_process_and_in_a_child(workbook: Path) -> None:
    here, away = read_sheets(workbook), read_untrusted_sheets(workbook)
    assert here == away
    rows = away[0].rows
    assert rows[1][:2] == ["A-1", dt.date(2025, 10, 12)]
    assert rows[1][2] == dt.time(17, 5)
    assert rows[2][1] == dt.datetime(2025, 10, 12, 8, 30)
    assert rows[1][4] is True


def test_a_formula_is_never_computed(workbook: Path) -> None:
    assert read_untrusted_sheets(workbook)[0].rows[2][3] in ("", 0, 0.0)


def test_columns_and_rows_keep_their_place(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["C4"] = "x"
    book.save(tmp_path / "a.xlsx")
    for read in (read_sheets, read_untrusted_sheets):
        rows = read(tmp_path / "a.xlsx")[0].rows
        assert rows[3] == ["", "", "x"]
        assert not any(any(row) for row in rows[:3])


@pytest.mark.parametrize("file", sorted(LOTS.iterdir()), ids=lambda path: path.name)
def test_the_demo_files_are_read(file: Path) -> None:
    (sheet,) = read_untrusted_sheets(file)
    assert len(sheet.rows) > 30
    assert len(sheet.rows[0]) >= 10


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_files(tmp_path: Path, separator: str, encoding: str) -> None:
    lines = [
        "Réf|Bénéficiaire|Adresse",
        'A-1|Lefèvre|"1 rue d’Été | bât. B, ""Les Pins""\nporte; 2"',
        "A-2|Noël|x",
    ]
    text = "\r\n".join(line.replace("|", separator) for line in lines) + "\r\n"
    path = tmp_path / "lot.csv"
    path.write_bytes(text.encode(encoding))
    (sheet,) = read_untrusted_sheets(path)
    expected = f'1 rue d’Été {separator} bât. B, "Les Pins"\nporte; 2'
    assert sheet.rows == [
        ["Réf", "Bénéficiaire", "Adresse"],
        ["A-1", "Lefèvre", expected],
        ["A-2", "Noël", "x"],
    ]


def test_commas_inside_a_semicolon_file_do_not_win(tmp_path: Path) -> None:
    path = tmp_path / "lot.csv"
    path.write_text("a;b\n" + "".join(f"1, rue {n}, Lyon, Rhône;{n},5\n" for n in range(9)), encoding="utf-8")
    assert read_sheets(path)[0].rows[1] == ["1, rue 0, Lyon, Rhône", "0,5"]


def test_the_sep_line_of_excel(tmp_path: Path) -> None:
    path = tmp_path / "lot.csv"
    path.write_text("sep=,\na,b;c\n", encoding="utf-8")
    assert read_sheets(path)[0].rows == [["a", "b;c"]]


def test_an_unclosed_quote_is_refused_rather_than_swallowing_rows(tmp_path: Path) -> None:
    path = tmp_path / "lot.csv"
    path.write_text('a;b\n1;"x\n2;y\n3;z\n', encoding="utf-8")
    with pytest.raises(SheetRefused, match="guillemets"):
        read_untrusted_sheets(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "vide"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "xlsx"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "Excel"),
        (b"%PDF-1.7 ...", "Excel"),
        (b"\x01\x00\x02binary\x00" * 50, "CSV"),
        (b"PK\x03\x04 not really a zip", "endommag"),
    ],
)
def test_other_files_are_refused_in_french(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "lot.xlsx"
    path.write_bytes(content)
    with pytest.raises(SheetRefused, match=words):
        read_untrusted_sheets(path)


def test_a_word_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lot.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(SheetRefused, match="pas un classeur"):
        read_untrusted_sheets(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(workbook: Path, tmp_path: Path) -> None:
    bomb = rezip(workbook, tmp_path / "bomb.xlsx", {"xl/sharedStrings.xml": b"a" * 190_000_000})
    started = time.monotonic()
    with pytest.raises(SheetRefused):
        read_untrusted_sheets(bomb)
    assert time.monotonic() - started < 1


def test_more_than_200_megabytes_are_refused(workbook: Path, tmp_path: Path) -> None:
    path = rezip(workbook, tmp_path / "big.xlsx", {f"xl/media/{n}.bin": b"\0" * 30_000_000 for n in range(7)})
    with pytest.raises(SheetRefused, match="volumineux"):
        check_workbook(path)


def test_forged_sizes_are_refused(workbook: Path, tmp_path: Path) -> None:
    """The directory says 1,000 bytes and gives the CRC of those; the stream holds 30 MB."""
    name = b"xl/forged.xml"
    path = rezip(workbook, tmp_path / "forged.xlsx", {name.decode(): b"a" * 30_000_000})
    raw = bytearray(path.read_bytes())
    for signature, size_at, crc_at in ((b"PK\x03\x04", 22, 14), (b"PK\x01\x02", 24, 16)):
        at = raw.rfind(signature, 0, raw.find(name) if signature == b"PK\x03\x04" else raw.rfind(name))
        raw[at + size_at : at + size_at + 4] = struct.pack("<I", 1_000)
        raw[at + crc_at : at + crc_at + 4] = struct.pack("<I", zlib.crc32(b"a" * 1_000))
    path.write_bytes(raw)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo(name.decode()).file_size == 1_000
        assert len(archive.read(name.decode())) == 1_000  # zipfile itself is fooled
    with pytest.raises(SheetRefused):
        read_untrusted_sheets(path)


def test_overlapping_members_are_refused(workbook: Path) -> None:
    raw = bytearray(workbook.read_bytes())
    at = raw.find(b"PK\x01\x02")
    raw[at + 20 : at + 24] = struct.pack("<I", len(raw) + 1)
    workbook.write_bytes(raw)
    with pytest.raises(SheetRefused):
        check_workbook(workbook)


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE w [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><w>&b;</w>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_billion_laughs_are_refused(workbook: Path, tmp_path: Path, encoding: str) -> None:
    evil = LAUGHS.decode().encode(encoding)
    path = rezip(workbook, tmp_path / "laughs.xlsx", swap={"xl/workbook.xml": evil})
    with pytest.raises(SheetRefused, match="anormale"):
        read_untrusted_sheets(path)


def test_a_doctype_across_two_chunks_is_seen(workbook: Path, tmp_path: Path) -> None:
    evil = b" " * (65_536 - 4) + LAUGHS
    path = rezip(workbook, tmp_path / "laughs.xlsx", {"docProps/custom.xml": evil})
    with pytest.raises(SheetRefused):
        check_workbook(path)


def test_ten_thousand_members_are_refused(workbook: Path, tmp_path: Path) -> None:
    path = rezip(workbook, tmp_path / "many.xlsx", {f"xl/x{n}.xml": b"" for n in range(10_000)})
    with pytest.raises(SheetRefused):
        read_untrusted_sheets(path)


def test_a_workbook_with_macros_is_read_and_its_macros_are_not(workbook: Path, tmp_path: Path) -> None:
    path = rezip(workbook, tmp_path / "lot.xlsm", {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + b"\0" * 500})
    assert read_untrusted_sheets(path)[0].rows[1][0] == "A-1"


def test_a_cell_at_the_far_corner_does_not_fill_the_memory(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.active["XFD1048576"] = "y"
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(SheetRefused, match="volumineux"):
        read_untrusted_sheets(tmp_path / "far.xlsx")


def test_the_memory_ceiling_stops_the_child_alone(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("a;b\n" + "1;2\n" * 400_000, encoding="utf-8")
    with pytest.raises(SheetRefused):
        read_untrusted_sheets(path, Limits(memory=60_000_000, rows=10**6))


def test_the_clock_stops_the_child(workbook: Path) -> None:
    with pytest.raises(SheetRefused, match="temps"):
        read_untrusted_sheets(workbook, Limits(seconds=0))


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a;b\n" * 30, encoding="utf-8")
    with pytest.raises(SheetRefused, match="découpez"):
        read_untrusted_sheets(path, Limits(rows=20))


def test_a_truncated_workbook_is_refused(workbook: Path) -> None:
    raw = workbook.read_bytes()
    workbook.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(SheetRefused, match="endommag"):
        read_untrusted_sheets(workbook)


def test_a_sheet_that_is_not_xml_is_refused(workbook: Path, tmp_path: Path) -> None:
    path = rezip(
        workbook, tmp_path / "bad.xlsx", swap={"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"}
    )
    with pytest.raises(SheetRefused):
        read_untrusted_sheets(path)
