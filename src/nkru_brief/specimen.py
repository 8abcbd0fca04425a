"""Specimens: one paper with every element that a theme dresses, its tokens with swatches, and its contrasts.

What it says comes from `sampler/`, a project of its own beside this module.
"""

from collections.abc import Iterator
from pathlib import Path

import nkru_brief
from nkru_brief import atomic, contrast, setting, structure
from nkru_brief.brief import Brief
from nkru_brief.check.colours import SHEET, pairs
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, in_order
from nkru_brief.outputs import press
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer
from nkru_brief.sheet import Artifact, Sheet, SheetSpec
from nkru_brief.theme import Theme, title_of
from nkru_brief.tokens import TOKENS, Kind
from nkru_brief.typeset import faces_for, measure_of, text_of
from nkru_brief.values import Value, replace

SAMPLER = Path(__file__).parent / "sampler"
OUTPUTS = ("html", "pdf")
_EDITION = "sampler"


class TokenRow(Value):
    """A token of a theme: its name, its value, what kind of value that is, and what it is for."""

    name: str
    value: str
    kind: Kind
    meaning: str


class PairRow(Value):
    """A text and what it stands on, as tokens and as colours, their contrast, and the least it may be."""

    text: str
    ground: str
    text_colour: str
    ground_colour: str
    ratio: str
    least: str
    enough: bool


class Specimen(Value):
    """What a specimen says of its theme beside the sample paper."""

    name: str
    title: str
    chain: tuple[str, ...]
    tokens: tuple[TokenRow, ...]
    pairs: tuple[PairRow, ...]
    faces: tuple[str, ...]


def sample() -> tuple[Project, Brief]:
    """Return the sample project and its one edition."""
    project = open_project(SAMPLER)
    return project, project.briefs[_EDITION]


def sheets(theme: Theme, root: Path) -> Iterator[tuple[Sheet, tuple[structure.Fault, ...]]]:
    """Yield the specimen of a theme as each output, filled in, with the faults of its structure.

    Raises:
        ContentError: a template is missing or wrong, or a face is not installed.
    """
    _, brief = sample()
    brief = replace(brief, theme=theme.name)
    renderer = Renderer(theme, measure_of(theme), nkru_brief.__version__)
    told = _told(theme, title_of(root, theme.name))
    text = text_of(brief) | frozenset("".join(row.name + row.value + row.meaning for row in told.tokens))
    for output in OUTPUTS:
        spec = SheetSpec(output=output, template="specimen.html", path=f"{theme.name}.{output}")
        sheet = renderer.render(brief, spec, faces_for(theme, text), specimen=told)
        yield sheet, structure.faults(structure.parse(sheet.html))


def _told(theme: Theme, title: str) -> Specimen:
    tokens = tuple(
        TokenRow(
            name=name,
            value=value,
            kind=TOKENS[name].kind if name in TOKENS else "text",
            meaning=TOKENS[name].meaning if name in TOKENS else "the theme’s own",
        )
        for name, value in theme.tokens.items()
    )
    named = " ".join(theme.tokens.values())
    faces = tuple(f"{use.family} {use.weight} {use.style}" for use in theme.faces if use.family in named)
    rows = tuple(_pair(theme.tokens, *pair) for pair in pairs(theme.tokens["paper"]))
    return Specimen(name=theme.name, title=title, chain=theme.chain, tokens=tokens, pairs=rows, faces=faces)


def _pair(tokens: dict[str, str], text: str, ground: str, least: float) -> PairRow:
    colour = tokens.get(ground, SHEET)
    ratio = contrast.ratio(tokens[text], colour)
    return PairRow(
        text=text,
        ground=ground or "the white sheet",
        text_colour=tokens[text],
        ground_colour=colour,
        # Rounded down: what is printed as enough is enough.
        ratio=f"{int(ratio * 100) / 100:.2f}",
        least=f"{least:g}",
        enough=ratio >= least,
    )


def show(root: Path, theme: Theme, out: Path) -> tuple[tuple[tuple[Path, Artifact], ...], tuple[Diagnostic, ...]]:
    """Write the specimen of a theme as PDF and HTML, and return the files and what is wrong with them.

    Args:
        root: the project's folder.
        theme: the theme.
        out: the folder the files go to.

    Raises:
        ContentError: a template is wrong.
        OSError: the disk refuses.
    """
    made: list[tuple[Path, Artifact]] = []
    faults: list[Diagnostic] = []
    place = Place(file=theme.sources["theme.yaml"].file)
    for sheet, found in sheets(theme, root):
        faults += structure.diagnose(found, theme, "specimen.html", {})
        if found:
            continue
        artifact = press(sheet)
        for complaint in artifact.complaints:
            message = f"the specimen of {theme.name!r}: {complaint}"
            hint = "the engine says this of a template or style sheet of the theme"
            faults.append(Diagnostic(code="E404", place=place, message=message, hint=hint))
        # How full its pages are says nothing of a theme.
        for flaw in (flaw for flaw in artifact.flaws if flaw.code != setting.EMPTY):
            message = f"the specimen of {theme.name!r}: {flaw.message}"
            faults.append(Diagnostic(code=flaw.code, place=place, message=message))
        if not artifact.complaints:
            made.append((out / artifact.path, artifact))
    if any(fault.severity == "error" for fault in faults):
        raise ContentError(in_order(faults))
    for path, artifact in made:
        atomic.write(path, artifact.data)
    return tuple(made), in_order(faults)
