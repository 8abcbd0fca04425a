"""The door to WeasyPrint: a Sheet becomes PDF, on any machine and with any fonts installed there, the same bytes.

Three things would let a machine into the paper and are shut out here: fontconfig (it adds faces and fakes bold ones),
the network and the disk (a style sheet may name any address), and the clock.
"""

import ctypes.util
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any, NamedTuple

from nkru_brief import fonts, makeup, repairs, resuming, setting, structure
from nkru_brief.collecting import seldom
from nkru_brief.diagnostics import UsageError
from nkru_brief.loss import lost_text, strayed_notes
from nkru_brief.sheet import Face, Flaw, Onlooker, Sheet, Slot
from nkru_brief.typecase import Typecase
from nkru_brief.values import Value

# The engine's messages are read off its logger; these are no faults of a sheet.
_HARMLESS: tuple[str, ...] = ()

# What the engine imports for faces that vary, that come packed, or that HarfBuzz does not cut: a third of its import.
# Those of a sheet are whole and static, and HarfBuzz is there.
_SELDOM = ("fontTools.subset", "fontTools.ttLib.woff2", "fontTools.varLib.instancer")

# The engine's part of the promise: sRGB, identifiers, printable annotations. Tags and metadata are ours.
_VARIANT = "pdf/a-3a"
# ISO 19005-3, 6.2.8: images are not interpolated.
_ARCHIVAL = "* { image-rendering: crisp-edges }"


class Laid(NamedTuple):
    """A page's HTML read, and laid out with its faces: what is left is to draw it, or to lay it out from a page on."""

    html: Any
    document: Any
    configuration: Any
    course: resuming.Course | None = None

    @property
    def pages(self) -> tuple[Any, ...]:
        """The pages, each with the tree of boxes laid out on it."""
        return tuple(self.document.pages)


class Pressed(Value):
    """A finished PDF, its number of pages, and what the engine complained of.

    `settings` is in how many ways it was set, `slots` where copies are stamped.
    """

    pdf: bytes
    pages: int
    complaints: tuple[str, ...]
    flaws: tuple[Flaw, ...] = ()
    settings: int = 1
    slots: tuple[Slot, ...] = ()


def press(
    sheet: Sheet,
    *,
    full: bool = True,
    grey: bool = False,
    laid: Laid | None = None,
    onlooker: Onlooker | None = None,
) -> Pressed:
    """Return a sheet as PDF.

    Args:
        sheet: what to set.
        full: whether no page may be nearly empty.
        grey: whether it is printed in black and its shades only.
        laid: the same sheet, where it is laid out already.
        onlooker: is asked whether to go on, and given the pages before the file is drawn.

    Raises:
        UsageError: the system libraries the engine needs are not there.
    """
    with seldom(len(sheet.html)), _without_system_fonts(sheet.created), _complaints() as complaints:
        weasyprint = _engine()
        html = laid.html if laid else _parsed(weasyprint, sheet, _shades(sheet.html) if grey else sheet.html)
        if faults := structure.faults(html.etree_element, printed=True):
            return Pressed(pdf=b"", pages=0, complaints=tuple(f"{fault.message}; {fault.hint}" for fault in faults))
        said = len(complaints)
        if onlooker:
            html.nkru_brief_going_on = onlooker.going_on
        try:
            kept = _set(weasyprint, laid or _laid(weasyprint, sheet, html), sheet, complaints, said, full=full)
            if kept and onlooker:
                heard = len(complaints)
                onlooker.seen(len(kept.pages), partial(_leaf, kept.laid.document, grey=grey))
                # A page alone misses the others that it leads to.
                del complaints[heard:]
            pdf, slots = _drawn(html, kept.laid.document, sheet, complaints, grey=grey) if kept else (b"", ())
        except Exception as error:  # noqa: BLE001 - the engine stumbles over some styles, in ways of its own
            complaints.append(f"the page engine gave up: {type(error).__name__}: {error}")
            pdf, kept, slots = b"", None, ()
        flaws = tuple(map(setting.flaw, _faults(kept))) if pdf and kept else ()
    pages = len(kept.pages) if kept else 0
    told, settings = tuple(dict.fromkeys(complaints)), kept.settings if kept else 1
    return Pressed(pdf=pdf, pages=pages, complaints=told, flaws=flaws, settings=settings, slots=slots)


@contextmanager
def layouts(sheet: Sheet) -> Iterator[Callable[[str], Laid]]:
    """Give a function that lays HTML out with the faces of a sheet: nothing is drawn.

    Raises:
        UsageError: the system libraries the engine needs are not there.
    """
    with seldom(), _without_system_fonts(sheet.created), _complaints():
        weasyprint = _engine()
        # None is laid out anew, and each is kept.
        yield lambda html: _laid(weasyprint, sheet, _parsed(weasyprint, sheet, html))._replace(course=None)


def load() -> None:
    """Import the engine, which takes a third of a second.

    Raises:
        UsageError: the system libraries the engine needs are not there.
    """
    with _without_system_fonts(0):
        _engine()


def _shades(html: str) -> str:
    from nkru_brief.greys import in_grey

    return in_grey(html)


