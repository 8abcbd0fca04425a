"""The door to msgspec: frozen typed values, their description, and their bytes.

Every value that passes between stages is a `Value`: frozen, keyword-only, compared by content.
"""

from typing import Any, TypeVar, dataclass_transform

import msgspec
from msgspec import Meta, Struct, field
from msgspec import inspect as types

__all__ = ["Meta", "Value", "convert", "field", "from_bytes", "from_json", "packed", "plain", "replace", "schema"]
__all__ += ["to_bytes", "to_json", "types"]

T = TypeVar("T")


# Type checkers do not see that msgspec hands `frozen` and `kw_only` down to subclasses.
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
class Value(Struct, frozen=True, kw_only=True):
    """A frozen, typed value."""


def replace(value: T, **changes: Any) -> T:  # noqa: ANN401 - the fields are the value's own
    """Return `value` with `changes` made to it; the original stays as it was."""
    return msgspec.structs.replace(value, **changes)  # type: ignore[type-var]


def convert(raw: object, kind: type[T]) -> T:
    """Return plain data as a value of `kind`.

    Raises:
        ValueError: `raw` does not fit; the message says how.
    """
    return msgspec.convert(raw, kind, strict=True)


def plain(value: object) -> Any:  # noqa: ANN401 - what a value is made of: dicts, lists, text, numbers
    """Return a value as plain data: what JSON knows, and nothing else."""
    return msgspec.to_builtins(value)


def to_json(value: object) -> bytes:
    """Return canonical JSON (sorted keys, UTF-8): equal values give equal bytes."""
    return msgspec.json.encode(value, order="sorted")


def to_bytes(value: object) -> bytes:
    """Return canonical MessagePack (sorted keys, bytes as they are): equal values give equal bytes, whatever fields."""
    return msgspec.msgpack.encode(value, order="sorted")


def packed(value: object) -> bytes:
    """Return MessagePack that `from_bytes` makes the same value of again, its keys in the same order."""
    return msgspec.msgpack.encode(value)


def from_bytes(data: bytes, kind: type[T]) -> T:
    """Return a value of `kind` from its MessagePack.

    Raises:
        ValueError: the bytes are not those of such a value; the message says how.
    """
    return msgspec.msgpack.decode(data, type=kind)


def from_json(data: bytes) -> object:
    """Return JSON as plain data.

    Raises:
        ValueError: it is not JSON; the message says where.
    """
    try:
        return msgspec.json.decode(data)
    except RecursionError:
        raise ValueError("it is nested deeper than data goes") from None


def schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of `kind`, for editors that complete and check YAML."""
    return msgspec.json.schema(kind)
