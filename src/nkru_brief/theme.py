"""Themes: folders of templates, styles and tokens that extend one another, found in the project or the package.

A theme's files are looked up along its chain (the theme, what it extends, ..., `base`), and each step first in the
project's own `templates/`, then in the package's: so a project shadows a built-in theme file by file, and adds its
own themes beside them. Everything is read here, once; rendering works on the texts.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Annotated, Literal

from nkru_brief.cache import key_of
from nkru_brief.diagnostics import ContentError, Diagnostic, Place
from nkru_brief.digest import sha256
from nkru_brief.inputs import built_in_templates
from nkru_brief.load import unreadable
from nkru_brief.memory import keep, recall
from nkru_brief.model import Authored, Positive, Slug, Text
from nkru_brief.sheet import Face
from nkru_brief.typed import read, suggestion
from nkru_brief.values import Meta, Value, field
from nkru_brief.yamltext import parse

BASE = "base"
BUILT_IN = "builtin"

_SUFFIXES = (".html", ".css", ".svg", ".yaml")
# What is found out with a font file holds as long as the file is the same: see `font_files`.
_USED: set[Path] = set()
_FONTS = (b"\0\1\0\0", b"OTTO", b"true", b"wOFF", b"wOF2")


class FaceUse(Authored, kw_only=True):
    """A face of a theme: a font file in an installed package."""

    family: Text
    file: Text
    package: Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="the package's name in Python")]
    weight: Positive = 400
    style: Literal["normal", "italic"] = "normal"
    # A fallback face is taken along only where the text has characters that the others lack.
    fallback: bool = False


class ThemeFile(Authored, kw_only=True):
    """`theme.yaml`: what a theme extends, its tokens, and the faces it adds or replaces by family."""

    title: str | None = None
    extends: Slug | None = None
    tokens: dict[str, str] = field(default_factory=dict)
    faces: tuple[FaceUse, ...] = ()


class Source(Value):
    """A template or style sheet: its text, and the path to name when something is wrong in it."""

    text: str
    file: str


class Theme(Value):
    """A theme, read: the chain from itself to `base`, its tokens, words, faces, and every file it may use.

    `places` has where each theme along the chain writes its tokens, `base` first.
    `sources` has each file under its name along the chain (`page.html`), under each theme (`base/page.html`), and as
    the package ships it (`builtin/base/page.html`), so that a file can extend what it shadows.
    """

    name: str
    chain: tuple[str, ...]
    tokens: dict[str, str]
    faces: tuple[FaceUse, ...]
    sources: dict[str, Source]
    places: tuple[dict[str, Place], ...] = ()


def names(root: Path) -> tuple[str, ...]:
    """Return the names of the themes a project can use."""
    found = {
        entry.parent.name
        for folder in (built_in_templates(), root / "templates")
        if folder.is_dir()
        for entry in folder.glob("*/theme.yaml")
    }
    return tuple(sorted(found))


# The folders of themes that were read: their files by name, and what is wrong with those that cannot be.
_Folder = tuple[tuple[tuple[str, Source], ...], tuple[Diagnostic, ...]]
Shelf = dict[Path, _Folder]


def title_of(root: Path, name: str) -> str:
    """Return what a theme calls itself."""
    return next((file.title for file in _theme_files(root, name) if file.title), "")


def load_theme(root: Path, name: str, place: Place, shelf: Shelf | None = None) -> Theme:
    """Return a theme of a project.

    Args:
        root: the project's folder.
        name: the theme's name.
        place: where it is named, for a fault.
        shelf: what was read for other themes of the project a moment ago; it takes what is read for this one.

    Raises:
        ContentError: the theme or one it extends does not exist, extends itself, or its files cannot be read.
    """
    if name not in names(root):
        message = f"there is no theme {name!r}"
        raise ContentError([_fault("E105", place, message, _hint(root, name))])
    chain, files = _chain(root, name)
    tokens: dict[str, str] = {}
    faces: tuple[FaceUse, ...] = ()
    for file in reversed(files):
        tokens |= file.tokens
        replaced = {face.family for face in file.faces}
        faces = (*(face for face in faces if face.family not in replaced), *file.faces)
    named = next((file for file in files if "figure_family" in file.tokens), files[0])
    _check_figures(named.at("tokens.figure_family"), tokens, faces)
    places = tuple({token: file.at("tokens", token) for token in file.tokens} for file in reversed(files))
    return Theme(
        name=name,
        chain=chain,
        tokens=tokens,
        faces=faces,
        sources=_sources(root, chain, {} if shelf is None else shelf),
        places=places,
    )


def _hint(root: Path, name: str) -> str:
    if any((folder / name).is_dir() for folder in _folders(root)):
        return f"templates/{name}/ is there, but has no theme.yaml, which makes a folder a theme"
    return suggestion(name, names(root))


def _check_figures(place: Place, tokens: dict[str, str], faces: tuple[FaceUse, ...]) -> None:
    """Figures are measured before they are drawn: the theme says in which of its families."""
    family = tokens.get("figure_family")
    families = sorted({face.family for face in faces if face.style == "normal"})
    if family not in families:
        message = "the theme has no token 'figure_family'" if family is None else f"no face of the theme is {family!r}"
        hint = suggestion(family or "", families, f"figure_family: one of {', '.join(families) or 'the faces'}")
        raise ContentError([_fault("E307", place, message, hint)])


def _fault(code: str, place: Place, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic(code=code, place=place, message=message, hint=hint)


def _chain(root: Path, name: str) -> tuple[tuple[str, ...], list[ThemeFile]]:
    chain, files = [name], [*_theme_files(root, name)]
    while chain[-1] != BASE:
        saying = next((file for file in _theme_files(root, chain[-1]) if file.extends), files[-1])
        parent = saying.extends or BASE
        place = saying.at("extends")
        if parent in chain:
            path = " -> ".join([*chain, parent])
            raise ContentError(
                [_fault("E305", place, f"the theme extends itself: {path}", "take one of these extends away")]
            )
        if parent not in names(root):
            message = f"the theme extends {parent!r}, which does not exist"
            raise ContentError([_fault("E105", place, message, _hint(root, parent))])
        chain.append(parent)
        files += _theme_files(root, parent)
    return tuple(chain), files


def _theme_files(root: Path, name: str) -> tuple[ThemeFile, ...]:
    """Return a theme's files, the project's first: its tokens and faces lie over those of the theme it shadows."""
    found = []
    for folder in _folders(root):
        path = folder / name / "theme.yaml"
        if path.is_file():
            shown = _shown(root, path)
            _check_inside(root, folder / name)
            found.append(_theme_file(_text(path, shown), shown))
    return tuple(found)


def _theme_file(text: str, shown: str) -> ThemeFile:
    """Return what a `theme.yaml` says; one that was read before, and without a fault, is not read again."""
    key = key_of("theme", shown, text)
    known = recall(key, ThemeFile)
    if known is not None:
        return known
    node, faults = parse(text, shown)
    theme = read(node, ThemeFile, faults, "the theme") if node is not None else None
    if faults:
        raise ContentError(faults)
    theme = theme or ThemeFile(places={"": Place(file=shown)})
    keep(key, theme)
    return theme


def _folders(root: Path) -> tuple[Path, ...]:
    """Return where templates are looked for, first choice first; in this project's own checkout both are one."""
    own, built_in = root / "templates", built_in_templates()
    return (built_in,) if own.resolve() == built_in.resolve() else (own, built_in)


