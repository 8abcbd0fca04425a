"""The door to WeasyPrint: a Sheet becomes PDF, on any machine and with any fonts installed there, the same bytes.

Three things would let a machine into the paper and are shut out here: fontconfig (it adds faces and fakes bold ones),
the network and the disk (a style sheet may name any address), and the clock.
"""

import logging
import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from nkru_brief import fonts, repairs, setting, structure
from nkru_brief.diagnostics import UsageError
from nkru_brief.loss import lost_text, strayed_notes
from nkru_brief.sheet import Face, Flaw, Sheet, Slot
from nkru_brief.values import Value

# The engine's messages are read off its logger; these are no faults of a sheet.
_HARMLESS: tuple[str, ...] = ()

# The engine's part of the promise: sRGB, identifiers, printable annotations. Tags and metadata are ours.
_VARIANT = "pdf/a-3a"
# ISO 19005-3, 6.2.8: images are not interpolated.
_ARCHIVAL = "* { image-rendering: crisp-edges }"


class Pressed(Value):
    """A finished PDF, its number of pages, what the engine complained of, and where copies are stamped."""

    pdf: bytes
    pages: int
    complaints: tuple[str, ...]
    flaws: tuple[Flaw, ...] = ()
    slots: tuple[Slot, ...] = ()


def press(sheet: Sheet) -> Pressed:
    """Return a sheet as PDF.

    Raises:
        UsageError: the system libraries the engine needs are not there.
    """
    with _without_system_fonts(sheet.created), _complaints() as complaints:
        weasyprint = _engine()
        html = weasyprint.HTML(string=sheet.html, url_fetcher=_fetcher(sheet.faces), base_url="sheet:/")
        if faults := structure.faults(html.etree_element, printed=True):
            return Pressed(pdf=b"", pages=0, complaints=tuple(f"{fault.message}; {fault.hint}" for fault in faults))
        try:
            pdf, pages, slots = _set(weasyprint, html, sheet, complaints)
        except Exception as error:  # noqa: BLE001 - the engine stumbles over some styles, in ways of its own
            complaints.append(f"the page engine gave up: {type(error).__name__}: {error}")
            pdf, pages, slots = b"", (), ()
        # Where no page could be drawn, nothing was lost on it.
        if pdf:
            complaints += (f"text is lost: “{text}”" for text in lost_text(html.etree_element, pages))
            complaints += (f"note {note} is not on a page that calls it" for note in strayed_notes(pages))
        flaws = tuple(setting.flaws(pages)) if pdf else ()
    complained = tuple(dict.fromkeys(complaints))
    return Pressed(pdf=pdf, pages=len(pages), complaints=complained, flaws=flaws, slots=slots)


def load() -> None:
    """Import the engine, which takes half a second.

    Raises:
        UsageError: the system libraries the engine needs are not there.
    """
    with _without_system_fonts(0):
        _engine()


def _set(
    weasyprint: Any, html: Any, sheet: Sheet, complaints: list[str]
) -> tuple[bytes, tuple[Any, ...], tuple[Slot, ...]]:
    configuration = weasyprint.text.fonts.FontConfiguration()
    document = html.render(
        font_config=configuration, pdf_variant=_VARIANT, stylesheets=[weasyprint.CSS(string=_ARCHIVAL)]
    )
    if not _has_faces(configuration):
        # To draw text without any face would bring the whole process down.
        complaints.append("the sheet brings no face that can be loaded")
        return b"", tuple(document.pages), ()
    slots: list[Slot] = []

    def finish(document: Any, pdf: Any) -> None:
        from nkru_brief.attached import attach
        from nkru_brief.tags import slots as room
        from nkru_brief.tags.audit import audit
        from nkru_brief.xmp import Own, replace_metadata

        _rekey_fonts(pdf)
        attach(pdf, sheet.attachments, sheet.created)
        replace_metadata(pdf, document.metadata, Own(sheet.fingerprint, sheet.marking, sheet.embargo))
        complaints.extend(audit(pdf, html.etree_element, pdf.nkru_brief_texts))
        slots.extend(room.take(pdf.nkru_brief_slots, pdf.nkru_brief_streams))

    # It does not close its own file of colours.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        pdf = document.write_pdf(pdf_variant=_VARIANT, finisher=finish)
    return pdf, tuple(document.pages), tuple(slots)


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import weasyprint
            import weasyprint.text.fonts
    except OSError as error:
        raise UsageError(
            f"the page engine cannot load a system library ({error}); on Debian or Ubuntu: "
            "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        ) from None
    from nkru_brief.tags import retag

    repairs.repair()
    retag.install()
    return weasyprint


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
