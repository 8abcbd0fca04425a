"""The house: what holds for the package as a whole. Each of the ten rules of its design is a test here."""

import ast
import importlib
import itertools
import os
import pickle
import pkgutil
import re
import shutil
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import jinja2.meta
import jinja2.nodes
import pytest

import nkru_brief
from nkru_brief import atomic, engine, values
from nkru_brief import brief as briefs
from nkru_brief import build as builder
from nkru_brief.build import build, check_project
from nkru_brief.check import RULES, check
from nkru_brief.diagnostics import BriefError, ContentError, Diagnostic, Place, UsageError
from nkru_brief.edtf import EdtfDate
from nkru_brief.model import Authored, ScaleTerm
from nkru_brief.outputs import load_output
from nkru_brief.project import Project, open_project
from nkru_brief.render import CONTEXT, PAGE_CONTEXT, SPECIMEN_CONTEXT, Renderer
from nkru_brief.report import Request
from nkru_brief.sheet import Sheet, SheetSpec
from nkru_brief.theme import FaceUse, face
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import Value

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "nkru_brief"

# Every module of the package, floor by floor. A module imports from its own floor or from one below.
FLOORS: dict[int, str] = {
    # what a value, a fault, a date and a paper are
    0: """nkru_brief values diagnostics codes digest edtf datewords model brief report seal sheet papersize
          collecting sums""",
    # one text or folder becomes typed values; what files hold, and what was kept of them
    1: "yamltext typed passages load atomic cache inputs toolchain archive signature roster workbook memory",
    # what is known about a text
    2: """reading binding cards contrast coverage facts pictures scripts signoff statements verify geometry tokens
          tagreader wellformed leaks embargo imposition""",
    # values become a brief
    3: """markup evidence compose spacing agreement figures figures.agreement figures.agreement.entries
          figures.agreement.grid figures.agreement.legend figures.agreement.marks figures.columns figures.lines
          figures.shapes figures.timeline figures.timeline.bars figures.timeline.dated figures.timeline.entries
          figures.timeline.legend figures.timeline.placement figures.timeline.ruler figures.timeline.undated
          figures.qr context""",
    # a brief becomes a sheet
    4: "theme fonts render typeset anatomy shaping",
    # a project as a whole, and sheets that become files
    5: """project check check.colours check.coverage check.curation check.editions check.evidence check.facts
          check.history check.images check.looks check.references check.rows check.wording record provenance
          significance changes papers comparison readback review completeness htmlreader pdfreader inspection
          outputs outputs.html outputs.pdf engine repairs loss setting structure attached xmp tags tags.audit
          tags.figures tags.flow tags.grid tags.links tags.lists tags.nodes tags.notes tags.objects tags.pieces
          tags.retag tags.tables tags.tree tags.words tags.write crew pressing makeup check.handouts fill fit
          greys outputs.classroom outputs.large_print outputs.one_sheet outputs.printed outputs.text plaintext
          selection exports exports.calendar exports.references exports.tables crate colophon frontpage pdfclaims
          unpacking pdfobjects printfile stamping tags.slots check.actors pdfcopies facing check.context aside
          notearea stylesheets typecase computed resuming arrays forms""",
    # what a command does
    6: """again build cluster desk deskpage difference ledger listing live newtheme outcome pages proof
          readingdesk recalled revisions specimen themecheck verification bundle copies impose""",
    # the roof
    7: """cli commands commands.claims commands.history commands.printing commands.theme serve serve.desk
          serve.watching __main__ commands.handouts commands.bundle commands.copies commands.impose
          commands.progress""",
}

# The roof has a room for each group of commands; only there is anything printed.
ROOF = frozenset(
    {
        "cli",
        "commands.claims",
        "commands.history",
        "commands.theme",
        "commands.bundle",
        "commands.copies",
        "commands.impose",
    }
)

