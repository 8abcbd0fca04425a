"""The door to Pillow: files of `content/images/` become pictures a sheet can carry, or faults.

A picture is a PNG, a JPEG or an SVG that looks the same on every machine and asks for nothing outside itself.
What an SVG may hold is listed: a drawing needs little, and what is not listed may run, move, fetch or never end.
"""

import re
import warnings
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from xml.parsers import expat

from nkru_brief.brief import Picture
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.digest import sha256

FOLDER = "content/images"
KINDS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".svg": "svg+xml"}
# A page carries its pictures in itself, a third larger than they are.
MAX_BYTES = 10_000_000
MAX_LOGO_BYTES = 100_000
MAX_PIXELS = 50_000_000

# Of contact sheets: pages beside each other, what is between and what is written below them in pixels.
_ACROSS = 4
_GAP = 14
_CAPTION = 20
_GROUND = (72, 76, 80)
_PAPER = (255, 255, 255)

_SVG = "http://www.w3.org/2000/svg"
_XHTML = "http://www.w3.org/1999/xhtml"
_DRAWING = frozenset(
    {"svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "path", "rect", "circle", "ellipse", "line"}
    | {"polyline", "polygon", "linearGradient", "radialGradient", "stop", "clipPath", "style"}
)
_WHY = {
    "script": "scripts do not run in a paper",
    "image": "a picture inside a drawing is not read out; put it into the section beside it",
    "text": "its letters would be set in whatever face a machine has; turn them into paths",
    "foreignObject": "a drawing holds no HTML",
    "a": "a link inside a picture cannot be followed; put it into the text",
}
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+)(px|pt|mm|cm|in)?\s*")
_PIXELS = {"px": 1.0, "pt": 4 / 3, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}


class _Refused(Exception):  # noqa: N818 - not an error of ours
    """A picture that cannot be taken: code, message, hint, and where in the file."""

    def __init__(self, code: str, message: str, hint: str, line: int = 1, column: int = 1) -> None:
        super().__init__(code, message, hint, line, column)
        self.code, self.message, self.hint, self.line, self.column = code, message, hint, line, column


def load() -> None:
    """Import the library, with what it writes PNG with."""
    from PIL import PngImagePlugin  # noqa: F401


def look(data: bytes, file: str) -> tuple[Picture | None, tuple[Diagnostic, ...]]:
    """Return a file of `content/images/` as a picture, or None with what is wrong with it."""
    try:
        return _look(data, file), ()
    except _Refused as refused:
        place = Place(file=file, line=refused.line, column=refused.column)
        return None, (Diagnostic(code=refused.code, place=place, message=refused.message, hint=refused.hint),)


def _look(data: bytes, file: str) -> Picture:
    kind = KINDS.get(file[file.rfind(".") :].lower())
    if kind is None:
        raise _Refused("E211", "not a picture that a paper takes", f"use one of: {', '.join(KINDS)}")
    if len(data) > MAX_BYTES:
        raise _Refused("E211", f"the picture has more than {MAX_BYTES:,} bytes", "make it smaller")
    width, height = _drawing(data) if kind == "svg+xml" else _raster(data, kind)
    return Picture(file=file, kind=kind, digest=sha256(data), data=data, width=width, height=height)


def _raster(data: bytes, kind: str) -> tuple[float, float]:
    """Return width and height in pixels of a PNG or JPEG that can be decoded to its end."""
    from PIL import Image, ImageFile

    # The page engine, once imported, has Pillow fill cut-off files up with grey.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as image:
                _check_raster(image, kind)
                image.load()
                return float(image.width), float(image.height)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise _Refused("E211", f"cannot be read as {kind.upper()}", "export it anew") from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _check_raster(image: Any, kind: str) -> None:  # noqa: ANN401 - Pillow is imported where it is used
    if image.format != kind.upper():
        message = f"the file is called {kind.upper()}, and holds {image.format}"
        raise _Refused("E211", message, "give it the ending of what it is, or export it anew")
    if image.mode == "CMYK":
        message = "a JPEG in CMYK, which PDF/A takes only with a profile for one press"
        raise _Refused("E211", message, "export it in RGB or grey")
    if getattr(image, "is_animated", False):
        raise _Refused("E211", "the picture moves", "export one of its frames")
    if image.width * image.height > MAX_PIXELS:
        raise _Refused("E211", f"the picture has more than {MAX_PIXELS:,} pixels", "make it smaller")


# ---- SVG ----


def _drawing(data: bytes) -> tuple[float, float]:
    """Return width and height of an SVG, in CSS px, whatever its unit."""
    reader = _DrawingReader()
    try:
        reader.parser.Parse(data, True)  # noqa: FBT003 - expat names no argument
    except expat.ExpatError as error:
        message = f"not SVG: {expat.ErrorString(error.code)}"
        raise _Refused("E211", message, "export it anew", error.lineno, error.offset + 1) from None
    reader.check_uses()
    return reader.size


