"""The mini documents: each thing a briefing may use, alone and combined, in `mini/FAMILY.yaml`.

One is a body in HTML (`html`, with `css`), a whole page (`page`), or the words of a section (`markdown`). Where
`refused` is there, the builder refuses it with these words; else it is a PDF that passes PDF/UA-1 and PDF/A-3a.
"""

import base64
import shutil
import struct
import zlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

import nkru_brief
from nkru_brief import engine
from nkru_brief.outputs import load_output
from nkru_brief.project import Project, open_project
from nkru_brief.render import Renderer
from nkru_brief.sheet import Face, Sheet
from nkru_brief.theme import FaceUse, face
from nkru_brief.typeset import faces_for, measure_of, text_of

HERE = Path(__file__).parent
FOLDER = HERE / "mini"
NOTES = ".note { float: footnote } ::footnote-call, ::footnote-marker { content: none } "
NOTES += "@page { @footnote { padding-bottom: 1px } }"
PAPER = "@page { size: 200pt 150pt; margin: 20pt } html { font: 10pt/13pt Serif, Korean } "
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20"/></svg>'


class Mini(NamedTuple):
    """A mini document, and the words it is refused with, if it is."""

    family: str
    name: str
    html: str = ""
    css: str = ""
    page: str = ""
    markdown: str = ""
    refused: str = ""

    def __str__(self) -> str:
        return f"{self.family}: {self.name}"


class Outcome(NamedTuple):
    """What became of a mini document: a PDF, or what was said against it."""

    pdf: bytes
    said: tuple[str, ...]


def png(*pixel: int) -> str:
    """Return the address of an image of one pixel: red, green, blue, and how opaque it is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 6 if len(pixel) > 3 else 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    data += chunk(b"IDAT", zlib.compress(b"\0" + bytes(pixel))) + chunk(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


STAND_INS = {
    '"DOT"': f'"{png(200, 0, 0)}"',
    "(DOT)": f"({png(200, 0, 0)})",
    '"CLEAR"': f'"{png(200, 0, 0, 128)}"',
    '"SVG"': f'"data:image/svg+xml;base64,{base64.b64encode(SQUARE.encode()).decode()}"',
    "NOTES": NOTES,
}


@cache
def minis() -> tuple[Mini, ...]:
    """Return every mini document, family by family."""
    return tuple(
        Mini(family=path.stem, **entry)
        for path in sorted(FOLDER.glob("*.yaml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    )


@cache
def _face(package: str, file: str, family: str = "Serif", weight: int = 400) -> Face:
    return face(FaceUse(family=family, package=package, file=file, weight=weight))


def sheet_of(mini: Mini) -> Sheet:
    """Return a mini document in HTML as a sheet."""
    faces = [
        _face("font_source_serif_pro", "files/SourceSerifPro-Regular.ttf"),
        _face("font_source_serif_pro", "files/SourceSerifPro-Semibold.ttf", weight=600),
    ]
    body, css, page = mini.html, mini.css, mini.page
    if any("\uac00" <= letter <= "\ud7a3" for letter in body):
        faces.append(_face("pylopdf_fonts_ko", "NotoSerifKR-Regular.otf", "Korean"))
    rules = "".join(
        f'@font-face {{ font-family: "{each.family}"; font-weight: {each.weight}; src: url("{each.url}") }} '
        for each in faces
    )
    head = f"<style>{rules}{PAPER}{css}</style>"
    html = (
        page.replace("STYLES", head)
        if page
        else (f'<html lang="en"><head><title>{mini.name}</title>{head}</head><body>{body}</body></html>')
    )
    for name, value in STAND_INS.items():
        html = html.replace(name, value)
    return Sheet(edition="x", output="pdf", path="x.pdf", html=f"<!DOCTYPE html>{html}", faces=tuple(faces), created=0)


def project_of(folder: Path) -> Project:
    """Return a project with an edition for each mini document in Markdown, laid out in a folder."""
    shutil.copytree(HERE / "cases" / "_base", folder, dirs_exist_ok=True)
    (folder / "content/editions/short.yaml").unlink()
    for number, mini in enumerate(each for each in minis() if each.markdown):
        text = f"# Section\n\n{mini.markdown}\n".replace("#LAST", f"#m{number}")
        (folder / f"content/sections/m{number}.standard.md").write_text(text, encoding="utf-8")
        edition = f"label: Mini\naudience: Readers\ntheme: base\noutputs: [pdf]\nsections: [m{number}]\n"
        (folder / f"content/editions/m{number}.yaml").write_text(edition, encoding="utf-8")
    return open_project(folder)


def outcome(mini: Mini, project: Project) -> Outcome:
    """Return what becomes of a mini document."""
    if not mini.markdown:
        pressed = engine.press(sheet_of(mini))
        return Outcome(pressed.pdf, pressed.complaints)
    name = f"m{[each for each in minis() if each.markdown].index(mini)}"
    faults = [str(fault) for fault in project.diagnostics if fault.place.file.endswith(f"/{name}.standard.md")]
    if faults:
        return Outcome(b"", tuple(faults))
    brief = project.briefs[name]
    theme = project.themes[brief.theme]
    renderer = Renderer(theme, measure_of(theme), nkru_brief.__version__)
    (spec,) = load_output("pdf").sheets(brief)
    pressed = engine.press(renderer.render(brief, spec, faces_for(theme, text_of(brief))))
    return Outcome(pressed.pdf, pressed.complaints)