# The one module that imports a library; the engine, the repairs to it and its tags are rooms behind one door.
DOORS: dict[str, frozenset[str]] = {
    "click": ROOF | {"commands.handouts"},
    "cryptography": frozenset({"signature"}),
    "distributed": frozenset({"cluster"}),
    "fontTools": frozenset({"fonts"}),
    "jinja2": frozenset({"anatomy", "render"}),
    "markdown": frozenset({"markup"}),
    "markupsafe": frozenset({"render"}),
    "msgspec": frozenset({"values"}),
    "bidi": frozenset({"shaping"}),
    "openpyxl": frozenset({"workbook"}),
    "page": frozenset({"pdfclaims"}),
    "pikepdf": frozenset({"difference", "pdfobjects"}),
    "PIL": frozenset({"pictures"}),
    "pypdfium2": frozenset({"pdfreader"}),
    "rich": frozenset({"commands.progress"}),
    "segno": frozenset({"figures.qr"}),
    "pydyf": frozenset({"tags.objects"}),
    "starlette": frozenset({"serve"}),
    "tinyhtml5": frozenset({"structure"}),
    "uharfbuzz": frozenset({"fonts", "shaping"}),
    "uvicorn": frozenset({"serve"}),
    "watchfiles": frozenset({"serve.watching"}),
    "trafilatura": frozenset({"cards"}),
    "weasyprint": frozenset(
        {"engine", "repairs", "notearea", "resuming", "stylesheets", "tags.pieces", "tags.retag", "typecase"}
    ),
    "yaml": frozenset({"yamltext"}),
}
# Requirements without a door: what fontTools packs WOFF2 with, what trafilatura cleans pages with, and the faces,
# which are files.
NO_DOOR = {"brotli", "font-source-sans-pro", "font-source-serif-pro", "fontpkg-fira-sans", "pylopdf-fonts-ko"}
NO_DOOR |= {
    "fontpkg-ibm-plex-sans-arabic",
    "fontpkg-ibm-plex-sans-condensed",
    "fontpkg-ibm-plex-serif",
    "lxml-html-clean",
}
DISTRIBUTIONS = {"page-validation": "page", "pillow": "PIL", "pyyaml": "yaml", "fonttools": "fontTools"}
DISTRIBUTIONS |= {"python-bidi": "bidi"}
# Seldom needed or slow to import: only inside the functions that need them.
HEAVY = frozenset({"distributed", "fontTools", "pikepdf", "PIL", "rich", "starlette", "tinyhtml5", "trafilatura"})
HEAVY |= {"bidi", "cryptography", "openpyxl", "page", "segno", "uharfbuzz", "uvicorn", "watchfiles", "weasyprint"}
LIGHT_START = ("weasyprint", "jinja2", "markdown", "fontTools", "rich", "yaml")

# The modules that touch the disk, and what for.
DISK = {
    "load": "reads content/, its images, seeds/ and the scales of the package",
    "theme": "reads templates/ and the faces that themes name",
    "fonts": "reads the character table of a face, at the path that theme found",
    "pictures": "has Pillow open what load has read; its word for bytes in memory is open, too",
    "engine": "writes an empty font configuration to a temporary folder: fontconfig takes a file and nothing else",
    "atomic": "writes what is built",
    "cache": "keeps what was made under the digest of what it was made from",
    "inputs": "reads every file of a project for its digest",
    "outcome": "reads font files for their digests",
    "serve": "reads the page it shows editions in",
    "toolchain": "reads the code of the package and of plug-ins for its digest",
    "verification": "reads the finished files it is asked to examine, and the texts to hold them against",
    "difference": "has pikepdf open two files in memory, likewise",
    "pdfobjects": "has pikepdf open files in memory",
    "again": "reads what a second build wrote, in a temporary folder",
    "archive": "opens a file of an archive that is in memory",
    "bundle": "reads what a build wrote, in a temporary folder, and what lies where a bundle is to go",
    "signature": "writes a signature to a temporary folder: ssh-keygen takes a file",
    "crew": "gives its workers a temporary folder, which goes with them",
    "typecase": "asks whether the faces that the engine wrote to a temporary folder are still there",
}
TOUCHES_DISK = frozenset({"open", "fdopen", "read_text", "read_bytes", "write_text", "write_bytes", "from_file_path"})
TOUCHES_DISK |= {"iterdir", "glob", "rglob", "listdir", "scandir", "walk", "rename", "unlink", "rmtree", "mkdir"}
TOUCHES_DISK |= {"mkstemp", "mkdtemp", "TemporaryDirectory", "NamedTemporaryFile"}


def name_of(path: Path) -> str:
    """Return a module as the tables above call it."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts) or "nkru_brief"


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


TREES = {name_of(path): tree_of(path) for path in sorted(PACKAGE.rglob("*.py"))}
FLOOR_OF = {module: floor for floor, modules in FLOORS.items() for module in modules.split()}


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield every dotted name that a piece of code imports, at its top, in functions and for type checkers."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top_of(module: str) -> str:
    return module.partition(".")[0]


def own_module(dotted: str) -> str:
    """Return the module of the package that a dotted name is in."""
    name = dotted.removeprefix("nkru_brief").removeprefix(".")
    while name and name not in TREES:
        name = name.rpartition(".")[0]
    return name or "nkru_brief"


def edges() -> set[tuple[str, str]]:
    """Return who imports whom inside the package."""
    return {
        (module, own_module(dotted))
        for module, tree in TREES.items()
        for dotted in imported(tree)
        if dotted.split(".")[0] == "nkru_brief"
    }


def upward(found: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(f"{high} <- {low}" for low, high in found if FLOOR_OF[low] < FLOOR_OF[high])


def cycle(found: Iterable[tuple[str, str]]) -> list[str]:
    """Return the modules of an import cycle, or nothing."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for module, needs in found:
        sorter.add(module, needs)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


