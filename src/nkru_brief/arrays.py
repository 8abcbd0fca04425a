"""Arrays of C, declared at once: to cut each face, the engine asks for arrays of the lengths it has just then.

cffi reads each such type with a parser of C, 2 ms for one, a thirtieth of a short paper's press in all. But
`hb_codepoint_t[74]` is `hb_codepoint_t` 74 times, and can be made from it.
"""

import re
from typing import Any

_ARRAY = re.compile(r"([a-z_]+)\[(\d+)\]")


class _Types(dict[str, tuple[Any, bool]]):
    """The types that cffi has read, by how they were declared, and whether each is a function; arrays are made."""

    def __init__(self, ffi: Any) -> None:
        super().__init__(ffi._parsed_types)
        self._ffi = ffi

    def __missing__(self, declared: str) -> tuple[Any, bool]:
        array = _ARRAY.fullmatch(declared)
        if array is None:
            raise KeyError(declared)
        pointer = self._ffi.typeof(f"{array[1]} *")
        made = self[declared] = self._ffi._backend.new_array_type(pointer, int(array[2])), False
        return made


def declare_at_once(ffi: Any) -> None:
    """Have cffi make arrays from the types of what is in them, once."""
    if not isinstance(ffi._parsed_types, _Types):
        ffi._parsed_types = _Types(ffi)
