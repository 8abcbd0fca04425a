"""Makes a fresh clone ready: system libraries, the ``.venv`` folder, the locked packages, the project.

Runs under the system's Python with nothing but the standard library, before anything is installed. The
Makefile calls it; by hand it is ``python3 tools/bootstrap.py [--with-tests]``. Running it again does nothing
where nothing has changed.
"""

import argparse
import contextlib
import ctypes
import ctypes.util
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple


def version_fault(major: int, minor: int) -> str:
    """Returns what to tell someone whose Python is too old, or nothing where it will do.

    Everything above the call of this function, and the syntax of the whole file, must suit Pythons older than
    the project supports: they have to get as far as this one line.
    """
    if (major, minor) >= (3, 11):
        return ""
    return (
        f"nkru-brief needs Python 3.11 or newer, and this is {major}.{minor}. Name a newer one: make PYTHON=python3.12"
    )


if version_fault(*sys.version_info[:2]):
    sys.exit(version_fault(*sys.version_info[:2]))

ROOT = Path(__file__).resolve().parent.parent

FAMILIES = ("debian", "fedora", "macos", "windows")

Opens = Callable[[str], bool]
"""Tells whether the system's loader can open a library of this name."""


class Library(NamedTuple):
    """A shared library the page engine loads: what people call it, and the file names it may have."""

    label: str
    names: tuple[str, ...]


# The names WeasyPrint tries for each, in its order; a test holds them to the installed version.
LIBRARIES = (
    Library(
        "GObject",
        (
            "libgobject-2.0-0",
            "gobject-2.0-0",
            "gobject-2.0",
            "libgobject-2.0.so.0",
            "libgobject-2.0.0.dylib",
            "libgobject-2.0-0.dll",
        ),
    ),
    Library(
        "Pango",
        (
            "libpango-1.0-0",
            "pango-1.0-0",
            "pango-1.0",
            "libpango-1.0.so.0",
            "libpango-1.0.dylib",
            "libpango-1.0-0.dll",
        ),
    ),
    Library(
        "HarfBuzz",
        (
            "libharfbuzz-0",
            "harfbuzz",
            "harfbuzz-0.0",
            "libharfbuzz.so.0",
            "libharfbuzz.0.dylib",
            "libharfbuzz-0.dll",
        ),
    ),
    # WeasyPrint runs without this one, but then files are larger and differ from build to build.
    Library(
        "HarfBuzz-subset",
        (
            "libharfbuzz-subset-0",
            "harfbuzz-subset",
            "harfbuzz-subset-0.0",
            "libharfbuzz-subset.so.0",
            "libharfbuzz-subset.0.dylib",
            "libharfbuzz-subset-0.dll",
        ),
    ),
    Library(
        "fontconfig",
        (
            "libfontconfig-1",
            "fontconfig-1",
            "fontconfig",
            "libfontconfig.so.1",
            "libfontconfig.1.dylib",
            "libfontconfig-1.dll",
        ),
    ),
    Library(
        "PangoFT2",
        (
            "libpangoft2-1.0-0",
            "pangoft2-1.0-0",
            "pangoft2-1.0",
            "libpangoft2-1.0.so.0",
            "libpangoft2-1.0.dylib",
            "libpangoft2-1.0-0.dll",
        ),
    ),
)

APT_INSTALL = ("apt-get", "install", "--no-install-recommends", "-y")

# GObject has no entry: Pango depends on it, under names that differ between Debian releases.
APT_LIBRARIES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz0b",
    "libharfbuzz-subset0",
    "libfontconfig1",
)

# Commands that some tests drive, and the Debian packages they come in.
APT_TEST_TOOLS = {"chromium": "chromium", "java": "default-jre-headless", "mvn": "maven", "npm": "npm"}
# What judges the web pages, as npm packages: their folder, with a lock.
CHECKERS = "requirements/web"
# What the driver of the browser loads, beside the Node.js that it brings along.
APT_TEST_LIBRARIES = {"libatomic.so.1": "libatomic1"}

INSTRUCTIONS = {
    "debian": ("Debian, Ubuntu", "sudo " + " ".join((*APT_INSTALL, *APT_LIBRARIES))),
    "fedora": ("Fedora", "sudo dnf install -y pango harfbuzz fontconfig"),
    "macos": (
        "macOS (Homebrew)",
        (
            "brew install pango   (and where Python is not Homebrew's: "
            'export DYLD_FALLBACK_LIBRARY_PATH="$(brew --prefix)/lib")'
        ),
    ),
    "windows": (
        "Windows (MSYS2)",
        (
            "pacman -S mingw-w64-ucrt-x86_64-pango   (and where MSYS2 is not in C:\\msys64: "
            "set WEASYPRINT_DLL_DIRECTORIES to its ucrt64\\bin)"
        ),
    ),
}


