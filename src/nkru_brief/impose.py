"""What `nkru-brief impose` does: an edition's paper, or any PDF, on sheets for a print shop, with a sheet of counts."""

from pathlib import Path

import nkru_brief
from nkru_brief import atomic, pdfobjects, xmp
from nkru_brief.build import complaints, one_sheet
from nkru_brief.cache import NOWHERE, Cache
from nkru_brief.copies import faces_for_sheet
from nkru_brief.diagnostics import ContentError, Diagnostic, Place, UsageError, in_order
from nkru_brief.imposition import MM, Plan, Wish, plan
from nkru_brief.load import file_bytes
from nkru_brief.pdfobjects import Known
from nkru_brief.pressing import press_all
from nkru_brief.project import open_project
from nkru_brief.render import Renderer, keep_compiled
from nkru_brief.report import Silent, counts
from nkru_brief.shaping import MissingGlyphError, Shaper
from nkru_brief.stamping import Cuts, Style, one_page
from nkru_brief.theme import BASE, load_theme
from nkru_brief.typed import suggestion
from nkru_brief.typeset import measure_of
from nkru_brief.values import Value

NO_CLAIM = (
    "Imposed for printing: without tags, and with no claim to be PDF/UA or PDF/A. "
    "To read or to keep, take the edition's own file."
)


class Imposed(Value):
    """What came of it: the file, how its pages stand on sheets, how many there were, and how many copies are meant."""

    path: Path
    plan: Plan
    pages: int
    copies: int
    size: int


def impose(
    name: str,
    wish: Wish,
    root: Path | None,
    out: Path | None,
    *,
    copies: int = 1,
    cover: bool = True,
    cache: Cache = NOWHERE,
) -> Imposed:
    """Write the pages of an edition or of a PDF on sheets.

    Args:
        name: the edition's name, or the path of a file that ends in `.pdf`.
        wish: how they are imposed.
        root: the project's folder; None where there is none, for a file needs none.
        out: the file to write; by default beside what was imposed, as `NAME-booklet.pdf`.
        copies: how many are to be printed, for the counts.
        cover: whether a sheet with the counts comes first.
        cache: where the edition's paper is looked up.

    Raises:
        UsageError: there is no such edition or file, or it is no PDF.
        ContentError: the project is at fault, or the pages are of several sizes.
        OSError: the disk refuses.
    """
    data, shown, folder, theme = _pages(name, root, cache)
    try:
        known = pdfobjects.known(data)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None
    if not known.sizes:
        raise UsageError(f"{name} has no page")
    _check_sizes(known, name)
    found = plan(wish, len(known.sizes), known.sizes[0])
    words = _words(root or folder, theme, known.language)
    title = f"{known.title or shown}, {words[f'imposed_{wish.way}']}"
    first = _cover(known, found, shown, copies, words) if cover else b""
    packet = xmp.of_sheets(title, NO_CLAIM, known.fingerprint)
    made = pdfobjects.imposed(data, found, first, title, packet)
    path = out or folder / f"{shown}-{wish.way}.pdf"
    atomic.write(path, made, atomic.source_date())
    return Imposed(path=path, plan=found, pages=len(known.sizes), copies=copies, size=len(made))


def _pages(name: str, root: Path | None, cache: Cache) -> tuple[bytes, str, Path, str]:
    """Return a PDF, what to call it, the folder that what is made of it goes into, and the theme whose words it has."""
    if name.lower().endswith(".pdf"):
        path = Path(name)
        data = file_bytes(path)
        if data is None:
            raise UsageError(f"{name}: there is no such file")
        return data, path.stem, path.parent, BASE
    if root is None:
        raise UsageError(f"{name!r} is no PDF file, and here is no project that has an edition of this name")
    keep_compiled(cache)
    project = open_project(root)
    if name not in project.briefs:
        raise UsageError(f"there is no edition {name!r}; {suggestion(name, project.briefs)}")
    # Whatever outputs the edition is built as, a print shop wants its pages.
    wanted = one_sheet(project, name, "pdf", cache)
    (pressing,) = press_all([wanted], cache, None, Silent(), str(root))
    faults = tuple(complaints(project, pressing))
    if counts(faults, strict=False):
        raise ContentError(in_order(faults))
    return pressing.artifact.data, name, root / "build" / name, project.briefs[name].theme


def _words(root: Path, theme: str, language: str) -> dict[str, str]:
    """Return a theme's words in the language a paper says it is in, or else in English."""
    found = load_theme(root, theme, Place(file=""))
    return Renderer(found, measure_of(found), nkru_brief.__version__).words(language.partition("-")[0])


def _check_sizes(known: Known, name: str) -> None:
    width, height = known.sizes[0]
    for number, (wide, high) in enumerate(known.sizes, 1):
        if abs(wide - width) > 1 or abs(high - height) > 1:
            there, first = (f"{w / MM:.0f} x {h / MM:.0f} mm" for w, h in ((wide, high), (width, height)))
            message = f"page {number} is {there}, page 1 is {first}"
            hint = "impose pages of one size; part the file, or make an edition of each size"
            raise ContentError([Diagnostic(code="E820", place=Place(file=name), message=message, hint=hint)])


def _cover(known: Known, found: Plan, shown: str, copies: int, words: dict[str, str]) -> bytes:
    """Return the sheet that comes first, as a PDF: what is printed, how, and how much paper it takes."""
    digits = known.fingerprint
    printed = f"{words['fingerprint']} {digits[:4]} {digits[4:8]} {digits[8:12]}"
    wide, high = (f"{each / MM:.0f}" for each in found.size)
    way, pages, total = words[f"imposed_{found.way}"], words["imposed_pages"], words["imposed_copies"]
    counted = {"{pages}": len(known.sizes), "{blanks}": found.blanks, "{sheets}": found.sheets}
    for mark, count in counted.items():
        pages = pages.replace(mark, f"{count}")
    total = total.replace("{copies}", f"{copies}").replace("{sheets}", f"{copies * found.sheets}")
    lines = (
        (known.title or shown, 22),
        (printed if digits else words["imposed_unknown"], 11),
        ("", 11),
        (f"{way[:1].upper()}{way[1:]}: {found.paper}, {wide} × {high} mm, {found.scale:.0%}", 13),  # noqa: RUF001
        (pages, 13),
        (total, 13),
        ("", 11),
        (words[f"turn_{found.way}"], 11),
        (words["imposed_size"], 11),
    )
    cuts = Cuts()
    style = Style(Shaper(faces_for_sheet()), cuts)
    width = found.size[0] - 4 * 36
    readable = [(_settable(style, text, width), size) for text, size in lines]
    cuts.cut()
    y, content = found.size[1] - 110, "0 g\n"
    for text, size in readable:
        y -= size * 1.6
        content += style.operators(text, size, 72, y, width, "left") + "\n" if text else ""
    return one_page(cuts, content.encode("ascii"), found.size, empty=1)


def _settable(style: Style, text: str, width: float) -> str:
    """Return a line that the sheet's faces can set: what they have no glyph for is left out."""
    while True:
        try:
            # However long it is, it is set smaller.
            style.count(text, 1, max(width, float(len(text))))
        except MissingGlyphError as error:
            text = text.replace(error.character, "")
        else:
            return text