class TestFloors:
    """Rule 1: imports go down."""

    def test_every_module_stands_on_one_floor(self) -> None:
        named = " ".join(FLOORS.values()).split()
        assert sorted(named) == sorted(set(named))
        assert set(named) == set(TREES)

    def test_the_page_on_architecture_says_the_same(self) -> None:
        page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| (roof|\d) \| (.*?) \|", page, re.MULTILINE)
        said = {
            len(FLOORS) - 1 if floor == "roof" else int(floor): re.findall(r"`(.+?)`", text) for floor, text in rows
        }
        for floor, modules in FLOORS.items():
            # A folder is named by its name and a slash.
            tops = {f"{name}/" if (PACKAGE / name).is_dir() else name for name in map(top_of, modules.split())}
            assert tops - {"nkru_brief"} == set(said.pop(floor))
        assert said == {}

    def test_the_walk_sees_the_package(self) -> None:
        found = edges()
        assert len(found) > 100
        # One of each kind: at the top, inside a function, of a package, for type checkers only.
        assert {("compose", "brief"), ("cli", "listing"), ("check", "check.wording"), ("cli", "report")} <= found
        alone = {"nkru_brief", "values", "codes", "commands", "contrast", "difference", "figures", "fonts"}
        alone |= {"atomic", "collecting", "loss", "scripts", "tagreader", "tags", "tags.grid", "tags.nodes"}
        alone |= {"tags.objects", "commands.handouts", "archive", "exports.tables", "workbook", "facing"}
        alone |= {"aside", "arrays", "computed", "notearea", "resuming", "wellformed"}
        assert {module for module, _ in found} >= set(TREES) - alone

    def test_no_import_goes_up(self) -> None:
        assert upward(edges()) == []
        assert upward([("values", "cli"), ("cli", "values")]) == ["cli <- values"]

    def test_nobody_imports_a_private_name(self) -> None:
        private = {
            f"{module}: {dotted}"
            for module, tree in TREES.items()
            for dotted in imported(tree)
            if dotted.startswith("nkru_brief.") and re.search(r"\._(?!_)", dotted)
        }
        assert private == set()

    def test_no_import_leads_back(self) -> None:
        assert cycle(edges()) == []
        assert cycle([("a", "b"), ("b", "a")])


