"""The door to openpyxl: the first sheet of a workbook as rows of text, each with the number it has there."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import NamedTuple

# More than a roster unpacks to: what is larger was made to fill a machine's memory.
_MOST_BYTES = 200_000_000


class Cell(NamedTuple):
    """A cell: what it holds as text, and whether it is a formula."""

    text: str
    formula: bool = False


def rows(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """Yield the rows of a workbook's first sheet, with their numbers; formulas as they are written.

    Raises:
        ValueError: it is not a workbook that can be read.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
                raise ValueError("it unpacks to more than a roster has")
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, keep_links=False)
        if not book.worksheets:
            raise ValueError("it has no sheet")
        for number, row in enumerate(book.worksheets[0].iter_rows(), 1):
            yield number, [Cell(_text(cell.value), cell.data_type == "f") for cell in row]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, SyntaxError, TypeError) as error:
        raise ValueError(f"it is not a workbook that can be read: {type(error).__name__}") from None


def _text(value: object) -> str:
    """Return what a cell holds as its reader sees it: a whole number without a point, a day as ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