class _DrawingReader:
    """Reads an SVG once and refuses what is not on the list, with its line and column."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = lambda target, _data: self._refuse(f"an instruction <?{target}?>")
        self.size = (0.0, 0.0)
        self._open: list[tuple[str, str]] = []
        # Ids of elements that hold a <use>, and what each <use> draws with its place.
        self._holding: set[str] = set()
        self._used: list[tuple[str, int, int]] = []

    def _refuse(self, what: str, why: str = "draw it without") -> None:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        raise _Refused("E212", f"the drawing holds {what}", why, line, column)

    def _doctype(self, *_declared: object) -> None:
        self._refuse("a document type, which may hold entities", "take the line <!DOCTYPE ...> out")

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        space, _, tag = qualified.rpartition(" ")
        if not self._open:
            if (space, tag) != (_SVG, "svg"):
                raise _Refused("E211", f"not SVG: the first element is {tag!r}", f'begin with <svg xmlns="{_SVG}">')
            self.size = _size(attributes)
        if (space == _SVG and tag not in _DRAWING) or space == _XHTML:
            self._refuse(f"<{tag}>", _WHY.get(tag, "draw it with paths and shapes"))
        for name, value in attributes.items():
            self._check_attribute(name.rpartition(" ")[2], value)
        self._open.append((tag if space == _SVG else "", attributes.get("id", "")))
        if self._open[-1][0] == "use":
            self._note_use(attributes)

    def _check_attribute(self, name: str, value: str) -> None:
        if name.lower().startswith("on"):
            self._refuse(f"the attribute {name!r}", _WHY["script"])
        if name in ("href", "src") and not value.strip().startswith("#"):
            self._refuse(f"a reference to {value[:60]!r}", "a paper asks for nothing outside itself")
        if name not in ("id", "class") and _OUTSIDE.search(value) and "url(" in value.lower():
            self._refuse(f"a reference to {value[:60]!r}", "a paper asks for nothing outside itself")

    def _text(self, text: str) -> None:
        if self._open and self._open[-1][0] == "style" and _OUTSIDE.search(text):
            self._refuse("styles that import, move or fetch", "write plain rules, without @ and url()")

    def _end(self, _qualified: str) -> None:
        self._open.pop()

    def _note_use(self, attributes: dict[str, str]) -> None:
        self._holding.update(name for _, name in self._open if name)
        target = attributes.get("href") or attributes.get("http://www.w3.org/1999/xlink href") or ""
        here = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self._used.append((target.strip().removeprefix("#"), *here))

    def check_uses(self) -> None:
        """Refuse a <use> of what holds another: ten such lines can ask for more shapes than a machine draws."""
        for target, line, column in self._used:
            if target in self._holding:
                message = f"the drawing uses {target!r}, which uses another"
                raise _Refused("E212", message, "draw one of them out", line, column)


def _size(attributes: dict[str, str]) -> tuple[float, float]:
    """Return width and height in px: of the view box where there is one, else of the element (SVG 2, 8.2)."""
    numbers = list(_numbers(attributes.get("viewBox", "")))
    size = numbers[2:] if len(numbers) == 4 else [_pixels(attributes.get(name, "")) for name in ("width", "height")]
    if len(size) != 2 or min(size) <= 0:
        raise _Refused("E211", "the drawing does not say how large it is", 'give <svg> a viewBox="0 0 WIDTH HEIGHT"')
    return size[0], size[1]


def _numbers(text: str) -> Iterator[float]:
    for part in re.split(r"[\s,]+", text.strip()):
        try:
            yield float(part)
        except ValueError:
            return


def _pixels(length: str) -> float:
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _PIXELS[match[2] or "px"] if match else 0.0


def side_by_side(pages: Sequence[Any], captions: Sequence[str] = ()) -> bytes:
    """Return pictures of pages (of Pillow) beside and below each other on a grey ground, as PNG.

    Args:
        pages: the pictures.
        captions: what is written under each, where there is anything to write.
    """
    from PIL import Image, ImageDraw, ImageFont

    across = min(_ACROSS, len(pages))
    down = -(-len(pages) // across)
    below = _CAPTION if captions else 0
    width, height = max(page.width for page in pages), max(page.height for page in pages) + below
    sheet = Image.new("RGB", (across * (width + _GAP) + _GAP, down * (height + _GAP) + _GAP), _GROUND)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_CAPTION - 8)
    for index, page in enumerate(pages):
        at = (_GAP + index % across * (width + _GAP), _GAP + index // across * (height + _GAP))
        sheet.paste(page, at)
        if captions:
            draw.text((at[0], at[1] + page.height + 2), captions[index], fill=_PAPER, font=font)
    buffer = BytesIO()
    sheet.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def in_grey(encoded: str) -> str:
    """Return a picture made of dots, in base64, as a grey PNG in base64; what is clear in it stays so."""
    from PIL import Image

    with Image.open(BytesIO(b64decode(encoded))) as picture:
        grey = picture.convert("LA" if "A" in picture.getbands() or "transparency" in picture.info else "L")
    buffer = BytesIO()
    grey.save(buffer, format="PNG")
    return b64encode(buffer.getvalue()).decode("ascii")