class SetUpError(Exception):
    """Something the person at the keyboard has to put right; its text says what and how."""


class Kit(NamedTuple):
    """A set of packages to install: its name, its lock, and the stamps it earns in ``.venv``."""

    name: str
    stamps: tuple[str, ...]

    @property
    def lock(self) -> str:
        """The lock file, relative to the project."""
        return f"requirements/{self.name}.lock"


RUN = Kit("run", ("ready-run",))
# The dev lock holds all of the run lock at the same versions, so it readies both.
DEV = Kit("dev", ("ready-dev", "ready-run"))


def family(system: str, os_release: Mapping[str, str]) -> str | None:
    """Tells which of ``FAMILIES`` a machine is, from ``sys.platform`` and the fields of os-release."""
    if system in {"darwin", "win32"}:
        return {"darwin": "macos", "win32": "windows"}[system]
    kin = {os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()}
    if kin & {"debian", "ubuntu"}:
        return "debian"
    return "fedora" if kin & {"fedora", "rhel"} else None


def this_family() -> str | None:
    """Tells which of ``FAMILIES`` this machine is."""
    try:
        return family(sys.platform, platform.freedesktop_os_release())
    except OSError:
        return family(sys.platform, {})


def offer_windows_folders() -> None:
    """Opens to the loader the folders in which WeasyPrint looks for its libraries on Windows."""
    if sys.platform == "win32":
        usual = r"C:\msys64\ucrt64\bin;C:\msys64\mingw64\bin;C:\Program Files\GTK3-Runtime Win64\bin"
        for folder in os.environ.get("WEASYPRINT_DLL_DIRECTORIES", usual).split(";"):
            with contextlib.suppress(OSError):
                os.add_dll_directory(folder)


def opens(name: str) -> bool:
    """Tells whether the system's loader can open the library of this name or path."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def opens_found(name: str) -> bool:
    """Tells whether the library a linker would find for this name can be opened."""
    found = ctypes.util.find_library(name)
    return found is not None and opens(found)


def missing_libraries(quick: Opens, thorough: Opens) -> list[str]:
    """Lists the labels of the libraries that cannot be opened under any of their names.

    The engine tries both ways with each name. The second may start a compiler to look, so it is only asked
    after the first has failed with every name.
    """
    return [
        library.label
        for library in LIBRARIES
        if not any(map(quick, library.names)) and not any(map(thorough, library.names))
    ]


def missing_message(missing: Iterable[str], where: str | None) -> str:
    """Says which libraries are missing, and the command that brings them on this or on every system."""
    families = FAMILIES if where is None else (where,)
    commands = [f"  {label}: {command}" for label, command in (INSTRUCTIONS[each] for each in families)]
    return "\n".join(
        [
            f"The page engine needs system libraries that are not here: {', '.join(missing)}.",
            "Install them, then run make again:",
            *commands,
        ]
    )


def may_use_apt(where: str | None) -> bool:
    """Tells whether this machine lets us install Debian packages without asking anyone."""
    if sys.platform == "win32" or where != "debian":
        return False
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def say(text: str) -> None:
    """Tells what is being done, at once."""
    print(f"set-up: {text}", flush=True)


def apt(command: Iterable[str], *, aloud: bool) -> bool:
    """Runs apt-get without a question; tells success, and aloud also why there was none."""
    done = subprocess.run(
        (*command, "-qq", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"),
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0 and aloud:
        print(done.stderr, end="", file=sys.stderr, flush=True)
    return done.returncode == 0


def apt_install(packages: Iterable[str]) -> bool:
    """Installs Debian packages, fetching the package lists only where that fails without; tells success."""
    install = (*APT_INSTALL, *packages)
    say(" ".join(install))
    if apt(install, aloud=False):
        return True
    return apt(("apt-get", "update"), aloud=True) and apt(install, aloud=True)


def ensure_libraries(where: str | None) -> None:
    """Sees to it that the page engine's libraries are there, or says how to get them."""
    offer_windows_folders()
    missing = missing_libraries(opens, opens_found)
    if missing and may_use_apt(where):
        apt_install(APT_LIBRARIES)
        missing = missing_libraries(opens, opens_found)
    if missing:
        raise SetUpError(missing_message(missing, where))


def ensure_test_tools(where: str | None, environment: Mapping[str, str]) -> None:
    """Installs the programs some tests drive, in CI only: elsewhere those tests skip and say why."""
    packages = {package for tool, package in APT_TEST_TOOLS.items() if shutil.which(tool) is None}
    packages |= {package for library, package in APT_TEST_LIBRARIES.items() if not opens(library)}
    if not packages or environment.get("CI") != "true" or not may_use_apt(where):
        return
    if not apt_install(sorted(packages)):
        raise SetUpError(f"apt-get could not install what the tests need: {', '.join(sorted(packages))}.")


