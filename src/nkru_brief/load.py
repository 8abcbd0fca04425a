"""A project folder becomes a Library: every YAML and Markdown file under `content/` and `seeds/`, typed and located."""

import re
import zipfile
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from nkru_brief import memory
from nkru_brief.cache import key_of
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.model import (
    Authored,
    Card,
    ChangeEntry,
    Claim,
    ContextNote,
    Edition,
    KeyDate,
    Library,
    Question,
    Record,
    Scale,
    SectionText,
    Term,
    Topic,
)
from nkru_brief.typed import read
from nkru_brief.yamltext import STRANGE, Mapping, Node, Scalar, Sequence, parse, strange

A = TypeVar("A", bound=Authored)
_Values = tuple[tuple[A | None, frozenset[str]], ...]

RECORD = "content/record.yaml"
CHANGES = "content/changes.yaml"
# What looks like an id, in a file that is not YAML, or not the YAML it should be.
_ID = re.compile(r"""^(?:[ -]*id:\s*['"]?|(?=[a-z0-9-]+:\s*$))([a-z0-9-]+)""", re.MULTILINE)
SECTION_NAME = re.compile(r"^(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?P<level>[a-z]+)\.md$")


def unreadable(error: OSError | UnicodeDecodeError, file: str) -> Diagnostic:
    """Return the fault of a file that is not UTF-8 text, or that the disk does not give."""
    if isinstance(error, OSError):
        message = f"cannot be read: {error.strerror or error}"
        return Diagnostic(code="E001", place=Place(file=file), message=message)
    before = error.object[: error.start].decode("utf-8").split("\n")
    place = Place(file=file, line=len(before), column=len(before[-1]) + 1)
    message = f"not UTF-8: the byte {error.object[error.start]:#04x}"
    return Diagnostic(code="E001", place=place, message=message, hint="save the file as UTF-8")


def load(root: Path | zipfile.Path) -> tuple[Library, tuple[Diagnostic, ...]]:
    """Return everything authored in the project at `root`, a folder on disk or packed, and what is wrong with it.

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
        context=shelf.context(),
        editions=editions,
        scales=shelf.scales(),
        record=shelf.one(RECORD, Record, "the record") if (root / RECORD).exists() else None,
        changes=shelf.listed(CHANGES, ChangeEntry, "an entry of what changed"),
        images=shelf.images("content/images"),
        unread=frozenset(shelf.unread),
        texts=shelf.texts,
    ), tuple(shelf.faults)


def texts_at_hand(root: Path, cards: Iterable[Card], folder: Path | None = None) -> dict[str, bytes]:
    """Return the texts of sources that the user holds, by source.

    Args:
        root: the project's folder.
        cards: the cards whose texts are looked for, under the file name each names.
        folder: where to look; `seeds/` of the project where none is given.
    """
    held = {}
    for card in cards:
        path = (folder or root / "seeds") / card.file
        if path.name == card.file and path.is_file():
            held[card.id] = path.read_bytes()
    return held


def is_folder(path: Path) -> bool:
    """Return whether there is a folder at a path."""
    return path.is_dir()


def file_bytes(path: Path) -> bytes | None:
    """Return what a file holds, wherever it is; None where there is none."""
    return path.read_bytes() if path.is_file() else None


def copy_path(root: Path, card: Card) -> Path:
    """Return where the copy of a text is kept that was once found to be wholly its card's."""
    return root / "seeds" / ".verified" / f"{card.sha256}.txt"


def kept_copy(root: Path, card: Card) -> str | None:
    """Return the text a card was made from, where a copy of it was kept on this machine."""
    path = copy_path(root, card)
    return path.read_bytes().decode("utf-8", errors="replace") if path.is_file() else None


