"""Which lines does a table have that somebody made with a spreadsheet or by hand? (CSV, RFC 4180 and its neighbours)"""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evse_status.core.errors import InvalidInput

_DELIMITERS = (",", ";", "\t")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class UnreadableCsv(InvalidInput):
    """What concerns a file as a whole: nothing of it can be used."""

    code = "unreadable_csv"

    def __init__(self, message: str) -> None:
        super().__init__(f"file: {message}", field="file")


@dataclass(frozen=True, slots=True)
class CsvLine:
    """One line below the header: cells by column, without spaces around them; absent ones are empty.

    `problem` is why it can't be read at all; it then stands for all from `number` to `last`.
    """

    number: int
    last: int
    cells: dict[str, str]
    problem: str = ""


def decoded(data: bytes) -> str:
    """The text: UTF-8 or UTF-16 by its byte order mark, else UTF-8, else what Windows writes in the West.

    Raises UnreadableCsv for a spreadsheet's own format.
    """
    if data.startswith(_SPREADSHEETS):
        raise UnreadableCsv("it is a spreadsheet. Save it as CSV and choose that file.")
    for encoding in ("utf-16",) if data.startswith(_WIDE) else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def csv_lines(text: str, *, known: Sequence[str], required: Sequence[str]) -> Iterator[CsvLine]:
    """The lines that say anything, each with its number in the file; the first one names the columns.

    Columns stand in any order and may be spelt like `EVSE ID`; commas, semicolons or tabs part them.
    Raises UnreadableCsv where the header is missing, names a column twice or one that isn't `known`.
    """
    text = text.removeprefix("\ufeff")
    rows = _rows(text, _delimiter(text, known))
    columns: list[str] | None = None
    for first, last, cells, problem in rows:
        if columns is None:
            columns = _columns(cells, known, required)
            continue
        if problem:
            yield CsvLine(first, last, {}, problem)
        elif any(cells):
            yield _line(first, last, cells, columns)
    if columns is None:
        raise UnreadableCsv("it is empty. " + _how(known))


def _line(first: int, last: int, cells: Sequence[str], columns: Sequence[str]) -> CsvLine:
    named = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    beyond = [*cells[len(columns) :], *(c for n, c in zip(columns, cells, strict=False) if not n)]
    if any(beyond):
        said = (
            f"it has {len(cells)} values where the header names {len([*filter(None, columns)])} columns. "
            "Put a text that contains the separator between double quotes."
        )
        return CsvLine(first, last, {}, said)
    return CsvLine(first, last, {name: named.get(name, "") for name in columns if name})


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, int, list[str], str]]:
    """(first line, last line, cells, what is wrong with it) of everything but empty lines."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    while True:
        first = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            yield first, max(first, reader.line_num), [], _quotes(first, reader.line_num)
            continue
        if any(cells):
            yield first, reader.line_num, cells, ""


def _quotes(first: int, last: int) -> str:
    whole = f"; lines {first} to {last} are not read" if last > first else ""
    return (
        f"its double quotes don't match{whole}. "
        'Close each that is opened, and write one inside a text twice ("").'
    )


def _columns(cells: Sequence[str], known: Sequence[str], required: Sequence[str]) -> list[str]:
    columns = [_folded(cell) for cell in cells]
    if not set(columns) & set(known):
        raise UnreadableCsv(_how(known))
    for cell, name in zip(cells, columns, strict=True):
        if name and name not in known:
            raise UnreadableCsv(f"there is no column {cell[:40]!r}. " + _how(known))
        if name and columns.count(name) > 1:
            raise UnreadableCsv(f"the column {name} is there twice. Keep one of them.")
    for name in required:
        if name not in columns:
            raise UnreadableCsv(f"the column {name} is missing. " + _how(known))
    return columns


def _delimiter(text: str, known: Sequence[str]) -> str:
    header = next((line for line in text.splitlines() if line.strip(" \t;,")), "")

    def named(delimiter: str) -> int:
        return sum(_folded(cell.strip(' "')) in known for cell in header.split(delimiter))

    return max(_DELIMITERS, key=named)


def _folded(cell: str) -> str:
    name = cell.casefold().replace(" ", "_").replace("-", "_")
    return "evse_id" if name == "evseid" else name


def _how(known: Sequence[str]) -> str:
    return f"The first line must name the columns: {','.join(known)}."
