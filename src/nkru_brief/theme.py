"""Themes: folders of templates, styles and tokens that extend one another, found in the project or the package.

A theme's files are looked up along its chain (the theme, what it extends, ..., `base`), and each step first in the
project's own `templates/`, then in the package's: so a project shadows a built-in theme file by file, and adds its
own themes beside them. Everything is read here, once; rendering works on the texts.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from nkru_brief.diagnostics import ContentError, Diagnostic, Place
from nkru_brief.digest import sha256
from nkru_brief.model import Authored, Positive, Slug
from nkru_brief.sheet import Face
from nkru_brief.typed import read, suggestion
from nkru_brief.values import Value, field
from nkru_brief.yamltext import parse

BASE = "base"
BUILT_IN = "builtin"


class FaceUse(Authored, kw_only=True):
    """A face of a theme: a font file in an installed package or in the theme's own folder."""

    family: str
    file: str
    package: str | None = None
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

    `sources` has each file under its name along the chain (`page.html`), under each theme (`base/page.html`), and as
    the package ships it (`builtin/base/page.html`), so that a file can extend what it shadows.
    """

    name: str
    chain: tuple[str, ...]
    tokens: dict[str, str]
    faces: tuple[FaceUse, ...]
    sources: dict[str, Source]


def built_in_templates() -> Path:
    """Return the folder of the templates that come with the package."""
    package = Path(__file__).parent / "templates"
    # In a source checkout the templates stand at the top, beside src/.
    return package if package.is_dir() else Path(__file__).parents[2] / "templates"


def names(root: Path) -> tuple[str, ...]:
    """Return the names of the themes a project can use."""
    found = {
        entry.parent.name
        for folder in (built_in_templates(), root / "templates")
        if folder.is_dir()
        for entry in folder.glob("*/theme.yaml")
    }
    return tuple(sorted(found))


def title_of(root: Path, name: str) -> str:
    """Return what a theme calls itself."""
    return _theme_file(root, name).title or ""


def load_theme(root: Path, name: str, place: Place) -> Theme:
    """Return a theme of a project.

    Args:
        root: the project's folder.
        name: the theme's name.
        place: where it is named, for a fault.

    Raises:
        ContentError: the theme or one it extends does not exist, extends itself, or its files cannot be read.
    """
    if name not in names(root):
        message = f"there is no theme {name!r}"
        raise ContentError([_fault("E105", place, message, suggestion(name, names(root)))])
    chain, files = _chain(root, name)
    tokens: dict[str, str] = {}
    faces: tuple[FaceUse, ...] = ()
    for file in reversed(files):
        tokens |= file.tokens
        replaced = {face.family for face in file.faces}
        faces = (*(face for face in faces if face.family not in replaced), *file.faces)
    return Theme(name=name, chain=chain, tokens=tokens, faces=faces, sources=_sources(root, chain))


def _fault(code: str, place: Place, message: str, hint: str = "") -> Diagnostic:
    return Diagnostic(code=code, place=place, message=message, hint=hint)


def _chain(root: Path, name: str) -> tuple[tuple[str, ...], list[ThemeFile]]:
    chain, files = [name], [_theme_file(root, name)]
    while chain[-1] != BASE:
        parent = files[-1].extends or BASE
        place = files[-1].at("extends")
        if parent in chain:
            path = " -> ".join([*chain, parent])
            raise ContentError([_fault("E305", place, f"the theme extends itself: {path}")])
        if parent not in names(root):
            message = f"the theme extends {parent!r}, which does not exist"
            raise ContentError([_fault("E105", place, message, suggestion(parent, names(root)))])
        chain.append(parent)
        files.append(_theme_file(root, parent))
    return tuple(chain), files


def _theme_file(root: Path, name: str) -> ThemeFile:
    for folder in _folders(root):
        path = folder / name / "theme.yaml"
        if path.is_file():
            shown = _shown(root, path)
            node, faults = parse(_text(path, shown), shown)
            theme = read(node, ThemeFile, faults, "the theme") if node is not None else ThemeFile()
            if faults:
                raise ContentError(faults)
            return theme or ThemeFile()
    return ThemeFile()


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
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        place = Place(file=shown)
        raise ContentError([_fault("E001", place, f"cannot be read as UTF-8 text: {error}")]) from None


def _sources(root: Path, chain: tuple[str, ...]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    built_in = built_in_templates()
    for theme in reversed(chain):
        for folder in reversed(_folders(root)):
            for path in _files(folder / theme):
                source = Source(text=_text(path, _shown(root, path)), file=_shown(root, path))
                name = path.relative_to(folder / theme).as_posix()
                found[name] = found[f"{theme}/{name}"] = source
                if folder == built_in:
                    found[f"{BUILT_IN}/{theme}/{name}"] = source
    return found


def _files(folder: Path) -> list[Path]:
    """Return a theme's text files; what leads out of its folder through a link is left alone."""
    if not folder.is_dir():
        return []
    inside = folder.resolve()
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".html", ".css", ".svg", ".yaml") and path.is_file()
        if path.resolve().is_relative_to(inside) or path.parent.resolve() == inside
    ]


def face(use: FaceUse) -> Face:
    """Return the font file of a face.

    Raises:
        ContentError: its package is not installed or has no such file.
    """
    path = face_path(use)
    data = path.read_bytes()
    return Face(family=use.family, weight=use.weight, style=use.style, digest=sha256(data), data=data)


@cache
def _package_folder(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(next(iter(spec.submodule_search_locations))) if spec and spec.submodule_search_locations else None


def face_path(use: FaceUse) -> Path:
    """Return where a face's file is.

    Raises:
        ContentError: its package is not installed or has no such file.
    """
    folder = _package_folder(use.package or "")
    if folder is None or not (folder / use.file).is_file():
        message = f"the face {use.family} {use.weight} needs {use.file} of the package {use.package}"
        hint = f"install it: pip install {(use.package or '').replace('_', '-')}"
        raise ContentError([_fault("E306", use.at("file"), message, hint)])
    return folder / use.file
