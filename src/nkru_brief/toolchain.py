"""What a result depends on beside its content: this builder, the libraries under it, and the outputs installed.

All of it is read without importing any of it: whoever asks may only want to know that nothing has changed.
"""

import ctypes
import os
import platform
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from nkru_brief.digest import fingerprint, sha256

GROUP = "nkru_brief.outputs"
_METADATA = (".dist-info", ".egg-info")

# Everything installed that content passes through on its way to a file: what requirements/run.lock names, without the
# command line's own (click, rich and theirs) and the tools that install. A test holds it to what their metadata says.
_NAMES = """
    brotli cffi cssselect2 et-xmlfile font-source-sans-pro font-source-serif-pro fontpkg-fira-sans
    fontpkg-ibm-plex-sans-arabic fontpkg-ibm-plex-sans-condensed lxml openpyxl pikepdf python-bidi
    fontpkg-ibm-plex-serif fonttools jinja2 markdown markupsafe msgspec packaging pillow pydyf pylopdf-fonts-ko
    pypdfium2 pyphen
    pyyaml segno tinycss2 tinyhtml5 uharfbuzz weasyprint webencodings zopfli
"""
LIBRARIES = tuple(_NAMES.split())

# The libraries of the system that set pages: a function that tells the version, and the names that the loader may
# know the library by (Linux, macOS, Windows), as the engine tries them.
_SYSTEM = {
    "pango": ("pango_version_string", ("libpango-1.0.so.0", "libpango-1.0.dylib", "libpango-1.0-0.dll")),
    "harfbuzz": ("hb_version_string", ("libharfbuzz.so.0", "libharfbuzz.0.dylib", "libharfbuzz-0.dll")),
    "harfbuzz-subset": (
        "hb_version_string",
        ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib", "libharfbuzz-subset-0.dll"),
    ),
    "fontconfig": ("FcGetVersion", ("libfontconfig.so.1", "libfontconfig.1.dylib", "libfontconfig-1.dll")),
}


@cache
def toolchain() -> str:
    """Return the digest of everything installed that decides what a build finds and how a file looks."""
    return fingerprint([parts()[name] for name in sorted(parts())])


@cache
def parts() -> dict[str, str]:
    """Return what the toolchain is made of, by name: versions, and digests of code that has none."""
    own = {
        "python": f"{platform.python_implementation()} {platform.python_version()} {platform.machine()}",
        "builder": _code_of(Path(__file__).parent),
        "outputs": fingerprint(_outputs()),
    }
    return own | _libraries() | {name: _system_version(*known) for name, known in _SYSTEM.items()}


def code_folders() -> tuple[Path, ...]:
    """Return the folders that hold the code of this builder and of the outputs that are installed."""
    places = [Path(place) for spec in _specs() for place in spec.submodule_search_locations or ()]
    return tuple(dict.fromkeys([Path(__file__).parent, *places]))


def code_files() -> tuple[Path, ...]:
    """Return the outputs that are installed and are one file each, in a folder with strangers."""
    return tuple(Path(spec.origin) for spec in _specs() if spec.origin and not spec.submodule_search_locations)


def _specs() -> list[ModuleSpec]:
    tops = sorted({point.module.partition(".")[0] for point in points()})
    return [spec for top in tops if (spec := find_spec(top))]


def _code_of(folder: Path) -> str:
    """Return the digest of a package's files; a checkout changes without a new version."""
    found: list[list[str]] = []
    start = len(f"{folder}{os.sep}")
    # Before every command: to ask each path for its name and kind takes longer than to read it.
    for place, folders, names in os.walk(folder):
        # The templates that come with the package are counted where they are used.
        aside = ("__pycache__", "templates") if place == str(folder) else ("__pycache__",)
        folders[:] = [name for name in folders if name not in aside]
        for name in names:
            path = os.path.join(place, name)
            # An editor's lock beside a file is a link to nothing.
            if name.endswith((".py", ".yaml")) and os.path.isfile(path):
                with open(path, "rb") as file:
                    found.append([path[start:].replace(os.sep, "/"), sha256(file.read())])
    return fingerprint(sorted(found))