def value_types() -> set[type[Value]]:
    """Return every Value type that the package defines."""
    for module in pkgutil.walk_packages(nkru_brief.__path__, "nkru_brief."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    found: set[type[Value]] = set()
    waiting = [Value]
    while waiting:
        kind = waiting.pop()
        waiting += [each for each in kind.__subclasses__() if each.__module__.startswith("nkru_brief")]
        found.add(kind)
    return found


def values_in(thing: object) -> Iterator[Value]:
    """Yield every Value that can be reached from a thing."""
    if isinstance(thing, Value):
        yield thing
        for name in thing.__struct_fields__:
            yield from values_in(getattr(thing, name))
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield from values_in(key)
            yield from values_in(value)
    elif isinstance(thing, tuple | list | set | frozenset):
        for item in thing:
            yield from values_in(item)


def types_in(annotation: object) -> Iterator[object]:
    """Yield a type and those it is made of: `tuple[Row, ...]` of a tuple and rows."""
    yield get_origin(annotation) or annotation
    for inner in get_args(annotation):
        yield from types_in(inner)


def field_types(kind: type[Value]) -> dict[str, set[object]]:
    """Return the types that each field of a Value is made of."""
    return {f"{kind.__name__}.{name}": set(types_in(hint)) for name, hint in get_type_hints(kind).items()}


@pytest.fixture(scope="module")
def project() -> Project:
    return open_project(ROOT)


class TestValues:
    """Rule 2: values are frozen."""

    def test_every_type_is_frozen(self) -> None:
        kinds = value_types()
        assert len(kinds) > 50
        assert {kind.__name__ for kind in kinds if not kind.__struct_config__.frozen} == set()

    def test_no_type_holds_a_list_or_set(self) -> None:
        found = {name for kind in value_types() for name, types in field_types(kind).items() if types & {list, set}}
        assert found == set()

    def test_assignment_raises(self, project: Project) -> None:
        examples = {type(value): value for value in values_in(project)}
        assert len(examples) > 35
        for value in examples.values():
            with pytest.raises(AttributeError, match="immutable"):
                setattr(value, value.__struct_fields__[0], None)

    def test_a_change_makes_another_value(self) -> None:
        place = Place(file="a", line=1)
        assert values.replace(place, line=2) == Place(file="a", line=2)
        assert place == Place(file="a", line=1)


def copy_project(to: Path) -> Path:
    """Return a copy of the shipped project that a test may damage."""
    ignore = shutil.ignore_patterns("*.txt", "*.md")
    shutil.copytree(ROOT / "seeds", to / "seeds", ignore=ignore)
    for folder in ("content", "templates"):
        shutil.copytree(ROOT / folder, to / folder)
    return to


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# One file of each kind.
AUTHORED = (
    "content/brief.yaml",
    "content/claims/origins.yaml",
    "content/editions/base.yaml",
    "content/editions/press.yaml",
    "content/glossary.yaml",
    "content/key-dates.yaml",
    "content/questions.yaml",
    "content/sections/history.standard.md",
    "seeds/alliance.yaml",
)
GARBAGE = {
    "not UTF-8": b"\xff\xfe\x00",
    "not YAML": b"a: [1, {b: - \n\t]",
    "a list of nothing": b"- \n- {}\n- []\n",
    "a word": b"word\n",
}


def quick_check(root: Path) -> list[Diagnostic]:
    """Return what is wrong with a project's content; to compile every template each time would take too long."""
    project = open_project(root)
    rules = [rule for rule in RULES if rule.__name__ != "templates"]
    assert len(rules) == len(RULES) - 1
    return [*project.diagnostics, *(found for rule in rules for found in rule(project))]


class TestStages:
    """Rule 3: a stage returns its value and its diagnostics."""

    def test_all_faults_are_reported_together(self, tmp_path: Path) -> None:
        root = copy_project(tmp_path)
        (root / "content/glossary.yaml").write_bytes(b"\xff")
        (root / "content/claims/outlook.yaml").write_text("- id: [\n", encoding="utf-8")
        edit(root / "content/editions/press.yaml", "theme: press", "theme: pres")
        edit(root / "content/editions/public.yaml", "extends: base", "extends: nobody")
        edit(root / "content/editions/full.yaml", "  - history\n", "  - hystory\n")
        with (root / "content/sections/summary.standard.md").open("a", encoding="utf-8") as file:
            file.write("\nA fact [@c9999] and <b>bold</b> [@].\n")
        found = {diagnostic.code for diagnostic in open_project(root).diagnostics}
        assert found >= {"E001", "E002", "E105", "E107", "E103", "E101", "E202", "E201"}

    @pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
    def test_no_file_can_break_the_reading(self, tmp_path: Path, garbage: bytes) -> None:
        root = copy_project(tmp_path)
        for file in AUTHORED:
            path = root / file
            before = path.read_bytes()
            path.write_bytes(garbage)
            found = quick_check(root)
            # A section may be any words; then it lacks a title and what it must cite.
            assert found, file
            assert all(isinstance(each, Diagnostic) for each in found)
            path.write_bytes(before)

    def test_no_missing_file_can_break_the_reading(self, tmp_path: Path) -> None:
        root = copy_project(tmp_path)
        for file in AUTHORED:
            path = root / file
            before = path.read_bytes()
            path.unlink()
            quick_check(root)
            path.write_bytes(before)

    def test_an_empty_folder_is_no_traceback(self, tmp_path: Path) -> None:
        assert {each.code for each in check_project(tmp_path)} == {"E010"}

    def test_faults_are_in_the_order_of_the_files(self, tmp_path: Path) -> None:
        root = copy_project(tmp_path)
        edit(root / "content/editions/press.yaml", "theme: press", "theme: pres")
        edit(root / "content/claims/origins.yaml", "status: agree", "status: agrees")
        found = check(open_project(root))
        assert [each.place for each in found] == sorted(each.place for each in found)
        assert len(set(found)) == len(found) > 1

    @pytest.mark.parametrize(
        "error",
        [
            ContentError([Diagnostic(code="E001", place=Place(file="a"), message="m")]),
            UsageError("no such edition"),
            BriefError("something"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_errors_pickle(self, error: BriefError) -> None:
        again = pickle.loads(pickle.dumps(error))  # noqa: S301
        assert (type(again), str(again), again.args) == (type(error), str(error), error.args)


def called(tree: ast.AST) -> Iterator[str]:
    """Yield the last name of every function that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node.func.id


def attributes(tree: ast.AST) -> Iterator[str]:
    """Yield every attribute of a name: `time.perf_counter`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


class TestDisk:
    """Rule 4: only a few modules open files."""

    def test_only_the_named_modules_touch_the_disk(self) -> None:
        found = {module for module, tree in TREES.items() if TOUCHES_DISK.intersection(called(tree))}
        assert found == set(DISK)


class TestPrinting:
    """One place prints."""

    def test_only_the_command_line_prints(self) -> None:
        assert {module for module, tree in TREES.items() if {"print", "echo"} & set(called(tree))} == ROOF
        assert {module for module in TREES if {"sys.stdout", "sys.stderr"} & set(attributes(TREES[module]))} <= ROOF


class TestClock:
    """Rule 5: nobody asks the clock, or chance."""

    def test_only_the_report_measures_time(self) -> None:
        found = {
            (module, dotted)
            for module, tree in TREES.items()
            for dotted in imported(tree)
            if dotted.split(".")[0] in {"time", "random", "secrets", "uuid"}
        }
        assert found == {("pressing", "time")}
        assert {name for name in attributes(TREES["pressing"]) if name.startswith("time.")} == {"time.perf_counter"}

    def test_only_two_modules_know_the_times_of_files(self) -> None:
        words = {"st_mtime", "st_mtime_ns", "st_atime", "st_atime_ns", "st_ctime", "st_ctime_ns", "utime", "getmtime"}
        found = {
            module
            for module, tree in TREES.items()
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in words
        }
        # In the cache what was used last stays; whether an entry is right is never a matter of time. A file that is
        # written gets the time that SOURCE_DATE_EPOCH says.
        assert found == {"atomic", "cache"}

    def test_the_day_is_asked_for_only_where_a_person_acts(self) -> None:
        asks = {"now", "utcnow", "localtime", "gmtime", "urandom"}
        assert {module for module, tree in TREES.items() if asks.intersection(called(tree))} == set()
        # A sign-off and an entry of changes are dated by the day of the command, unless it names another.
        assert {module for module, tree in TREES.items() if "today" in called(tree)} <= {*ROOF, "commands"}
        asking = {name for module in TREES for name in attributes(TREES[module]) if name.endswith(".today")}
        assert asking == {"date.today"}
        assert [module for module in TREES if "date.today" in set(attributes(TREES[module]))] == ["commands.claims"]


class TestProcesses:
    """Git is asked, this very program for a second build, and ssh-keygen for signatures; nothing else is run."""

    def test_only_three_modules_run_programs(self) -> None:
        found = {module for module, tree in TREES.items() if "subprocess" in set(imported(tree))}
        assert found == {"again", "revisions", "signature"}
        runs = {name for name in attributes(TREES["revisions"]) if name.startswith("subprocess.")}
        assert runs == {"subprocess.run", "subprocess.DEVNULL", "subprocess.TimeoutExpired"}
        assert "shell" not in {word.arg for word in ast.walk(TREES["revisions"]) if isinstance(word, ast.keyword)}


def renderer_of(project: Project, edition: str) -> Renderer:
    theme = project.themes[project.briefs[edition].theme]
    return Renderer(theme, measure_of(theme), nkru_brief.__version__)


def sheets_of(project: Project, edition: str) -> tuple[Sheet, ...]:
    brief = project.briefs[edition]
    renderer = renderer_of(project, edition)
    faces = faces_for(renderer.theme, text_of(brief))
    specs = [spec for name in brief.outputs for spec in load_output(name).sheets(brief)]
    return tuple(renderer.render(brief, spec, faces) for spec in specs)


class TestTemplates:
    """Rule 6: templates see a Brief, never the Library."""

    # What a brief takes over from the authors' types as it is.
    TAKEN_OVER: tuple[type[Value], ...] = (Place, EdtfDate, ScaleTerm)

    def test_a_brief_holds_nothing_of_the_library(self, project: Project) -> None:
        found = {type(value) for brief in project.briefs.values() for value in values_in(brief)}
        assert len(found) > 15
        foreign = {kind for kind in found if kind.__module__ not in {briefs.__name__, "nkru_brief.edtf"}}
        assert foreign <= set(self.TAKEN_OVER)

    def test_no_type_of_a_brief_can_hold_the_library(self) -> None:
        own = [kind for kind in value_types() if kind.__module__ == briefs.__name__]
        held = {each for kind in own for types in field_types(kind).values() for each in types}
        assert len(own) > 15
        assert {kind for kind in held if isinstance(kind, type) and issubclass(kind, Authored)} == {ScaleTerm}

    def test_the_context_is_what_is_documented(self, project: Project) -> None:
        for edition, brief in project.briefs.items():
            spec = SheetSpec(output="pdf", template="pdf.html", path="x")
            context = renderer_of(project, edition)._context(brief, spec, ())
            assert set(context) == set(CONTEXT)
            held = {type(value) for value in values_in(context)}
            assert not {kind for kind in held if issubclass(kind, Authored)} - {ScaleTerm}
            assert Project not in held

    def test_templates_use_only_what_is_documented(self, project: Project) -> None:
        # `part` is the loop's own name: parts are included inside it.
        known = {*CONTEXT, *PAGE_CONTEXT, *SPECIMEN_CONTEXT, "part"}
        found = {}
        environment = renderer_of(project, "public")._environment
        for path in (ROOT / "templates").rglob("*"):
            if path.suffix in {".html", ".svg", ".css"}:
                tree = environment.parse(path.read_text(encoding="utf-8"))
                # A name set in a branch counts as undeclared elsewhere.
                own = {name.name for name in tree.find_all(jinja2.nodes.Name) if name.ctx == "store"}
                found[path] = jinja2.meta.find_undeclared_variables(tree) - known - own
        assert {path: unknown for path, unknown in found.items() if unknown} == {}
        assert len(found) > 15


# Presses a pickled sheet with the project out of sight: opening a file of it, or any socket, ends the run.
ALONE = """
import hashlib, os, pickle, sys
sheet = pickle.load(sys.stdin.buffer)
hidden = tuple(sys.argv[1:])
def guard(event, arguments):
    if event.startswith("socket."):
        os._exit(71)
    if event == "open" and str(arguments[0]).startswith(hidden):
        os._exit(72)
sys.addaudithook(guard)
if "--try" in hidden:
    open(hidden[0] + "/x")
from nkru_brief.outputs import press
sys.stdout.write(hashlib.sha256(press(sheet).data).hexdigest())
"""


def press_alone(sheet: Sheet, cwd: Path, *hidden: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", ALONE, *hidden]
    return subprocess.run(command, input=pickle.dumps(sheet), cwd=cwd, capture_output=True, timeout=120, check=False)


SANS = FaceUse(family="Sans", package="font_source_sans_pro", file="files/SourceSansPro-Regular.ttf")


def sheet_with(body: str, head: str = "") -> Sheet:
    """Return a sheet with one face."""
    sans = face(SANS)
    styles = f'<style>@font-face {{ font-family: Sans; src: url("{sans.url}") }} html {{ font-family: Sans }}</style>'
    html = f"<!DOCTYPE html><html lang=en><head><title>t</title>{styles}{head}</head><body>{body}</body></html>"
    return Sheet(edition="x", output="pdf", path="x.pdf", html=html, faces=(sans,), created=0)


OUTSIDE = (
    "file:///etc/hostname",
    "http://127.0.0.1:9/x.png",
    "https://example.org/x.png",
    "ftp://127.0.0.1:9/x.png",
    "data:text/html,<p>x",
    "data:text/css,p{}",
    "face:unknown",
    "x.png",
    "//127.0.0.1/x.png",
)
USES = {
    "image": ("<img src='URL' alt=x>", ""),
    "style sheet": ("<p>x", "<link rel=stylesheet href='URL'>"),
    "face": ("<p>x", "<style>@font-face { font-family: x; src: url('URL') } p { font-family: x }</style>"),
    "background": ("<p style='background: url(\"URL\")'>x", ""),
    "figure": (
        "<svg xmlns='http://www.w3.org/2000/svg' width=9 height=9><image href='URL' width=9 height=9/></svg>",
        "",
    ),
}


class TestSheet:
    """Rule 7: a sheet needs nothing from outside itself."""

    def test_pressing_reaches_neither_project_nor_network(self, tmp_path: Path) -> None:
        root = copy_project(tmp_path / "project")
        sheets = sheets_of(open_project(root), "teacher-key")
        assert {sheet.output for sheet in sheets} == {"html", "pdf"}
        shutil.rmtree(root)
        hidden = [str(root), *(str(ROOT / folder) for folder in ("content", "seeds", "templates"))]
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        for sheet in sheets:
            run = press_alone(sheet, elsewhere, *hidden)
            assert (run.returncode, run.stderr) == (0, b"")
            assert re.fullmatch(rb"[0-9a-f]{64}", run.stdout)
        assert list(elsewhere.iterdir()) == []

    def test_the_guard_of_that_test_bites(self, tmp_path: Path) -> None:
        assert press_alone(sheet_with(""), tmp_path, str(tmp_path), "--try").returncode == 72

    @pytest.mark.parametrize("url", OUTSIDE)
    def test_other_addresses_are_refused(self, url: str) -> None:
        for kind, (body, head) in USES.items():
            pressed = engine.press(sheet_with(body.replace("URL", url), head.replace("URL", url)))
            assert pressed.complaints, kind

    def test_an_image_inside_the_sheet_is_taken(self) -> None:
        dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
        pressed = engine.press(sheet_with(f'<img src="data:image/png;base64,{dot}" alt="a dot">'))
        assert not any("outside itself" in complaint for complaint in pressed.complaints)
        assert b"/Subtype /Image" in pressed.pdf or b"/Subtype/Image" in pressed.pdf


class HalfWritten:
    """A file on a disk that is full after three bytes."""

    def __init__(self, handle: int, _mode: str) -> None:
        self.handle = handle

    def __enter__(self) -> "HalfWritten":
        return self

    def __exit__(self, *_error: object) -> None:
        os.close(self.handle)

    def write(self, data: bytes) -> None:
        os.write(self.handle, data[:3])
        raise OSError(28, "the disk is full")


def left_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class TestWriting:
    """Rule 8: a path is written once, whole."""

    def test_a_file_gets_its_folders_and_its_bytes(self, tmp_path: Path) -> None:
        path = tmp_path / "a" / "b" / "c.pdf"
        atomic.write(path, b"new")
        atomic.write(path, b"newer")
        assert path.read_bytes() == b"newer"
        assert left_in(path.parent) == {"c.pdf"}
        assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o644

    def test_a_cut_off_write_leaves_the_last_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "c.pdf"
        atomic.write(path, b"old")
        monkeypatch.setattr(os, "fdopen", HalfWritten)
        with pytest.raises(OSError, match="disk is full"):
            atomic.write(path, b"newer bytes")
        assert path.read_bytes() == b"old"
        assert left_in(tmp_path) == {"c.pdf"}

    def test_a_failing_rename_leaves_the_last_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "c.pdf"
        atomic.write(path, b"old")

        def refuse(*_arguments: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "replace", refuse)
        with pytest.raises(KeyboardInterrupt):
            atomic.write(path, b"new")
        assert path.read_bytes() == b"old"
        assert left_in(tmp_path) == {"c.pdf"}

    def test_a_file_of_a_killed_writer_is_not_in_the_way(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / f".c.pdf.{os.getpid()}-0").write_bytes(b"half")
        monkeypatch.setattr(atomic, "_NUMBERS", itertools.count())
        atomic.write(tmp_path / "c.pdf", b"whole")
        assert (tmp_path / "c.pdf").read_bytes() == b"whole"
        assert (tmp_path / f".c.pdf.{os.getpid()}-0").read_bytes() == b"half"

    def test_writers_at_the_same_time_leave_one_whole_file(self, tmp_path: Path) -> None:
        path = tmp_path / "c.pdf"
        contents = (b"a" * 300_000, b"b" * 300_000)
        atomic.write(path, contents[0])
        torn: list[int] = []
        done = threading.Event()

        def read() -> None:
            while not done.is_set():
                torn.extend([1] * (path.read_bytes() not in contents))

        def write(data: bytes) -> None:
            for _ in range(30):
                atomic.write(path, data)

        writers = [threading.Thread(target=write, args=(data,)) for data in contents]
        reader = threading.Thread(target=read)
        for thread in (reader, *writers):
            thread.start()
        for writer in writers:
            writer.join()
        done.set()
        reader.join()
        assert torn == []
        assert path.read_bytes() in contents
        assert left_in(tmp_path) == {"c.pdf"}

    def test_an_edition_with_too_many_pages_keeps_its_last_good_file(self, tmp_path: Path) -> None:
        root = copy_project(tmp_path / "project")
        edit(root / "content/editions/teacher-key.yaml", "max_pages: 2", "max_pages: 1")
        path = tmp_path / "out" / "teacher-key" / "teacher-key.pdf"
        atomic.write(path, b"the last good one")
        report = build(root, tmp_path / "out", Request(editions=("teacher-key",), outputs=("pdf",)))
        assert report.failed
        assert report.written == ()
        assert [each.code for each in report.diagnostics] == ["E402"]
        assert path.read_bytes() == b"the last good one"
        assert left_in(path.parent) == {"teacher-key.pdf"}

    def test_two_outputs_may_not_write_one_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(builder, "load_output", lambda _name: load_output("pdf"))
        with pytest.raises(UsageError, match=r"two outputs write teacher-key/teacher-key\.pdf"):
            build(ROOT, tmp_path, Request(editions=("teacher-key",)))
        assert left_in(tmp_path) == set()


def libraries(tree: ast.AST) -> set[str]:
    top = {dotted.split(".")[0] for dotted in imported(tree)}
    return top - sys.stdlib_module_names - {"nkru_brief"}


class TestDoors:
    """Rule 9: each library has one door, and heavy ones are imported only when used."""

    def test_each_library_has_its_door(self) -> None:
        found: dict[str, set[str]] = {}
        for module, tree in TREES.items():
            for library in libraries(tree):
                found.setdefault(library, set()).add(module)
        assert found == DOORS

    def test_each_requirement_has_its_door(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = [text for name, texts in project["optional-dependencies"].items() if name != "dev" for text in texts]
        named = {re.split(r"[=<>~!\[ ;]", text)[0] for text in (*project["dependencies"], *extras)}
        doors = {DISTRIBUTIONS.get(name, name) for name in named - NO_DOOR}
        # Jinja brings MarkupSafe along, WeasyPrint what it reads HTML and writes PDF with.
        assert doors == set(DOORS) - {"markupsafe", "pydyf", "tinyhtml5"}
        assert named >= NO_DOOR

    def test_heavy_libraries_are_imported_inside_functions(self) -> None:
        at_top = {
            (module, library)
            for module, tree in TREES.items()
            for node in tree.body
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            for library in libraries(node) & HEAVY
        }
        assert at_top == set()

    def test_the_command_starts_light(self) -> None:
        script = "import sys, nkru_brief.cli; print(*sys.modules)"
        run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
        loaded = set(run.stdout.split())
        assert "click" in loaded
        assert loaded.isdisjoint(LIGHT_START)


# What a machine could slip into the paper: its zone and tongue, its fonts, its clock, and the order of its hashes.
HERE = {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}
THERE = {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1"}
# Whoever reads this configuration sets everything in the heaviest face there is.
BOGUS_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><match target="pattern"><edit name="weight" mode="assign"><const>black</const></edit></match></fontconfig>
"""
OTHER_CLOCK = "import time\ntime.time = lambda: 4102444800.0\n"
REPRODUCED = ("teacher-key/teacher-key.html", "teacher-key/teacher-key.pdf")


def start_build(
    root: Path, out: Path, cwd: Path, machine: dict[str, str], jobs: int, *extra: str
) -> subprocess.Popen[str]:
    """Start to build the smallest edition on a machine with these settings and more modules to import."""
    inherited = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    inherited["PYTHONPATH"] = os.pathsep.join([str(PACKAGE.parent), *extra])
    arguments = ["-C", str(root), "build", "-e", "teacher-key", "--out", str(out), "--no-cache", "--jobs", str(jobs)]
    return subprocess.Popen(
        [sys.executable, "-m", "nkru_brief", *arguments],
        cwd=cwd,
        env=inherited | machine,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


class TestSameBytes:
    """Rule 10: the same content gives the same bytes."""

    def test_on_two_machines(self, tmp_path: Path) -> None:
        here, there = copy_project(tmp_path / "here"), copy_project(tmp_path / "somewhere" / "else")
        (tmp_path / "fonts.conf").write_text(BOGUS_FONTS, encoding="utf-8")
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "sitecustomize.py").write_text(OTHER_CLOCK, encoding="utf-8")
        machine = THERE | {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
        runs = [
            start_build(here, tmp_path / "one", here, HERE, 1),
            start_build(there, tmp_path / "two", tmp_path, machine, 2, str(tmp_path / "site")),
        ]
        errors = [run.communicate(timeout=120)[1] for run in runs]
        assert ([run.returncode for run in runs], errors) == ([0, 0], ["", ""])
        for path in REPRODUCED:
            one, two = (tmp_path / out / path for out in ("one", "two"))
            assert len(one.read_bytes()) > 10_000
            assert one.read_bytes() == two.read_bytes(), path


def run_tool(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed; it comes with the extra dev")
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)


class TestTools:
    """Typed and linted, with the tests that say so."""

    @pytest.mark.parametrize(
        "command",
        [("mypy",), ("mypy", "tools", "benchmarks"), ("ruff", "check", "."), ("ruff", "format", "--check", ".")],
        ids=" ".join,
    )
    def test_nothing_to_complain_of(self, command: tuple[str, ...]) -> None:
        run = run_tool(*command)
        assert run.returncode == 0, run.stdout + run.stderr
