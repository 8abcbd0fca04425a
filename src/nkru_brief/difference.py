"""Where two files that ought to be one differ first, in words of what they are: a PDF's object, a page's line.

PDF objects are read with pikepdf; a file that it cannot read is told by its bytes.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import zip_longest
from typing import Any


def first_difference(one: bytes, other: bytes) -> str:
    """Return where two files differ first; nothing where they are the same."""
    if one == other:
        return ""
    if one.startswith(b"%PDF") and other.startswith(b"%PDF"):
        return _in_pdf(one, other) or _in_bytes(one, other)
    try:
        return _in_lines(one.decode("utf-8"), other.decode("utf-8"))
    except UnicodeDecodeError:
        return _in_bytes(one, other)


def _in_bytes(one: bytes, other: bytes) -> str:
    return f"byte {_at(one, other):,}"


def _at(one: bytes, other: bytes) -> int:
    """Return the index of the first byte that differs."""
    return next((at for at, (a, b) in enumerate(zip_longest(one, other)) if a != b), 0)


def _in_lines(one: str, other: str) -> str:
    pairs = enumerate(zip_longest(one.split("\n"), other.split("\n")), 1)
    return f"line {next(number for number, (a, b) in pairs if a != b)}"


# ---- PDF ----


def _in_pdf(one: bytes, other: bytes) -> str:
    """Return the first object that differs, as `object 12, /Info/Title`; nothing where that cannot be told."""
    import pikepdf

    try:
        with pikepdf.open(BytesIO(one)) as a, pikepdf.open(BytesIO(other)) as b:
            objects = sorted(
                range(1, max(len(a.objects), len(b.objects)) + 1), key=lambda n: _tells(a.get_object(n, 0))
            )
            for number in objects:
                pair = a.get_object(number, 0), b.get_object(number, 0)
                found = None if all(map(_is_container, pair)) else next(_paths(*pair), None)
                if found is not None:
                    return f"object {number}, {found}"
            return next((f"trailer, {found}" for found in _paths(a.trailer, b.trailer)), "")
    except pikepdf.PdfError:
        return ""


def _tells(thing: Any) -> bool:  # noqa: ANN401 - pikepdf may not be there
    """Return whether an object only tells of the others: metadata and embedded data have digests of the whole paper."""
    kind = thing.get("/Type") if hasattr(thing, "get") and hasattr(thing, "keys") else None
    return str(kind) in ("/Metadata", "/EmbeddedFile")


def _paths(one: Any, other: Any, path: str = "") -> Iterator[str]:  # noqa: ANN401 - pikepdf may not be there
    """Yield the key paths at which two objects differ; what they only refer to is compared where it stands."""
    import pikepdf

    if path and (_is_indirect(one) or _is_indirect(other)):
        if getattr(one, "objgen", None) != getattr(other, "objgen", None):
            yield path
    elif isinstance(one, pikepdf.Stream) and isinstance(other, pikepdf.Stream):
        # A length follows from the data.
        names = {*one.keys(), *other.keys()} - {"/Length"}
        yield from _in_keys({n: one.get(n) for n in names}, {n: other.get(n) for n in names}, path)
        if one.read_raw_bytes() != other.read_raw_bytes():
            yield f"byte {_at(one.read_bytes(), other.read_bytes()):,} of its data"
    elif isinstance(one, pikepdf.Dictionary) and isinstance(other, pikepdf.Dictionary):
        yield from _in_keys(dict(one.items()), dict(other.items()), path)
    elif isinstance(one, pikepdf.Array) and isinstance(other, pikepdf.Array):
        for index, (a, b) in enumerate(zip_longest(one, other)):
            yield from _paths(a, b, f"{path}[{index}]")
    elif one != other:
        yield path or "as a whole"


def _in_keys(one: dict[str, Any], other: dict[str, Any], path: str) -> Iterator[str]:
    for name in sorted({*one, *other}):
        yield from _paths(one.get(name), other.get(name), f"{path}{name}")


def _is_container(value: Any) -> bool:  # noqa: ANN401
    """Return whether an object only holds others, which are compared themselves (ISO 32000-1, 7.5.7 and 7.5.8)."""
    import pikepdf

    return isinstance(value, pikepdf.Stream) and value.get("/Type") in ("/ObjStm", "/XRef")


def _is_indirect(value: Any) -> bool:  # noqa: ANN401
    return bool(getattr(value, "is_indirect", False))
