"""A seal: the SHA-256 of a finished file, kept in the file itself.

A file cannot hold its own hash, so the seal is that of the file with 64 zeros in the seal's place. It shows that a
file is as it was made. It is no signature: who changes a file on purpose can seal it anew, and is found out by the
fingerprint of the edition, by the content, or by the sources.
"""

import re
from typing import Literal

from nkru_brief.digest import sha256

EMPTY = "0" * 64
# In a web page a `meta` element, in the metadata packet of a PDF (XMP) an element.
_SLOT = re.compile(rb'(?:<meta name="brief:seal" content="|<brief:seal>)([0-9a-f]{64})(?:">|</brief:seal>)')

State = Literal["whole", "changed", "none"]


def sealed(data: bytes) -> bytes:
    """Return a finished file with its seal filled in.

    Raises:
        ValueError: it has no place for a seal, or more than one.
    """
    start, end = _place(data)
    if data[start:end] != EMPTY.encode():
        raise ValueError("the file is sealed already")
    return data[:start] + sha256(data).encode() + data[end:]


def state_of(data: bytes) -> State:
    """Return whether a file is as it was sealed, was changed since, or has no seal."""
    try:
        start, end = _place(data)
    except ValueError:
        return "none"
    before = data[:start] + EMPTY.encode() + data[end:]
    return "whole" if data[start:end] == sha256(before).encode() else "changed"


def _place(data: bytes) -> tuple[int, int]:
    found = list(_SLOT.finditer(data))
    if len(found) != 1:
        raise ValueError(f"a file has one place for a seal; this one has {len(found)}")
    return found[0].span(1)
