"""A project folder becomes a Library: every YAML and Markdown file under `content/` and `seeds/`, typed and located."""

import re
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from nkru_brief.diagnostics import Diagnostic, Place, UsageError
from nkru_brief.model import (
    Authored,
    Card,
    Claim,
    Edition,
    KeyDate,
    Library,
    Question,
    Scale,
    SectionText,
    Term,
    Topic,
)
from nkru_brief.typed import read
from nkru_brief.yamltext import Mapping, Node, Scalar, Sequence, parse

A = TypeVar("A", bound=Authored)

SECTION_NAME = re.compile(r"^(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?P<level>[a-z]+)\.md$")


def find_root(start: Path) -> Path:
    """Return the project folder at or above `start`: the nearest that holds `content/`.

    Raises:
        UsageError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / "content").is_dir():
            return folder
    raise UsageError(f"{start} is no briefing project: neither it nor a folder above it holds content/")


def load(root: Path) -> tuple[Library, tuple[Diagnostic, ...]]:
    """Return everything authored in the project at `root`, and what is wrong with it.

    What cannot be read is left out of the Library, and its id is kept in `unread`.
    """
    shelf = _Shelf(root)
    topic = shelf.one("content/brief.yaml", Topic, "the briefing")
    cards = shelf.by_id(shelf.files("seeds", ".yaml"), Card, "a source card")
    claims = shelf.by_id(shelf.files("content/claims", ".yaml"), Claim, "a claim", listed=True)
    editions = shelf.editions()
    return Library(
        topic=topic,
        cards=cards,
        claims=claims,
        sections=shelf.sections(),
        dates=tuple(shelf.by_id(["content/key-dates.yaml"], KeyDate, "a key date", listed=True).values()),
        terms=shelf.listed("content/glossary.yaml", Term, "a term"),
        questions=tuple(shelf.by_id(["content/questions.yaml"], Question, "a question", listed=True).values()),
        editions=editions,
        scales=shelf.scales(),
        unread=frozenset(shelf.unread),
        texts=shelf.texts,
    ), tuple(shelf.faults)


class _Shelf:
    """Reads one project's files in a fixed order and gathers what is wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Diagnostic] = []
        self.unread: set[str] = set()
        self.texts: dict[str, str] = {}

    def files(self, folder: str, suffix: str) -> list[str]:
        """Return the paths of a folder's files with that suffix, relative to the project, sorted."""
        path = self.root / folder
        if not path.is_dir():
            self._missing(folder)
            return []
        return sorted(f"{folder}/{entry.name}" for entry in path.iterdir() if entry.name.endswith(suffix))

    def _missing(self, path: str) -> None:
        hint = "a project holds content/brief.yaml, content/claims/, content/sections/, content/editions/ and seeds/"
        self.faults.append(Diagnostic(code="E010", place=Place(file=path), message=f"{path} is missing", hint=hint))

    def text(self, file: str) -> str | None:
        """Return a file's text, or None with a fault."""
        try:
            text = (self.root / file).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except FileNotFoundError:
            self._missing(file)
        except UnicodeDecodeError as error:
            message = f"not UTF-8: byte {error.object[error.start]:#04x} at offset {error.start}"
            hint = "save the file as UTF-8"
            self.faults.append(Diagnostic(code="E001", place=Place(file=file), message=message, hint=hint))
        except OSError as error:
            message = f"cannot be read: {error.strerror}"
            self.faults.append(Diagnostic(code="E001", place=Place(file=file), message=message))
        else:
            self.texts[file] = text
            return text
        return None

    def node(self, file: str) -> Node | None:
        """Return a YAML file's node, or None with a fault."""
        text = self.text(file)
        if text is None:
            return None
        node, faults = parse(text, file)
        self.faults += faults
        return node

    def one(self, file: str, kind: type[A], what: str) -> A | None:
        """Return the one value a file holds."""
        node = self.node(file)
        return None if node is None else read(node, kind, self.faults, what)

    def listed(self, file: str, kind: type[A], what: str) -> tuple[A, ...]:
        """Return the values of a file that holds a list; a file that is not there holds none."""
        if not (self.root / file).exists():
            return ()
        values = (read(node, kind, self.faults, what) for node in self._items(file, what))
        return tuple(value for value in values if value is not None)

    def by_id(self, files: Iterable[str], kind: type[A], what: str, *, listed: bool = False) -> dict[str, A]:
        """Return the values of several files by their ids, which must differ."""
        found: dict[str, A] = {}
        for file in files:
            if listed and not (self.root / file).exists():
                continue
            root = None if listed else self.node(file)
            nodes = self._items(file, what) if listed else [root] if root is not None else []
            for node in nodes:
                self._take(node, kind, what, found)
        return found

    def _items(self, file: str, what: str) -> Iterator[Node]:
        node = self.node(file)
        if isinstance(node, Sequence):
            yield from node.items
        elif node is not None:
            message = f"the file must hold a list; each item is {what}"
            self.faults.append(Diagnostic(code="E006", place=node.place, message=message))

    def _take(self, node: Node, kind: type[A], what: str, found: dict[str, A]) -> None:
        value = read(node, kind, self.faults, what)
        if value is None:
            self.unread |= _id_of(node)
            return
        name: str = getattr(value, "id")  # noqa: B009 - every kind read by id has one
        if name in found:
            first = found[name].at("id")
            hint = f"the first stands at {first}; an id never changes and is never used again"
            message = f"{what} with the id {name!r} is already there"
            self.faults.append(Diagnostic(code="E008", place=value.at("id"), message=message, hint=hint))
        else:
            found[name] = value

    def editions(self) -> dict[str, Edition]:
        """Return the editions by file name."""
        found = {}
        for file in self.files("content/editions", ".yaml"):
            name = file.rpartition("/")[2].removesuffix(".yaml")
            edition = self.one(file, Edition, "an edition")
            if edition is None:
                self.unread.add(name)
            else:
                found[name] = edition
        return found

    def sections(self) -> dict[str, dict[str, SectionText]]:
        """Return the texts of the sections by id and level."""
        found: dict[str, dict[str, SectionText]] = {}
        for file in self.files("content/sections", ".md"):
            match = SECTION_NAME.match(file.rpartition("/")[2])
            if match is None:
                hint = "name it NAME.LEVEL.md in lower case, such as history.plain.md"
                message = "the file's name does not say section and reading level"
                self.faults.append(Diagnostic(code="E007", place=Place(file=file), message=message, hint=hint))
                continue
            text = self.text(file)
            if text is not None:
                section = SectionText(id=match["id"], level=match["level"], file=file, text=text)
                found.setdefault(section.id, {})[section.level] = section
        return found

    def scales(self) -> dict[str, Scale]:
        """Return the probability scales that come with the package, by id."""
        found: dict[str, Scale] = {}
        for entry in sorted(_scale_files(), key=lambda entry: entry.name):
            node, _ = parse(entry.read_text(encoding="utf-8"), f"scales/{entry.name}")
            if node is not None:
                self._take(node, Scale, "a scale", found)
        return found


def _scale_files() -> Iterator[Traversable]:
    return (entry for entry in (resources.files("nkru_brief") / "scales").iterdir() if entry.name.endswith(".yaml"))


def _id_of(node: Node) -> set[str]:
    if not isinstance(node, Mapping):
        return set()
    return {value.text for key, value in node.entries if key.text == "id" and isinstance(value, Scalar)}
