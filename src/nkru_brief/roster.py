"""Who gets a copy: a roster in CSV, a workbook or YAML becomes rows, each value with its place, all faults at once.

A roster comes from other people's hands. What cannot be printed as it stands is refused, with its row and column, and
nothing is guessed: not an encoding, not what a formula would have come to, not what hides behind an override of
direction. In messages the line of a place is that of the row (in a workbook, its number) and the column counts cells.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.typed import shown, suggestion
from nkru_brief.values import Value
from nkru_brief.yamltext import Mapping, Scalar, Sequence, parse

SUFFIXES = (".csv", ".xlsx", ".yaml", ".yml")
NAME, ORGANISATION, NUMBER = "name", "organisation", "number"
_SAME = {"organization": ORGANISATION, "copy": NUMBER, "copy number": NUMBER}
# More copies than a run is meant for, and longer than any name; what goes beyond is a mistake.
MOST_ROWS = 100_000
MOST_CHARACTERS = 200
# Joiners belong to the spelling of Persian and of Indic scripts; every other invisible character is refused.
_JOINERS = frozenset("\u200c\u200d")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Row(Value):
    """A person of the roster: the number of the copy, the values by column, and their places."""

    number: int
    values: dict[str, str]
    place: Place
    places: dict[str, Place]

    @property
    def recipient(self) -> str:
        """Whom the copy is for, as the file says it of itself."""
        return ", ".join(value for value in (self.values.get(NAME, ""), self.values.get(ORGANISATION, "")) if value)

    def at(self, column: str) -> Place:
        """Return where a value stands."""
        return self.places.get(column, self.place)


class Roster(Value):
    """A roster that was read: its columns and its rows, and everything wrong with it."""

    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    faults: tuple[Diagnostic, ...] = ()


class _Cell(NamedTuple):
    text: str
    place: Place
    formula: bool = False


_Line = tuple[Place, list[_Cell]]


class _NoTableError(Exception):
    """A file that is no table: one fault says why, and nothing else can be said of it."""

    def __init__(self, message: str, hint: str, place: Place) -> None:
        self.fault = Diagnostic(code="E804", place=place, message=message, hint=hint)
        super().__init__(message)


def read(data: bytes, file: str) -> Roster:
    """Return a roster, or what is wrong with it.

    Args:
        data: what the file holds.
        file: its name, which says what it is.
    """
    try:
        if file.lower().endswith((".yaml", ".yml")):
            return _checked(*_from_yaml(_decoded(data, file), file), file)
        lines = _from_workbook(data, file) if file.lower().endswith(".xlsx") else _from_csv(_decoded(data, file), file)
        return _checked(*_from_table(lines, file), file)
    except _NoTableError as error:
        return Roster(faults=(error.fault,))


# ---- files ----


def _decoded(data: bytes, file: str) -> str:
    hint = "save it as UTF-8; in Excel: Save As, CSV UTF-8 (Comma delimited)"
    if data[:2] in _ENCODINGS:
        raise _NoTableError(f"the roster is {_ENCODINGS[data[:2]]}, not UTF-8", hint, Place(file=file))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(file=file, line=data.count(b"\n", 0, error.start) + 1)
        message = (
            f"the roster is not UTF-8: byte 0x{data[error.start]:02X}, which may be Excel's own code page (cp1252)"
        )
        raise _NoTableError(message, hint, place) from None


def _from_csv(text: str, file: str) -> Iterator[_Line]:
    """Yield the lines of a CSV file (RFC 4180), parted by what parts its first line: comma, semicolon or tab."""
    head = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line = 1
    try:
        for cells in reader:
            place = Place(file=file, line=line)
            yield place, [_Cell(cell, Place(file=file, line=line, column=n)) for n, cell in enumerate(cells, 1)]
            line = reader.line_num + 1
    except csv.Error as error:
        hint = "write a quote inside quotes twice, and close what was opened"
        raise _NoTableError(f"not CSV: {error}", hint, Place(file=file, line=line)) from None


def _from_workbook(data: bytes, file: str) -> Iterator[_Line]:
    from nkru_brief.workbook import rows

    try:
        for number, cells in rows(data):
            place = Place(file=file, line=number)
            yield (
                place,
                [
                    _Cell(cell.text, Place(file=file, line=number, column=n), cell.formula)
                    for n, cell in enumerate(cells, 1)
                ],
            )
    except ValueError as error:
        raise _NoTableError(str(error), "save it as .xlsx or as CSV UTF-8", Place(file=file)) from None


def _from_table(lines: Iterable[_Line], file: str) -> tuple[list[str], Iterator[tuple[Place, dict[str, _Cell], str]]]:
    """Return the columns of a table, and its rows by column, with what is wrong with the shape of each."""
    filled = ((place, cells) for place, cells in lines if any(cell.text.strip() for cell in cells))
    _, head = next(filled, (None, []))
    if not head:
        hint = "its first line names the columns: name,organisation"
        raise _NoTableError("the roster is empty", hint, Place(file=file))
    columns = [_column(cell.text) for cell in head]
    while columns and not columns[-1]:
        columns.pop()

    def rows() -> Iterator[tuple[Place, dict[str, _Cell], str]]:
        for place, cells in filled:
            over = [cell for cell in cells[len(columns) :] if cell.text.strip()]
            wrong = f"the row has {len(cells)} cells, and there are {len(columns)} columns" if over else ""
            yield place, dict(zip(columns, cells, strict=False)), wrong

    return columns, rows()


def _from_yaml(text: str, file: str) -> tuple[list[str], Iterator[tuple[Place, dict[str, _Cell], str]]]:
    node, faults = parse(text, file)
    if faults:
        first = faults[0]
        raise _NoTableError(first.message, first.hint, first.place)
    if not isinstance(node, Sequence) or not all(isinstance(item, Mapping) for item in node.items):
        hint = "write a list: - {name: A. Reader, organisation: The Library}"
        raise _NoTableError(
            "a roster in YAML is a list of keys and values", hint, node.place if node else Place(file=file)
        )
    items = [item for item in node.items if isinstance(item, Mapping)]
    columns = list(dict.fromkeys(_column(key.text) for item in items for key, _ in item.entries))

    def rows() -> Iterator[tuple[Place, dict[str, _Cell], str]]:
        for item in items:
            cells = {
                _column(key.text): _Cell(value.text, value.place)
                for key, value in item.entries
                if isinstance(value, Scalar)
            }
            odd = next((key.text for key, value in item.entries if not isinstance(value, Scalar)), "")
            yield item.place, cells, f"the value of {shown(odd)} is not text" if odd else ""

    return columns, rows()


def _column(text: str) -> str:
    name = " ".join(text.split()).casefold()
    return _SAME.get(name, name)


# ---- rows ----


def _checked(columns: list[str], rows: Iterator[tuple[Place, dict[str, _Cell], str]], file: str) -> Roster:
    held = list(rows)
    start = held[0][0] if held else Place(file=file)
    faults = list(_columns(columns, Place(file=file)))
    if not held:
        hint = "write a row for each copy under the names of the columns"
        faults.append(Diagnostic(code="E804", place=start, message="nobody is on the roster", hint=hint))
    if len(held) > MOST_ROWS:
        message = f"the roster has {len(held):,} rows; a run makes at most {MOST_ROWS:,} copies"
        faults.append(Diagnostic(code="E804", place=start, message=message, hint="part it into several"))
    found: list[Row] = []
    for count, (place, cells, wrong) in enumerate(held[:MOST_ROWS], 1):
        if wrong:
            hint = "a value with a comma stands in quotes; a roster has nothing but text"
            faults.append(Diagnostic(code="E807", place=place, message=wrong, hint=hint))
            continue
        faults += (fault for column, cell in cells.items() if (fault := _unprintable(column, cell)))
        values = {column: _cleaned(cell.text) for column, cell in cells.items()}
        if {NAME, ORGANISATION} & set(columns) and not (values.get(NAME) or values.get(ORGANISATION)):
            hint = "write a name or an organisation, or take the row out"
            faults.append(Diagnostic(code="E807", place=place, message="the row names nobody", hint=hint))
        places = {column: cell.place for column, cell in cells.items()}
        found.append(Row(number=count, values=values, place=place, places=places))
    numbered, wrong_numbers = _numbered(found)
    return Roster(columns=tuple(columns), rows=numbered, faults=(*faults, *wrong_numbers))


def _columns(columns: list[str], place: Place) -> Iterator[Diagnostic]:
    if NAME not in columns and ORGANISATION not in columns:
        hint = suggestion(NAME, columns, "name one of the columns `name`, in the first line")
        yield Diagnostic(code="E805", place=place, message="the roster has no column 'name'", hint=hint)
    for column in dict.fromkeys(column for column in columns if columns.count(column) > 1):
        message = f"the roster has two columns {shown(column)}" if column else "a column has no name"
        yield Diagnostic(code="E805", place=place, message=message, hint="name each column once, in the first line")
    if columns.count("") == 1:
        message = "a column has no name"
        yield Diagnostic(code="E805", place=place, message=message, hint="name each column once, in the first line")


def _cleaned(text: str) -> str:
    """Return a value as it is printed: composed (NFC, UAX #15), with single spaces."""
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in text)
    return " ".join(unicodedata.normalize("NFC", spaced).split())


