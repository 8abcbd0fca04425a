"""The door to PyYAML: YAML text becomes nodes that know their place, or located faults.

PyYAML is imported where a file is parsed: what most files say is known (see `memory`).

Only the part of YAML that briefings need is accepted. Anchors, aliases and tags are refused (an alias bomb is a
dozen lines), duplicate keys are faults, and scalars stay as written: `NO` is a word and `010` is not eight.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.values import Value

# Controls, private use, noncharacters; marks that turn the direction of text, are not seen, or end lines unseen.
STRANGE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufffd-\uffff]"
)

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 20


class Scalar(Value):
    """A scalar as written; `plain` when it stands without quotes or a block sign, `end` is just behind it."""

    text: str
    plain: bool
    place: Place
    end: Place

    @property
    def null(self) -> bool:
        """Whether YAML reads the scalar as nothing."""
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


class Sequence(Value):
    """A list of nodes."""

    items: tuple["Node", ...]
    place: Place


class Mapping(Value):
    """Keys and their nodes, in order; a key written twice keeps its first value."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place


Node = Scalar | Sequence | Mapping


class _RefusedError(Exception):
    def __init__(self, place: Place, what: str) -> None:
        self.place, self.what = place, what
        super().__init__(place, what)


def parse(text: str, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """Return the one document of `text` as nodes, and what is wrong with it.

    The node is None when the text is empty or cannot be read as YAML at all.
    """
    node, faults = _parsed(text, file)
    return node, list(faults)


# Who writes changes one file of many.
@lru_cache(maxsize=512)
def _parsed(text: str, file: str) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    import yaml

    faults: list[Diagnostic] = []
    if len(text) > MAX_CHARACTERS:
        return None, (_refusal(Place(file=file), f"a file of more than {MAX_CHARACTERS:,} characters"),)
    try:
        # libyaml is ten times faster and reports the same marks; PyYAML is not always built with it.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return _document(yaml.parse(text, Loader=loader), file, faults), tuple(faults)
    except (yaml.YAMLError, ValueError) as error:
        return None, (*faults, _not_yaml(_in_words(text) or error, text, file))
    except _RefusedError as refused:
        return None, (*faults, _refusal(refused.place, refused.what))


def _in_words(text: str) -> Exception | None:
    """Return the error as PyYAML's own parser words it: it names what it found, and counts in characters."""
    import yaml

    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        return error
    except ValueError:
        return None
    return None


def _not_yaml(error: Exception, text: str, file: str) -> Diagnostic:
    import yaml

    hint = "check indentation and quotes; text with ': ' or a leading special character needs quotes"
    place, what = Place(file=file), str(error)
    if isinstance(error, yaml.MarkedYAMLError):
        place, what = _place_of_mark(error.problem_mark or error.context_mark, file), error.problem or what
        if error.context and error.context_mark:
            what += f" ({error.context} that begins in line {error.context_mark.line + 1})"
    if isinstance(error, yaml.reader.ReaderError):
        place, what = _place_of_offset(text, error.position, file), "a character that YAML does not allow"
    return Diagnostic(code="E002", place=place, message=f"not YAML: {what}", hint=hint)


def _refusal(place: Place, what: str) -> Diagnostic:
    hint = "write the value out; content files use plain keys, lists and text only"
    return Diagnostic(code="E009", place=place, message=f"{what} has no place here", hint=hint)


def _place_of_offset(text: str, offset: int, file: str) -> Place:
    before = text[:offset]
    return Place(file=file, line=before.count("\n") + 1, column=offset - (before.rfind("\n") + 1) + 1)


def _place_of_mark(mark: Any, file: str) -> Place:  # noqa: ANN401 - libyaml and PyYAML have a class each
    return Place(file=file, line=mark.line + 1, column=mark.column + 1) if mark else Place(file=file)


def _document(events: Iterator[Any], file: str, faults: list[Diagnostic]) -> Node | None:
    import yaml

    node = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and node is not None:
            raise _RefusedError(_place_of_mark(event.start_mark, file), "a second document in one file")
        if isinstance(event, yaml.NodeEvent):
            node = _node(event, events, file, faults, depth=1)
    return node


def _node(event: Any, events: Iterator[Any], file: str, faults: list[Diagnostic], depth: int) -> Node:  # noqa: ANN401
    import yaml

    place = _place_of_mark(event.start_mark, file)
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        raise _RefusedError(place, "an anchor or alias")
    if event.tag:
        raise _RefusedError(place, f"the tag {event.tag!r}")
    if depth > MAX_DEPTH:
        raise _RefusedError(place, f"nesting deeper than {MAX_DEPTH} levels")
    if isinstance(event, yaml.ScalarEvent):
        end = _place_of_mark(event.end_mark, file)
        return Scalar(text=_cleaned(event.value, place, faults), plain=not event.style, place=place, end=end)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            items.append(_node(item, events, file, faults, depth + 1))
        return Sequence(items=tuple(items), place=place)
    return _mapping(place, events, file, faults, depth)


def _cleaned(text: str, place: Place, faults: list[Diagnostic]) -> str:
    """Return a scalar's text without characters that have no place in one; escapes can write any."""
    faults += [strange(match[0], place) for match in STRANGE.finditer(text)]
    return STRANGE.sub(" ", text)


def strange(character: str, place: Place) -> Diagnostic:
    """Return the fault of a character that has no place in text."""
    message = f"the character U+{ord(character):04X} has no place in text"
    hint = "delete it; it often comes from copying out of another program"
    return Diagnostic(code="E207", place=place, message=message, hint=hint)


def _mapping(place: Place, events: Iterator[Any], file: str, faults: list[Diagnostic], depth: int) -> Mapping:
    import yaml

    entries: dict[str, tuple[Scalar, Node]] = {}
    while not isinstance(item := next(events), yaml.MappingEndEvent):
        key = _node(item, events, file, faults, depth + 1)
        value = _node(next(events), events, file, faults, depth + 1)
        if not isinstance(key, Scalar):
            raise _RefusedError(key.place, "a key that is not text")
        if key.text in entries:
            first = entries[key.text][0].place
            hint = f"keep one of them; the first stands in line {first.line}"
            message = f"the key {key.text!r} is written twice"
            faults.append(Diagnostic(code="E003", place=key.place, message=message, hint=hint))
        else:
            entries[key.text] = (key, value)
    return Mapping(entries=tuple(entries.values()), place=place)


# ---- edits that touch nothing else ----

_LINE_END = re.compile(r"\r\n|\n|\r")


def line_starts(text: str) -> list[int]:
    """Return where each line of a text begins, in characters, whatever its lines end in."""
    return [0, *(end.end() for end in _LINE_END.finditer(text))]


def replaced(text: str, scalar: Scalar, value: str) -> str:
    """Return a text with other words in the place of a scalar that was read from it."""
    starts = line_starts(text)
    start, end = (starts[at.line - 1] + at.column - 1 for at in (scalar.place, scalar.end))
    return text[:start] + value + text[end:]


def with_value(text: str, key: str, value: str) -> str:
    """Return a file of keys with another value of one of them, a scalar, and not a character else changed."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    body = text.removeprefix(mark)
    node, _ = parse(body, "")
    for name, old in node.entries if isinstance(node, Mapping) else ():
        if name.text == key and isinstance(old, Scalar):
            return mark + replaced(body, old, value)
    return text