def _shown(root: Path, path: Path) -> str:
    """Return a path as messages name it: relative to the project, or to the package's templates."""
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    return f"{BUILT_IN}:{path.relative_to(built_in_templates().parent).as_posix()}"


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError([unreadable(error, shown)]) from None


def _sources(root: Path, chain: tuple[str, ...], shelf: Shelf) -> dict[str, Source]:
    found: dict[str, Source] = {}
    faults: list[Diagnostic] = []
    built_in = built_in_templates()
    for theme in reversed(chain):
        for folder in reversed(_folders(root)):
            if folder / theme not in shelf:
                shelf[folder / theme] = _read_folder(root, folder / theme)
            sources, unread = shelf[folder / theme]
            faults += unread
            for name, source in sources:
                found[name] = found[f"{theme}/{name}"] = source
                if folder == built_in:
                    found[f"{BUILT_IN}/{theme}/{name}"] = source
    if faults:
        raise ContentError(faults)
    return found


def _read_folder(root: Path, folder: Path) -> _Folder:
    """Return the files of a theme's folder by name, and what is wrong with those that cannot be read."""
    _check_inside(root, folder)
    found: list[tuple[str, Source]] = []
    faults: list[Diagnostic] = []
    # The names of some hundred files: to ask each path for its own takes half the time that reading them does.
    start, shown = len(f"{folder.as_posix()}/"), _shown(root, folder)
    for path in _files(folder):
        name = path.as_posix()[start:]
        try:
            found.append((name, Source(text=_text(path, f"{shown}/{name}"), file=f"{shown}/{name}")))
        except ContentError as error:
            faults += error.diagnostics
    return tuple(found), tuple(faults)


