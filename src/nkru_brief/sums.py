"""The list of a bundle's files, `SHA256SUMS`, as `sha256sum -c` reads it (GNU coreutils, "md5sum invocation")."""

import re
from collections.abc import Mapping

from nkru_brief.digest import sha256

FILE = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"

_LINE = re.compile(r"([0-9a-f]{64}) [ *]([^\0\r\n]+)")


def listed(files: Mapping[str, bytes]) -> bytes:
    """Return the list of files, by path; it lists neither itself nor its signature.

    Raises:
        ValueError: a path has a character that the list writes otherwise.
    """
    names = sorted(name for name in files if name not in (FILE, SIGNATURE))
    for name in names:
        if set(name) & {"\\", "\n", "\r", "\0"}:
            raise ValueError(f"{name!r} cannot be listed")
    return "".join(f"{sha256(files[name])}  {name}\n" for name in names).encode("utf-8")


def read(data: bytes) -> dict[str, str]:
    """Return the SHA-256 of each file that a list names.

    Raises:
        ValueError: it is no such list; the message says which line.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line and number == text.count("\n") + 1:
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"line {number} is not a SHA-256, two spaces and a path")
        if match[2] in found:
            raise ValueError(f"line {number} names {match[2]} again")
        found[match[2]] = match[1]
    if not found:
        raise ValueError("it names no file")
    return found
