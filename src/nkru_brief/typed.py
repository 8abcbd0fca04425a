"""Nodes become typed values: every key checked against the model, every fault located, none hiding another."""

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any, TypeVar, cast

from nkru_brief import edtf
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.edtf import EdtfDate
from nkru_brief.model import Authored
from nkru_brief.values import replace, types
from nkru_brief.yamltext import Mapping, Node, Scalar, Sequence

T = TypeVar("T", bound=Authored)

_SHOWN = 60
_MAX_LISTED = 40

_type_info = cache(types.type_info)

# Values that are written as one scalar and are not authored values themselves.
_FROM_TEXT: dict[type, Callable[[str], object]] = {EdtfDate: edtf.parse}


class _UnreadableError(Exception):
    """The value cannot be built; its faults are already noted."""


def read(node: Node, kind: type[T], faults: list[Diagnostic], what: str) -> T | None:
    """Return a node as a value of `kind`, or None; faults are added to `faults`.

    Args:
        node: what stands in the file.
        kind: the model's type for it.
        faults: the list that takes what is wrong.
        what: what is being read, for messages ("a claim").
    """
    try:
        return cast("T", _build(node, _type_info(kind), faults, what))
    except _UnreadableError:
        return None


def suggestion(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return a hint: the known word meant, or the list of those there are."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    return otherwise or (listed(word, known) if known else "")


def listed(word: str, known: list[str]) -> str:
    """Return a hint that lists what there is: all of it, or of very many what is most like a word."""
    if len(known) <= _MAX_LISTED:
        return f"there is: {', '.join(known)}"
    like = difflib.get_close_matches(word, known, n=5, cutoff=0.3)
    return f"there are {len(known)} others" + (f"; most like it: {', '.join(like)}" if like else "")


def shown(text: str) -> str:
    """Return a text between quotes as messages show it: cut short where it is long."""
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}…"


def _fail(faults: list[Diagnostic], code: str, place: Place, message: str, hint: str = "") -> _UnreadableError:
    faults.append(Diagnostic(code=code, place=place, message=message, hint=hint))
    return _UnreadableError()


def _build(node: Node, kind: types.Type, faults: list[Diagnostic], what: str) -> Any:  # noqa: ANN401 - by `kind`
    match kind:
        case types.Metadata():
            return _described(node, kind, faults, what)
        case types.UnionType():
            if isinstance(node, Scalar) and node.null:
                return None
            inner = next(option for option in kind.types if not isinstance(option, types.NoneType))
            return _build(node, inner, faults, what)
        case types.StructType():
            return _struct(node, kind, faults, what)
        case types.VarTupleType():
            return _list(node, kind, faults, what)
        case types.DictType():
            return _words(node, kind, faults, what)
        case _:
            return _scalar(node, kind, faults, what)


def _described(node: Node, kind: types.Metadata, faults: list[Diagnostic], what: str) -> Any:  # noqa: ANN401
    """Return a node as a type with a description, which is the hint where nothing says more."""
    before = len(faults)
    try:
        return _build(node, kind.type, faults, what)
    except _UnreadableError:
        description = (kind.extra_json_schema or {}).get("description")
        if description and isinstance(kind.type, types.StrType):
            faults[before:] = [replace(fault, hint=fault.hint or f"write {description}") for fault in faults[before:]]
        raise


def _struct(node: Node, kind: types.StructType, faults: list[Diagnostic], what: str) -> Any:  # noqa: ANN401
    factory = _FROM_TEXT.get(kind.cls) or getattr(kind.cls, "from_text", None)
    if isinstance(node, Scalar) and factory and not node.null:
        try:
            value = factory(node.text)
        except ValueError as error:
            # A second argument of the error is a hint.
            message, *hint = map(str, error.args or (error,))
            raise _fail(faults, "E007", node.place, f"{what}: {message}", *hint) from None
        return _placed(value, {"": node.place})
    if not isinstance(node, Mapping):
        expected = "text" if factory else "keys with values"
        raise _fail(faults, "E006", node.place, f"{what} must be {expected}, found {_describe(node)}")
    from_mapping = getattr(kind.cls, "from_mapping", None)
    if from_mapping:
        texts = _each(node, types.StrType(min_length=1), faults, what)
        try:
            return _placed(from_mapping(texts), _places(node))
        except ValueError as error:
            raise _fail(faults, "E007", node.place, f"{what}: {error}") from None
    return _fields(node, kind, faults, what)


def _placed(value: Any, places: dict[str, Place]) -> Any:  # noqa: ANN401
    """Return an authored value with its places; other values (a date) remember none."""
    return type(value)(**{**_as_dict(value), "places": places}) if isinstance(value, Authored) else value


def _as_dict(value: Authored) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def _places(node: Mapping) -> dict[str, Place]:
    places = {"": node.place}
    for key, value in node.entries:
        # The value's place is where an author must edit; an empty value has none worth showing.
        places[key.text] = key.place if isinstance(value, Mapping) else value.place
        if isinstance(value, Sequence):
            places |= {f"{key.text}.{i}": item.place for i, item in enumerate(value.items)}
        if isinstance(value, Mapping):
            places |= {f"{key.text}.{inner.text}": item.place for inner, item in value.entries}
    return places