def _unprintable(column: str, cell: _Cell) -> Diagnostic | None:
    """Return why a cell cannot be printed as it stands."""

    def fault(message: str, hint: str) -> Diagnostic:
        return Diagnostic(code="E806", place=cell.place, message=f"{column}: {message}", hint=hint)

    text = cell.text.strip(" ")
    if cell.formula or text.startswith("="):
        return fault(f"a formula, not a text: {shown(text)}", "write what it comes to; in Excel: Paste Values")
    if len(text) > MOST_CHARACTERS:
        return fault(f"{len(text)} characters; a line has room for fewer", f"write at most {MOST_CHARACTERS}")
    for character in text:
        if unicodedata.category(character) in _INVISIBLE and character not in _JOINERS:
            name = unicodedata.name(character, "a control character")
            hint = "take it out: on paper it would not be seen, or would change the order of what is"
            return fault(f"a character that cannot be printed: U+{ord(character):04X} {name}", hint)
    return None


def _numbered(rows: list[Row]) -> tuple[tuple[Row, ...], list[Diagnostic]]:
    """Return the rows with the numbers of their copies: their own, where the roster has them, else in its order."""
    if not any(row.values.get(NUMBER) for row in rows):
        return tuple(rows), []
    faults: list[Diagnostic] = []
    seen: dict[int, Row] = {}
    for row in rows:
        text = row.values.get(NUMBER, "")
        if not (re.fullmatch(r"[0-9]{1,6}", text) and int(text)):
            message = f"the number of a copy is 1 or more, found {shown(text)}"
            hint = "number every copy, or take the column out; then they are numbered in order"
            faults.append(Diagnostic(code="E808", place=row.at(NUMBER), message=message, hint=hint))
            continue
        number = int(text)
        if number in seen:
            message = f"copy {number} is in row {seen[number].place.line}, too"
            hint = "each copy has a number of its own"
            faults.append(Diagnostic(code="E808", place=row.at(NUMBER), message=message, hint=hint))
        seen.setdefault(number, Row(number=number, values=row.values, place=row.place, places=row.places))
    return tuple(seen.values()), faults


def file_name(row: Row, digits: int) -> str:
    """Return the name of a copy's file: its number, and of its name what every disk takes.

    Args:
        row: whose it is.
        digits: how many digits numbers have, at least four.
    """
    plain = unicodedata.normalize("NFKD", row.values.get(NAME, "") or row.values.get(ORGANISATION, ""))
    letters = "".join(c for c in plain.casefold() if c.isascii() and (c.isalnum() or c in " -_."))
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40].strip("-")
    return f"copy-{row.number:0{digits}}{'-' if slug else ''}{slug}.pdf"