def _files(folder: Path) -> list[Path]:
    """Return a theme's text files."""
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.rglob("*")) if path.suffix in _SUFFIXES and path.is_file()]


def unread_files(root: Path, name: str) -> tuple[str, ...]:
    """Return the files in a project's own theme that no template can use: they are no text of a kind that is read."""
    folder = root / "templates" / name
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    return tuple(_shown(root, path) for path in found if path.is_file() and path.suffix not in _SUFFIXES)


def own_names(root: Path) -> tuple[str, ...]:
    """Return the names of the themes that a project has files of."""
    return tuple(name for name in names(root) if (root / "templates" / name).is_dir())


def _check_inside(root: Path, folder: Path) -> None:
    """A project's theme holds its files: a link could bring any file of the machine into the paper."""
    if folder.parent != root / "templates":
        return
    faults = []
    for path in (folder, *sorted(folder.rglob("*"))):
        if path.is_symlink() and not (path.exists() and path.resolve().is_relative_to(folder.parent.resolve())):
            message = f"a link to {path.readlink()}, which is not in templates/"
            faults.append(_fault("E308", Place(file=_shown(root, path)), message, "put the file itself there"))
    if faults:
        raise ContentError(faults)


def face(use: FaceUse) -> Face:
    """Return the font file of a face.

    Raises:
        ContentError: its package is not installed or has no such file.
    """
    data, digest = _font_file(face_path(use))
    return Face(family=use.family, weight=use.weight, style=use.style, digest=digest, data=data)


@cache
def _font_file(path: Path) -> tuple[bytes, str]:
    data = path.read_bytes()
    return data, sha256(data)


@contextmanager
def read_ahead(files: Iterable[str]) -> Iterator[None]:
    """Read font files in a thread meanwhile, and take their digests: whoever wants them finds them read."""

    def read() -> None:
        for file in files:
            with suppress(OSError):
                _font_file(Path(file))

    thread = Thread(target=read, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def font_files() -> tuple[str, ...]:
    """Return the paths of the font files that this process has used."""
    return tuple(sorted(map(str, _USED)))


def font_digests() -> dict[str, str]:
    """Return the digests of the font files that this process has used, by path, as they were when it read them."""
    return {str(path): _font_file(path)[1] for path in sorted(_USED)}


@cache
def _package_folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


def face_path(use: FaceUse) -> Path:
    """Return where a face's file is.

    Raises:
        ContentError: its package is not installed or has no such file, or the file is no font.
    """
    folder = _package_folder(use.package)
    if folder is None:
        message = f"the face {use.family} {use.weight} needs the package {use.package}, which is not installed"
        hint = f"install it: pip install {use.package.replace('_', '-')}"
        raise ContentError([_fault("E306", use.at("package"), message, hint)])
    path = folder / use.file
    if path in _USED:
        return path
    if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
        message = f"the package {use.package} has no file {use.file!r}"
        raise ContentError([_fault("E306", use.at("file"), message, "see what is in the package's folder")])
    with path.open("rb") as file:
        if file.read(4) not in _FONTS:
            message = f"{use.file} of the package {use.package} is no font"
            raise ContentError([_fault("E306", use.at("file"), message, "name a .ttf or .otf file of it")])
    _USED.add(path)
    return path