def _fields(node: Mapping, kind: types.StructType, faults: list[Diagnostic], what: str) -> Any:  # noqa: ANN401
    fields = {field.encode_name: field for field in kind.fields if field.encode_name != "places"}
    values: dict[str, Any] = {"places": _places(node)}
    readable = True
    meant: set[str] = set()
    for key, value in node.entries:
        if key.text not in fields:
            hint = suggestion(key.text, fields)
            # A key that is misspelt is not missing, too.
            meant.update(difflib.get_close_matches(key.text, fields, n=1))
            _fail(faults, "E004", key.place, f"{what} has no key {shown(key.text)}", hint)
            continue
        try:
            values[key.text] = _build(value, fields[key.text].type, faults, key.text)
        except _UnreadableError:
            readable = False
    present = {key.text for key, _ in node.entries}
    for name, field in fields.items():
        if field.required and name not in present:
            readable = False
            if name not in meant:
                _fail(faults, "E005", node.place, f"{what} lacks the key {name!r}", f"write {name}: and its value")
    if not readable:
        raise _UnreadableError
    return kind.cls(**values)


def _list(node: Node, kind: types.VarTupleType, faults: list[Diagnostic], what: str) -> tuple[Any, ...]:
    if not isinstance(node, Sequence):
        hint = "begin each item with '- ', in a line of its own"
        raise _fail(faults, "E006", node.place, f"{what} must be a list, found {_describe(node)}", hint)
    if kind.min_length and len(node.items) < kind.min_length:
        raise _fail(faults, "E007", node.place, f"{what} must have at least {kind.min_length} item")
    items, readable = [], True
    for item in node.items:
        try:
            items.append(_build(item, kind.item_type, faults, what))
        except _UnreadableError:
            readable = False
    if not readable:
        raise _UnreadableError
    return tuple(items)


def _words(node: Node, kind: types.DictType, faults: list[Diagnostic], what: str) -> dict[str, Any]:
    if not isinstance(node, Mapping):
        raise _fail(faults, "E006", node.place, f"{what} must be keys with values, found {_describe(node)}")
    return _each(node, kind.value_type, faults, what)


def _each(node: Mapping, kind: types.Type, faults: list[Diagnostic], what: str) -> dict[str, Any]:
    """Return every value of a mapping as `kind`; a fault in one does not hide the next."""
    values = {}
    for key, value in node.entries:
        try:
            values[key.text] = _build(value, kind, faults, f"{what}.{key.text}")
        except _UnreadableError:
            continue
    if len(values) < len(node.entries):
        raise _UnreadableError
    return values


_EXPECTED = {
    types.StrType: "text",
    types.IntType: "a whole number",
    types.FloatType: "a number",
    types.BoolType: "true or false",
    types.DateType: "a day such as 2026-11-23",
}


def _scalar(node: Node, kind: types.Type, faults: list[Diagnostic], what: str) -> Any:  # noqa: ANN401
    expected = _EXPECTED.get(type(kind), "one of its words")
    if not isinstance(node, Scalar) or node.null:
        raise _fail(faults, "E006", node.place, f"{what} must be {expected}, found {_describe(node)}")
    if isinstance(kind, types.LiteralType):
        return _choice(node, kind, faults, what)
    value = _convert(node, kind)
    if value is None:
        quoted = "" if node.plain or _convert(replace(node, plain=True), kind) is None else "take the quotes away"
        raise _fail(faults, "E006", node.place, f"{what} must be {expected}, found {shown(node.text)}", quoted)
    problem = _constraint(value, kind)
    if problem:
        raise _fail(faults, "E007", node.place, f"{what} {problem}, found {shown(node.text)}")
    return value


def _choice(node: Scalar, kind: types.LiteralType, faults: list[Diagnostic], what: str) -> str:
    words = [str(word) for word in kind.values]
    if node.text not in words:
        hint = suggestion(node.text, words)
        raise _fail(faults, "E007", node.place, f"{what} cannot be {shown(node.text)}", hint)
    return node.text


def _convert(node: Scalar, kind: types.Type) -> str | int | float | bool | date | None:
    """Return the scalar as the plain type that `kind` names, or None where it is not one."""
    text = node.text
    if isinstance(kind, types.StrType):
        return text
    if not node.plain:
        return None
    if isinstance(kind, types.BoolType):
        return {"true": True, "false": False}.get(text)
    if isinstance(kind, types.IntType):
        return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None
    if isinstance(kind, types.FloatType):
        return float(text) if re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", text) else None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _constraint(value: Any, kind: types.Type) -> str:  # noqa: ANN401
    """Return how `value` breaks the bounds of `kind`, or nothing."""
    if isinstance(kind, types.StrType):
        if kind.min_length and not value.strip():
            return "must not be empty"
        if kind.pattern and not re.fullmatch(kind.pattern, value):
            return f"must match {kind.pattern}"
    if isinstance(kind, types.IntType | types.FloatType):
        if kind.ge is not None and value < kind.ge:
            return f"must be at least {kind.ge}"
        if kind.le is not None and value > kind.le:
            return f"must be at most {kind.le}"
    return ""


def _describe(node: Node) -> str:
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "keys with values"
    return "nothing" if node.null else shown(node.text)
