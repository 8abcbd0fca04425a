"""Pictures of pages, compared with stored ones: what of a page is drawn otherwise, and where on the paper.

A picture is small and of few colours, so that all of them together take little room. Edges of letters fall a little
otherwise on another machine: so a dot differs only where no dot beside it has its colour, and enough such dots have to
lie together to be seen. A hairline of pale grey, a quarter of a dot wide, is no more than nothing here.
"""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

DPI = 40
# Steps of each colour of a stored picture, from none to full.
STEPS = 7
MM = 25.4 / DPI
# A dot differs where one of its colours is so far, of 255, from every colour within one dot of its place; storing moves
# it by 18 at most.
FAR = 36
# So many dots of a block of 8 by 8 (5 mm), or in all on a page, are a difference: less nobody sees.
BLOCK, IN_A_BLOCK, IN_ALL = 8, 3, 12


class Difference(NamedTuple):
    """Where a page is not as it was: the share of its dots, and the region in mm from its top left corner."""

    share: float
    left: float
    top: float
    right: float
    bottom: float

    def __str__(self) -> str:
        region = f"{self.left:.0f}–{self.right:.0f} mm from the left, {self.top:.0f}–{self.bottom:.0f} mm from the top"
        return f"{self.share:.2%} of it, {region}"


def packed(page: Image.Image) -> bytes:
    """Return a page as a small PNG of few colours: the same page is the same bytes."""
    few = page.point([round(round(value * STEPS / 255) * 255 / STEPS) for value in range(256)] * 3)
    colours = sorted(colour for _, colour in few.getcolors(few.width * few.height))
    if len(colours) <= 256:
        places = {colour: place for place, colour in enumerate(colours)}
        pixels = bytes(places[colour] for colour in zip(*(band.tobytes() for band in few.split()), strict=True))
        few = Image.frombytes("P", few.size, pixels)
        few.putpalette([part for colour in colours for part in colour])
    buffer = BytesIO()
    few.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def unpacked(data: bytes) -> Image.Image:
    """Return a stored page in full colours."""
    with Image.open(BytesIO(data)) as picture:
        return picture.convert("RGB")


def _beyond(one: Image.Image, other: Image.Image) -> Image.Image:
    """Return how far each dot of a page is from the colours that another has within one dot of it."""
    brighter = ImageChops.subtract(one, other.filter(ImageFilter.MaxFilter(3)))
    darker = ImageChops.subtract(other.filter(ImageFilter.MinFilter(3)), one)
    far = ImageChops.lighter(brighter, darker)
    red, green, blue = far.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def changed(expected: Image.Image, got: Image.Image) -> Image.Image:
    """Return the dots that differ between two pages of one size, white on black."""
    # A thin line between two dots is as much ink as one on a dot.
    expected, got = (each.filter(ImageFilter.BoxBlur(1)) for each in (expected, got))
    far = ImageChops.lighter(_beyond(got, expected), _beyond(expected, got))
    return far.point(lambda value: 255 if value > FAR else 0)


def difference(expected: Image.Image, got: Image.Image) -> Difference | None:
    """Return how a page differs from what is expected, or None where nobody would see it."""
    if expected.size != got.size:
        width, height = got.size
        return Difference(1.0, 0.0, 0.0, width * MM, height * MM)
    dots = changed(expected, got)
    width, height = dots.size
    number = dots.histogram()[255]
    # The mean of a block, as a picture of blocks.
    blocks = dots.resize((-(-width // BLOCK), -(-height // BLOCK)), Image.Resampling.BOX)
    most = blocks.getextrema()[1]
    box = dots.getbbox()
    if box is None or (number < IN_ALL and most < 255 * IN_A_BLOCK / BLOCK**2):
        return None
    left, top, right, bottom = (edge * MM for edge in box)
    return Difference(number / (width * height), left, top, right, bottom)


def beside(expected: Image.Image | None, got: Image.Image | None, name: str) -> Image.Image:
    """Return a picture to look at: what was expected, what came, and what came with the difference in red."""
    size = (got or expected or Image.new("RGB", (1, 1))).size
    blank = Image.new("RGB", size, (235, 235, 235))
    marked = (got or blank).copy()
    if expected and got and expected.size == got.size:
        # Spread, so that a single dot is found, on a page that is pale under it.
        where = changed(expected, got).filter(ImageFilter.MaxFilter(5))
        marked = Image.blend(marked, Image.new("RGB", size, (255, 255, 255)), 0.5)
        marked.paste((220, 0, 0), mask=where)
    head, gap, scale = 34, 12, 2
    width, height = size[0] * scale, size[1] * scale
    sheet = Image.new("RGB", (3 * width + 4 * gap, height + head + gap), (112, 116, 120))
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(16)
    for place, (title, picture) in enumerate((("expected", expected), ("got", got), ("difference", marked))):
        left = gap + place * (width + gap)
        draw.text((left, 8), f"{name}: {title}", fill=(255, 255, 255), font=font)
        sheet.paste((picture or blank).resize((width, height)), (left, head))
    return sheet


class Pictures(NamedTuple):
    """The stored pictures of an edition's pages: `FOLDER/EDITION-PAGE.png`."""

    folder: Path
    edition: str

    def path(self, page: int) -> Path:
        return self.folder / f"{self.edition}-{page}.png"

    def stored(self) -> list[Path]:
        return sorted(self.folder.glob(f"{self.edition}-[0-9]*.png"))

    def update(self, pages: list[Image.Image]) -> None:
        """Store pages in the place of those that are there; one that nobody could tell from its picture stays."""
        for number, page in enumerate(pages, 1):
            path = self.path(number)
            if not path.exists() or difference(unpacked(path.read_bytes()), page):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(packed(page))
        for path in set(self.stored()) - {self.path(number) for number in range(1, len(pages) + 1)}:
            path.unlink()

    def differences(self, pages: list[Image.Image], out: Path) -> list[str]:
        """Return a line for each page that is not as stored, with a picture of both in a folder."""
        told = []
        for number in range(1, max(len(pages), len(self.stored())) + 1):
            path = self.path(number)
            expected = unpacked(path.read_bytes()) if path.exists() else None
            got = pages[number - 1] if number <= len(pages) else None
            if expected and got:
                found = difference(expected, got)
                what = f"is not as expected: {found}" if found else ""
            else:
                what = "is new" if got else "is not there any more"
            if what:
                name = f"{self.edition}, page {number}"
                out.mkdir(parents=True, exist_ok=True)
                target = out / path.name
                beside(expected, got, name).save(target)
                told.append(f"{name} {what}; see {target}")
        return told
