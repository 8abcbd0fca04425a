"""The door to pydyf, the page engine's writer of PDF objects."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pydyf


def dictionary(entries: Mapping[str, Any]) -> Any:
    """Return a dictionary object, not yet in a file."""
    return pydyf.Dictionary(dict(entries))


def array(items: Iterable[Any] = ()) -> Any:
    """Return an array object, not yet in a file."""
    return pydyf.Array(list(items))


def text(value: str) -> Any:
    """Return a text string: as it is where it is ASCII, else in UTF-16 (ISO 32000-1, 7.9.2.2)."""
    return pydyf.String(value)


def name(value: str) -> str:
    """Return a name, with what a name may not hold written as `#xx` (ISO 32000-1, 7.3.5)."""
    return str(pydyf.name(value).decode("ascii"))


def stream(data: bytes, entries: Mapping[str, Any], *, compress: bool) -> Any:
    """Return a stream object, not yet in a file."""
    return pydyf.Stream([data], dictionary(entries), compress=compress)


def add(pdf: Any, thing: Any) -> Any:
    """Put an object into a file, and return it."""
    pdf.add_object(thing)
    return thing


def found(pdf: Any, reference: Any) -> Any:
    """Return what a reference stands for; anything else as it is."""
    if isinstance(reference, bytes) and reference.endswith(b" R"):
        return pdf.objects[int(reference.split()[0])]
    return reference


def string_of(value: Any) -> str:
    """Return what a text string of the engine says, or "" where there is none."""
    return str(value.string) if isinstance(value, pydyf.String) else ""


def streams(pdf: Any) -> Iterator[Any]:
    """Yield every stream of a file, in the order of their numbers."""
    return (each for each in pdf.objects if isinstance(each, pydyf.Stream))


def is_dictionary(thing: Any) -> bool:
    """Return whether an object is a dictionary, or may be read as one."""
    return isinstance(thing, pydyf.Dictionary)


def pages(pdf: Any) -> tuple[Any, ...]:
    """Return the dictionaries of a file's pages, in order."""
    return tuple(pdf.objects[number] for number in pdf.pages["Kids"][::3])