def _parsed(weasyprint: Any, sheet: Sheet, html: str) -> Any:
    return weasyprint.HTML(string=html, url_fetcher=_fetcher(sheet.faces), base_url="sheet:/")


def _laid(weasyprint: Any, sheet: Sheet, html: Any, css: str = "") -> Laid:
    """Return a page laid out, with a style sheet that wins over its own."""
    configuration = Typecase(sheet.faces)
    styles = [weasyprint.CSS(string=_ARCHIVAL + css)]
    document = html.render(font_config=configuration, pdf_variant=_VARIANT, stylesheets=styles)
    return Laid(html, document, configuration, resuming.course_of(html))


def _laid_on(base: makeup.Setting, rules: tuple[resuming.Rule, ...], most: float) -> tuple[int, Laid] | None:
    """Return what is laid out with some rules more, and how many of its pages are kept; None where none can be.

    Raises:
        TooLong: it has more than `most` pages.
    """
    from weasyprint.document import Page

    laid: Laid = base.laid
    elements = {rule.element for rule in rules}
    first = next((n for n, page in enumerate(base.pages) if not elements.isdisjoint(page.begins)), None)
    found = resuming.resumed(laid.course, rules, first, most) if laid.course and first is not None else None
    if found is None:
        return None
    kept, course = found
    document = laid.document.copy([*laid.document.pages[:kept], *map(Page, course.pages[kept:])])
    document._html = laid.document._html  # noqa: SLF001 - its own copy forgets what it is of
    return kept, laid._replace(document=document, course=course)


def _set(
    weasyprint: Any, laid: Laid, sheet: Sheet, complaints: list[str], said: int, *, full: bool
) -> makeup.Setting | None:
    """Return how a sheet is set, as well as it can be; None where it brings no face, and nothing may be drawn.

    The first `said` complaints are not of how it is laid out.
    """
    if not _has_faces(laid.configuration):
        # To draw text without any face would bring the whole process down.
        complaints.append("the sheet brings no face that can be loaded")
        return None
    first = _setting(laid, sheet, tuple(complaints[said:]), full=full)

    def again(css: str, base: makeup.Setting, rules: tuple[resuming.Rule, ...]) -> makeup.Setting | None:
        # What the engine says of a setting that is not kept is nobody's.
        heard = len(complaints)
        try:
            resumed = _laid_on(base, rules, makeup.most(base, first))
            kept, anew = resumed or (0, _laid(weasyprint, sheet, laid.html, css))
            # Style sheets are complained of when they are read.
            before = base.complaints if resumed else ()
            return _setting(anew, sheet, (*before, *complaints[heard:]), full=full, known=base.pages[:kept])
        except Exception:  # noqa: BLE001 - as above, or it is too long; the settings before it stand
            return None
        finally:
            del complaints[heard:]

    # What was fitted to its paper stays as it fits.
    kept = first if first.sound or sheet.fit else makeup.made_up(laid.html.etree_element, again, first)
    complaints[said:] = kept.complaints
    complaints += kept.lost
    # What it might be laid out anew from is as large as what is drawn.
    return kept._replace(laid=kept.laid._replace(course=None))


def _setting(
    laid: Laid, sheet: Sheet, heard: tuple[str, ...], *, full: bool, known: tuple[setting.Page, ...] = ()
) -> makeup.Setting:
    pages = (*known, *setting.laid(laid.pages[len(known) :]))
    lost = [f"text is lost: “{text}”" for text in lost_text(laid.html.etree_element, laid.pages)]
    if sheet.fit is None:
        # The sides of one sheet are one leaf, with all its notes at the end.
        lost += (f"note {note} is not on a page that calls it" for note in strayed_notes(laid.pages))
    return makeup.Setting(pages, tuple(setting.faults(pages, full=full)), tuple(lost), heard, laid)


def _faults(kept: makeup.Setting) -> tuple[setting.Fault, ...]:
    return (*kept.faults, *setting.overfull(kept.laid.pages))


def _drawn(
    html: Any, document: Any, sheet: Sheet, complaints: list[str], *, grey: bool
) -> tuple[bytes, tuple[Slot, ...]]:
    slots: list[Slot] = []

    def finish(document: Any, pdf: Any) -> None:
        from nkru_brief.attached import attach
        from nkru_brief.tags import slots as room
        from nkru_brief.tags.audit import audit
        from nkru_brief.xmp import Own, replace_metadata

        _rekey_fonts(pdf)
        if grey:
            from nkru_brief.greys import to_grey

            to_grey(pdf)
        attach(pdf, sheet.attachments, sheet.created)
        replace_metadata(pdf, document.metadata, Own(sheet.fingerprint, sheet.marking, sheet.embargo))
        complaints.extend(audit(pdf, html.etree_element, pdf.nkru_brief_texts))
        slots.extend(room.take(pdf.nkru_brief_slots, pdf.nkru_brief_streams))

    # It does not close its own file of colours.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        pdf: bytes = document.write_pdf(pdf_variant=_VARIANT, finisher=finish)
    return pdf, tuple(slots)