def ensure_checkers(venv: Path, environment: Mapping[str, str]) -> None:
    """Installs what judges the web pages, at the versions of its lock; without npm those tests skip and say why.

    Only in CI is it a fault where that fails: elsewhere a machine may have npm and no network.
    """
    lock, folder = ROOT / CHECKERS / "package-lock.json", venv / "web"
    npm, stamp = shutil.which("npm"), folder / "ready"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if npm is None or (stamp.is_file() and stamp.read_text() == wanted):
        return
    folder.mkdir(exist_ok=True)
    stamp.unlink(missing_ok=True)
    for path in (lock, lock.with_name("package.json")):
        shutil.copyfile(path, folder / path.name)
    say(f"installing {CHECKERS}/package-lock.json")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    if subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False).returncode == 0:
        stamp.write_text(wanted)
    elif environment.get("CI") == "true":
        raise SetUpError(f"npm could not install {CHECKERS}/package-lock.json; the reason is above.")
    else:
        say("npm could not; the tests that judge the web pages will skip")


def venv_python(venv: Path) -> Path:
    """Returns where the interpreter of a virtual environment is."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_sound(venv: Path) -> bool:
    """Tells whether a virtual environment is whole: this Python's version, with pip, still able to start."""
    probe = "import pip, sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([str(venv_python(venv)), "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and done.stdout.split() == [str(part) for part in sys.version_info[:2]]


def ensure_venv(venv: Path) -> None:
    """Makes the virtual environment anew where there is none or it is broken."""
    if is_sound(venv):
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise SetUpError(
            "This Python cannot make virtual environments. "
            "On Debian and Ubuntu: sudo apt-get install --no-install-recommends -y python3-venv"
        )
    say(f"making {venv.name} with Python {platform.python_version()}")
    run([sys.executable, "-m", "venv", "--clear", str(venv)], f"could not make {venv.name}")


def run(command: list[str], fault: str) -> None:
    """Runs a command in the project's folder; what it prints on failure stands above our own line."""
    if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
        raise SetUpError(f"{fault}; the reason is above.")


def install(venv: Path, kit: Kit) -> None:
    """Installs the packages of a lock, then the project itself in place."""
    pip = [str(venv_python(venv)), "-m", "pip", "--disable-pip-version-check", "--no-input"]
    pip += ["install", "--quiet", "--no-deps"]
    say(f"installing {kit.lock}")
    run([*pip, "--require-hashes", "-r", kit.lock], f"pip could not install {kit.lock}")
    run([*pip, "--no-build-isolation", "-e", "."], "pip could not install the project")
    # As pip does with what it copies: where Python may write no bytecode, every command would compile the package anew.
    run([str(venv_python(venv)), "-m", "compileall", "-q", "src"], "the project does not compile")


def fingerprint(kit: Kit) -> str:
    """Digests what an installation follows from, so that a stamp can say what it stands for."""
    digest = hashlib.sha256(sys.version.encode())
    for name in (kit.lock, "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def is_ready(venv: Path, kit: Kit) -> bool:
    """Tells whether the first stamp of a kit stands for what would be installed now."""
    stamp = venv / kit.stamps[0]
    return stamp.is_file() and stamp.read_text() == fingerprint(kit) and is_sound(venv)


def set_up(kit: Kit) -> None:
    """Does all that is not done yet, and stamps it last of all."""
    where = this_family()
    ensure_libraries(where)
    if kit is DEV:
        ensure_test_tools(where, os.environ)
    venv = ROOT / ".venv"
    stamps = [venv / name for name in kit.stamps]
    if is_ready(venv, kit):
        for stamp in stamps:
            stamp.touch()
    else:
        # Whatever happens below, no stamp may outlive the state it stands for.
        for stamp in venv.glob("ready-*"):
            stamp.unlink()
        ensure_venv(venv)
        install(venv, kit)
        for stamp, stands_for in zip(stamps, (kit, RUN), strict=False):
            stamp.write_text(fingerprint(stands_for))
    if kit is DEV:
        ensure_checkers(venv, os.environ)


def main() -> int:
    """Reads the arguments, sets up, and turns a fault into one message."""
    parser = argparse.ArgumentParser(description="Set up .venv with the locked packages and the project.")
    parser.add_argument("--with-tests", action="store_true", help="also what the tests and linters need")
    arguments = parser.parse_args()
    try:
        set_up(DEV if arguments.with_tests else RUN)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