class _Shelf:
    """Reads one project's files in a fixed order and gathers what is wrong with them."""

    def __init__(self, root: Path | zipfile.Path) -> None:
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
        self.unread.add(path)
        self.faults.append(Diagnostic(code="E010", place=Place(file=path), message=f"{path} is missing", hint=hint))

    def text(self, file: str) -> str | None:
        """Return a file's text, or None with a fault."""
        try:
            text = (self.root / file).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
        except FileNotFoundError:
            self._missing(file)
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(unreadable(error, file))
        else:
            self.texts[file] = self._cleaned(text, file)
            return self.texts[file]
        return None

    def _cleaned(self, text: str, file: str) -> str:
        """Return a text with a space for every character that has no place in one; each is a fault."""
        for match in STRANGE.finditer(text):
            before = text[: match.start()]
            place = Place(file=file, line=before.count("\n") + 1, column=match.start() - before.rfind("\n"))
            self.faults.append(strange(match[0], place))
        return STRANGE.sub(" ", text)

    def one(self, file: str, kind: type[A], what: str) -> A | None:
        """Return the one value a file holds."""
        return next((value for value, _ in self._read(file, kind, what, listed=False) if value is not None), None)

    def _read(self, file: str, kind: type[A], what: str, *, listed: bool) -> "_Values[A]":
        """Return what a file holds, each value with the ids that are lost where it cannot be read.

        A file that was read before, and without a fault, is not read again.
        """
        before = len(self.faults)
        text = self.text(file)
        if text is None:
            self._lose(file)
            return ()
        return self._values(text, file, kind, what, listed=listed, clean=len(self.faults) == before)

    def _values(
        self, text: str, file: str, kind: type[A], what: str, *, listed: bool, clean: bool = True
    ) -> "_Values[A]":
        key = key_of("typed", kind.__name__, listed, file, text)
        known = memory.recall(key, tuple[kind, ...]) if clean else None  # type: ignore[valid-type]
        if known is not None:
            return tuple((value, frozenset()) for value in known)
        before = len(self.faults)
        nodes = (self._items if listed else self._root)(text, file, what, clean=clean)
        found = tuple((read(node, kind, self.faults, what), _id_of(node)) for node in nodes)
        # What has a fault is read again, to tell it again.
        if clean and len(self.faults) == before:
            memory.keep(key, tuple(value for value, _ in found))
        return found

    def _root(self, text: str, file: str, what: str, *, clean: bool) -> Iterator[Node]:
        """Yield the node of a file that must hold something; a fault says where it does not."""
        node, faults = parse(text, file)
        self.faults += faults
        if node is None and clean and not faults:
            hint = "write its keys, or delete the file"
            message = f"the file is empty; it must hold {what}"
            self.faults.append(Diagnostic(code="E006", place=Place(file=file), message=message, hint=hint))
        if node is None:
            self._lose(file)
        else:
            yield node

    def _lose(self, file: str) -> None:
        """Remember the ids of a file that cannot be read, as far as they can be seen; else that any may be missing."""
        try:
            text = (self.root / file).read_bytes().decode("utf-8", errors="replace")
        except OSError:
            self.unread.add(file.rpartition("/")[0])
        else:
            self.unread.update(_ID.findall(text))

    def listed(self, file: str, kind: type[A], what: str) -> tuple[A, ...]:
        """Return the values of a file that holds a list; a file that is not there holds none."""
        if not (self.root / file).exists():
            return ()
        return tuple(value for value, _ in self._read(file, kind, what, listed=True) if value is not None)

    def by_id(self, files: Iterable[str], kind: type[A], what: str, *, listed: bool = False) -> dict[str, A]:
        """Return the values of several files by their ids, which must differ."""
        found: dict[str, A] = {}
        for file in files:
            if listed and not (self.root / file).exists():
                continue
            self._take(self._read(file, kind, what, listed=listed), what, found)
        return found

    def _items(self, text: str, file: str, what: str, *, clean: bool) -> Iterator[Node]:
        node, faults = parse(text, file)
        self.faults += faults
        if isinstance(node, Sequence):
            yield from node.items
        elif node is not None:
            message = f"the file must hold a list; each item is {what}"
            hint = "begin each item with '- '"
            self.faults.append(Diagnostic(code="E006", place=node.place, message=message, hint=hint))
        if not isinstance(node, Sequence) and (faults or not clean or node is not None):
            self._lose(file)

    def _take(self, values: "_Values[A]", what: str, found: dict[str, A]) -> None:
        for value, ids in values:
            if value is None:
                self.unread |= ids
                continue
            name: str = getattr(value, "id")  # noqa: B009 - every kind read by id has one
            if name in found:
                first = found[name].at("id")
                hint = f"the first stands at {first}; an id never changes and is never used again"
                message = f"{what} with the id {name!r} is already there"
                self.faults.append(Diagnostic(code="E008", place=value.at("id"), message=message, hint=hint))
            else:
                found[name] = value

    def context(self) -> dict[str, ContextNote]:
        """Return the context notes by id; a project may have none, and no folder for them."""
        folder = "content/context"
        files = self.files(folder, ".yaml") if (self.root / folder).is_dir() else []
        return self.by_id(files, ContextNote, "a context note", listed=True)

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
            if text is None:
                self.unread.add(match["id"])
            else:
                section = SectionText(id=match["id"], level=match["level"], file=file, text=text)
                found.setdefault(section.id, {})[section.level] = section
        return found

    def images(self, folder: str) -> dict[str, bytes]:
        """Return the bytes of each file in a folder that may not be there; a link that leads out of it is a fault."""
        found = {}
        path = self.root / folder
        for name in sorted(entry.name for entry in path.iterdir()) if path.is_dir() else ():
            file, entry = f"{folder}/{name}", path / name
            if name.startswith("."):
                continue
            if not (entry.is_file() and self._inside(entry, folder)):
                message = "not a file of its own: a link that leads elsewhere, or a folder"
                hint = f"put the file itself into {folder}/"
                self.faults.append(Diagnostic(code="E210", place=Place(file=file), message=message, hint=hint))
                self.unread.add(file)
                continue
            try:
                found[file] = entry.read_bytes()
            except OSError as error:
                self.faults.append(unreadable(error, file))
                self.unread.add(file)
        return found

    def _inside(self, entry: Path | zipfile.Path, folder: str) -> bool:
        """Return whether a file is in a folder of the project itself; in a packed revision nothing leads out."""
        if isinstance(entry, zipfile.Path) or isinstance(self.root, zipfile.Path):
            return True
        return entry.resolve().parent == self.root.resolve() / folder

    def scales(self) -> dict[str, Scale]:
        """Return the probability scales that come with the package, by id."""
        found: dict[str, Scale] = {}
        for entry in sorted(_scale_files(), key=lambda entry: entry.name):
            text, file = entry.read_text(encoding="utf-8"), f"scales/{entry.name}"
            self._take(self._values(text, file, Scale, "a scale", listed=False), "a scale", found)
        return found


def _scale_files() -> Iterator[Traversable]:
    return (entry for entry in (resources.files("nkru_brief") / "scales").iterdir() if entry.name.endswith(".yaml"))


def _id_of(node: Node) -> frozenset[str]:
    if not isinstance(node, Mapping):
        return frozenset()
    return frozenset(value.text for key, value in node.entries if key.text == "id" and isinstance(value, Scalar))