def _libraries() -> dict[str, str]:
    """Return the versions of the libraries by name; where outputs are a stranger's, those of all that is installed.

    They are read off the names of the folders of metadata: `weasyprint-70.0.dist-info`.
    """
    entries = [os.path.basename(path) for path in reversed(_metadata())]
    found = [entry.removesuffix(".dist-info").removesuffix(".egg-info").split("-")[:2] for entry in entries]
    versions = {re.sub(r"[-_.]+", "-", name).lower(): "".join(version) for name, *version in found}
    foreign = any(point.module.partition(".")[0] != __package__ for point in points())
    return versions if foreign else {name: versions.get(name, "") for name in LIBRARIES}


@cache
def _metadata() -> tuple[str, ...]:
    """Return the folders of metadata of everything installed, as the import path has them."""
    folders = [folder for folder in sys.path if folder and os.path.isdir(folder)]
    return tuple(f"{folder}/{name}" for folder in folders for name in _names(folder) if name.endswith(_METADATA))


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder), reverse=True)
    except OSError:
        return []


class Point(NamedTuple):
    """An entry point: its name, and the class it stands for, as `module:class`."""

    name: str
    value: str

    @property
    def module(self) -> str:
        """The module that brings it."""
        return self.value.partition(":")[0].strip()

    def load(self) -> Any:  # noqa: ANN401 - a stranger's class
        """Return the class.

        Raises:
            ImportError: its module cannot be imported.
            AttributeError: the module has no such class.
        """
        found: Any = import_module(self.module)
        for name in filter(None, self.value.partition(":")[2].split("[")[0].strip().split(".")):
            found = getattr(found, name)
        return found


@cache
def points() -> tuple[Point, ...]:
    """Return the entry points of the outputs that are installed.

    `importlib.metadata` reads the same files (Entry points specification, Python Packaging User Guide), but each of
    them whole and of every package, and loads the standard library's e-mail for it.
    """
    found: dict[str, tuple[Point, ...]] = {}
    for folder in _metadata():
        name = re.sub(r"[_.]+", "_", os.path.basename(folder).split("-")[0]).lower()
        # Of a package that is installed twice the first is imported.
        found.setdefault(name, tuple(_points_of(folder)))
    return tuple(point for own in found.values() for point in own)


def _points_of(folder: str) -> Iterator[Point]:
    """Yield what one package brings, which its metadata say in the form of an INI file."""
    try:
        with open(f"{folder}/entry_points.txt", encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError):
        return
    group = ""
    for line in map(str.strip, lines):
        if line.startswith("["):
            group = line.strip("[] ")
        elif group == GROUP and line and line[0] not in "#;":
            name, _, value = line.partition("=")
            yield Point(name.strip(), value.strip())


def _outputs() -> list[list[str]]:
    """Return the outputs that are installed, each with the digest of the code it comes from."""
    return sorted([point.name, point.value, _plug_in(point.module)] for point in points())


def _plug_in(module: str) -> str:
    top = module.partition(".")[0]
    spec = find_spec(top)
    if top == __package__ or spec is None:
        return ""
    if spec.submodule_search_locations:
        return fingerprint([_code_of(Path(folder)) for folder in spec.submodule_search_locations])
    return sha256(Path(spec.origin).read_bytes()) if spec.origin and Path(spec.origin).is_file() else ""


def _system_version(function: str, names: tuple[str, ...]) -> str:
    """Return the version of a library of the system; nothing where there is none."""
    for name in names:
        try:
            call = getattr(ctypes.CDLL(name), function)
        except (OSError, AttributeError):
            continue
        if function == "FcGetVersion":
            return str(call())
        call.restype = ctypes.c_char_p
        return str((call() or b"").decode("ascii", errors="replace"))
    return ""
