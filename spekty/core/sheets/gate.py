"""The gate: a workbook is weighed, member by member, before any parser sees it."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from spekty.core.sheets.limits import DEFAULT_LIMITS, Limits
from spekty.core.sheets.model import SheetRefused

CHUNK = 1 << 16
LOCAL_HEADER = struct.Struct("<4s5H3I2H")
FORBIDDEN = tuple(
    word.encode(encoding)
    for word in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
OVERLAP = max(len(word) for word in FORBIDDEN) - 1

BROKEN = "Le classeur est endommagé : ouvrez-le dans Excel, enregistrez-le à nouveau en .xlsx et renvoyez-le."
TOO_BIG = (
    "Le classeur est trop volumineux une fois décompressé : gardez la seule feuille du lot, "
    "enregistrez-la en .xlsx ou en .csv et renvoyez-la."
)
SUSPECT = (
    "Le classeur a une structure anormale et n’a pas été ouvert : copiez la feuille du lot "
    "dans un classeur neuf, enregistrez-le en .xlsx et renvoyez-le."
)
NOT_A_WORKBOOK = "Ce fichier n’est pas un classeur Excel : enregistrez la feuille du lot en .xlsx ou en .csv."


def check_workbook(path: Path, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse (SheetRefused) a zipped workbook that is too big, forged or carries a DOCTYPE."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, UnicodeDecodeError) as error:
        raise SheetRefused(BROKEN) from error
    _check_directory(members, path.stat().st_size, limits)
    with path.open("rb") as file:
        for member in members:
            _check_member(file, member)


def _check_directory(members: list[zipfile.ZipInfo], size: int, limits: Limits) -> None:
    if not any(member.filename.lower() == "xl/workbook.xml" for member in members):
        raise SheetRefused(NOT_A_WORKBOOK)
    if len(members) > limits.members or len({member.filename for member in members}) < len(members):
        raise SheetRefused(SUSPECT)
    if any(member.flag_bits & 0x1 for member in members):
        raise SheetRefused(
            "Le classeur est protégé par un mot de passe : retirez la protection et renvoyez-le."
        )
    if sum(member.compress_size for member in members) > size:
        raise SheetRefused(SUSPECT)
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_size:
        raise SheetRefused(TOO_BIG)
    if total > limits.ratio_above and total > limits.ratio * max(size, 1):
        raise SheetRefused(SUSPECT)


def _check_member(file: BinaryIO, member: zipfile.ZipInfo) -> None:
    """Unpack one member and refuse it when it isn't exactly the declared size."""
    is_xml = not member.filename.lower().endswith((".bin", ".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf"))
    total, tail = 0, b""
    for chunk in _unpacked(file, member):
        total += len(chunk)
        if total > member.file_size:
            raise SheetRefused(SUSPECT)
        if is_xml:
            window = tail + chunk
            if any(word in window for word in FORBIDDEN):
                raise SheetRefused(SUSPECT)
            tail = window[-OVERLAP:]
    if total != member.file_size:
        raise SheetRefused(BROKEN)


def _unpacked(file: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the member's bytes in pieces of 64 kB at most, whatever its headers say."""
    left = _seek_data(file, member)
    if member.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
        return
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise SheetRefused(SUSPECT)
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while left > 0 and not engine.eof and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield from _inflated(engine, piece)
    except zlib.error as error:
        raise SheetRefused(BROKEN) from error


def _inflated(engine: "zlib._Decompress", piece: bytes) -> Iterator[bytes]:
    while True:
        out = engine.decompress(piece, CHUNK)
        if out:
            yield out
        piece = engine.unconsumed_tail
        if not piece and len(out) < CHUNK:
            return


def _seek_data(file: BinaryIO, member: zipfile.ZipInfo) -> int:
    """Put the file at the member's data and return its packed length."""
    file.seek(member.header_offset)
    header = file.read(LOCAL_HEADER.size)
    if len(header) < LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
        raise SheetRefused(BROKEN)
    fields = LOCAL_HEADER.unpack(header)
    file.seek(fields[-2] + fields[-1], 1)
    return member.compress_size