def _leaf(document: Any, number: int, *, grey: bool) -> bytes:
    """Return a page as it will be in the file, in a PDF of its own to look at: no tags, no claims, not squeezed."""

    def finish(_document: Any, pdf: Any) -> None:
        if grey:
            from nkru_brief.greys import to_grey

            to_grey(pdf)

    page: bytes = document.copy([document.pages[number]]).write_pdf(uncompressed_pdf=True, finisher=finish)
    return page


def _rekey_fonts(pdf: Any) -> None:
    """Let readers find the glyphs of fonts that are keyed by character (see `fonts.keyed_by_glyph`)."""
    from nkru_brief.tags.objects import streams

    for stream in streams(pdf):
        if stream.extra.get("Subtype") == "/OpenType":
            font = fonts.keyed_by_glyph(b"".join(stream.stream))
            if font is not None:
                stream.stream = [font]


def _engine() -> Any:
    try:
        # It warns that there are no fonts, which is what is wanted: the sheet brings its own.
        with warnings.catch_warnings(), _later(_SELDOM), _by_full_name():
            warnings.simplefilter("ignore")
            import weasyprint
            import weasyprint.text.fonts
    except OSError as error:
        raise UsageError(
            f"the page engine cannot load a system library ({error}); on Debian or Ubuntu: "
            "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from None
    from nkru_brief.tags import retag

    structure.quicken()
    weasyprint.tinyhtml5 = _Parser
    repairs.repair()
    retag.install()
    return weasyprint


class _Parser:
    """Stands for the engine's parser of HTML: a page whose tags are all closed is read as what it is."""

    @staticmethod
    def parse(source: IO[str], **_options: Any) -> Any:
        return structure.parse(source.read())


@contextmanager
def _by_full_name() -> Iterator[None]:
    """Have a library of the system loaded by its full name alone, while the engine is imported.

    The engine tries several names of each, and for every one that is not there Python would ask a compiler and a linker
    (`ctypes.util.find_library`): forty programs, a third of the import. The full names are among those it tries.
    """
    find = ctypes.util.find_library
    if sys.platform == "linux" and "weasyprint" not in sys.modules:
        ctypes.util.find_library = _nowhere
    try:
        yield
    finally:
        ctypes.util.find_library = find


def _nowhere(name: str) -> None:  # noqa: ARG001 - what it takes the place of asks for a name
    return None


class _Later(ModuleType):
    """Stands for a module while the engine is imported; the functions taken from it import it when they are called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *arguments, **options: getattr(import_module(self.__name__), name)(*arguments, **options)


@contextmanager
def _later(names: tuple[str, ...]) -> Iterator[None]:
    """Put off the import of modules that are not there yet."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update({name: _Later(name) for name in absent})
    try:
        yield
    finally:
        for name in absent:
            if isinstance(sys.modules.get(name), _Later):
                del sys.modules[name]


def _has_faces(configuration: Any) -> bool:
    from weasyprint.text.ffi import fontconfig

    loaded = fontconfig.FcConfigGetFonts(configuration._config, fontconfig.FcSetApplication)  # noqa: SLF001
    return bool(loaded) and loaded.nfont > 0


@cache
def _fontconfig() -> tuple[tempfile.TemporaryDirectory[str], str]:
    folder = tempfile.TemporaryDirectory(prefix="nkru-brief-")
    path = Path(folder.name) / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig><cachedir>{folder.name}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return folder, str(path)


@contextmanager
def _without_system_fonts(created: int) -> Iterator[None]:
    """Point fontconfig at an empty configuration, and the font writer at the content's own date."""
    _, path = _fontconfig()
    own = {"FONTCONFIG_FILE": path, "SOURCE_DATE_EPOCH": str(created)}
    before = {name: os.environ.get(name) for name in (*own, "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT")}
    for name in before:
        os.environ.pop(name, None)
    os.environ.update(own)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """Gather what the engine logs as warnings or errors, and keep it off the terminal."""
    found: list[str] = []

    class Gather(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            message = record.getMessage()
            if not message.startswith(_HARMLESS or ("\0",)):
                found.append(message)

    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools", "fontTools.subset")]
    before = [(logger.handlers, logger.propagate, logger.level) for logger in loggers]
    for logger in loggers:
        logger.handlers, logger.propagate = [Gather(logging.WARNING)], False
        logger.setLevel(logging.WARNING)
    try:
        yield found
    finally:
        for logger, (handlers, propagate, level) in zip(loggers, before, strict=True):
            logger.handlers, logger.propagate = handlers, propagate
            logger.setLevel(level)


def _fetcher(faces: tuple[Face, ...]) -> Any:
    """Return a fetcher that knows the faces of a sheet and embedded images, and nothing else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    by_url = {face.url: face.data for face in faces}

    class SheetFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> Any:
            if url in by_url:
                return URLFetcherResponse(url, by_url[url], {"Content-Type": "font/ttf"})
            if url.startswith(("data:image/png;", "data:image/jpeg;", "data:image/svg+xml;")):
                return super().fetch(url, headers)
            raise ValueError(f"a sheet reaches nothing outside itself: {url[:80]}")

    return SheetFetcher(allowed_protocols=("data",), allow_redirects=False)
