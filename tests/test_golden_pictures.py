"""What every page of every shipped edition looks like; `pytest --update` stores it anew.

`pictures/EDITION-PAGE.png` is a page at 40 dots an inch, in few colours. Where one is not as stored, the test
names a picture of both, side by side, with the difference in red.
"""

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw

from goldenpictures import DPI, MM, Pictures, difference, packed, unpacked
from nkru_brief import pdfreader
from shipped import EDITIONS, Workshop, every_edition

FOLDER = Path(__file__).parent / "pictures"
MOST_BYTES = 500_000


def drawn(pdf: Path) -> list[Image.Image]:
    return [page.convert("RGB") for page in pdfreader.pictures(pdf.read_bytes(), DPI)]


@every_edition
def test_pages_look_as_they_did(workshop: Workshop, edition: str, pytestconfig: pytest.Config, *, update: bool) -> None:
    pages, pictures = drawn(workshop.pdf(edition)), Pictures(FOLDER, edition)
    if update:
        pictures.update(pages)
    assert pytestconfig.cache is not None
    # It stays until the next run, however many tests of others meanwhile make folders.
    told = pictures.differences(pages, pytestconfig.cache.mkdir("differing-pages"))
    assert not told, "\n".join(
        ["", *told, "", "Where it is meant to be so: pytest tests/test_golden_pictures.py --update"]
    )


def test_there_are_no_pictures_of_other_editions_and_they_are_small() -> None:
    paths = list(FOLDER.iterdir())
    assert {path.stem.rpartition("-")[0] for path in paths} == set(EDITIONS)
    assert sum(path.stat().st_size for path in paths) < MOST_BYTES


# ---- the judge is judged: what is to be seen and what is not ----


@pytest.fixture(scope="module")
def page() -> Image.Image:
    # One of plain text.
    return unpacked((FOLDER / "policymaker-2.png").read_bytes())


def ink(page: Image.Image) -> tuple[int, int, int, int]:
    """Return the box of what is printed on a page."""
    box = ImageChops.invert(page.convert("L")).point(lambda value: 255 if value > 60 else 0).getbbox()
    assert box is not None
    return box


def shifted(page: Image.Image, box: tuple[int, int, int, int], across: int, down: int) -> Image.Image:
    """Return a page with a part of it moved, and white where it was."""
    other = page.copy()
    other.paste((255, 255, 255), box)
    other.paste(page.crop(box), (box[0] + across, box[1] + down))
    return other


def line_of(page: Image.Image) -> tuple[int, int, int, int]:
    """Return the box of a line of text in the lower half of a page: rows with ink, from white to white."""
    grey = page.convert("L")
    left, _, right, _ = ink(page)
    inked = [grey.crop((left, y, right, y + 1)).getextrema()[0] < 200 for y in range(page.height)]
    top = next(y for y in range(page.height // 2, page.height) if inked[y] and not inked[y - 1])
    bottom = next(y for y in range(top, page.height) if not inked[y])
    return left, top, right, bottom


class TestTheJudge:
    """A change that a reader would see is seen; one of the machine's is not."""

    def test_the_same_page_is_the_same(self, page: Image.Image) -> None:
        assert difference(page, page) is None
        assert difference(page, unpacked(packed(page))) is None
        assert packed(page) == packed(page)

    def test_a_lost_line_is_seen_where_it_was(self, page: Image.Image) -> None:
        box = line_of(page)
        other = page.copy()
        other.paste((255, 255, 255), box)
        found = difference(page, other)
        assert found is not None
        assert box[1] * MM - 1 <= found.top <= found.bottom <= box[3] * MM + 1
        # Nor is one unseen that was not there before.
        assert difference(other, page) is not None

    def test_a_title_moved_by_two_millimetres_is_seen(self, page: Image.Image) -> None:
        left, top, right, _ = ink(page)
        title = (left, top + 20, right, top + 70)
        assert difference(page, shifted(page, title, 0, 4)) is not None
        assert difference(page, shifted(page, title, 4, 0)) is not None

    def test_another_colour_is_seen(self) -> None:
        # A page that begins with a rule of ink.
        page = unpacked((FOLDER / "press-1.png").read_bytes())
        other = page.copy()
        left, top, right, _ = ink(page)
        band = other.crop((left, top, right, top + 6))
        other.paste(ImageChops.lighter(band, Image.new("RGB", band.size, (120, 20, 40))), (left, top))
        found = difference(page, other)
        assert found is not None
        assert found.top == pytest.approx(top * MM, abs=1)

    def test_a_page_of_another_size_is_seen(self, page: Image.Image) -> None:
        found = difference(page, page.resize((page.width, page.height + 1)))
        assert found is not None
        assert found.share == 1

    def test_edges_that_fall_otherwise_are_not_seen(self, page: Image.Image) -> None:
        assert difference(page, ImageChops.offset(page, 1, 0)) is None
        assert difference(page, ImageChops.offset(page, 0, 1)) is None
        # Half a dot, as another rasteriser draws it.
        wide, high = page.size
        half = page.resize((wide * 2, high * 2), Image.Resampling.BICUBIC)
        half = ImageChops.offset(half, 1, 1).resize((wide, high), Image.Resampling.BOX)
        assert difference(page, half) is None

    def test_a_speck_is_not_seen_and_a_spot_is(self, page: Image.Image) -> None:
        for size, seen in ((1, False), (4, True)):
            other = page.copy()
            x, y = page.width - 12, page.height // 2
            ImageDraw.Draw(other).rectangle((x, y, x + size - 1, y + size - 1), fill=(0, 0, 0))
            assert bool(difference(page, other)) == seen

    def test_what_differs_is_told_with_a_picture(self, page: Image.Image, tmp_path: Path) -> None:
        pictures = Pictures(tmp_path / "stored", "press")
        pictures.update([page, page])
        other = page.copy()
        other.paste((255, 255, 255), line_of(page))
        told = pictures.differences([page, other, page], tmp_path / "out")
        assert [line.partition(";")[0].partition(":")[0] for line in told] == [
            "press, page 2 is not as expected",
            "press, page 3 is new",
        ]
        assert "mm from the top" in told[0]
        with Image.open(tmp_path / "out/press-2.png") as shown:
            assert shown.width > 3 * page.width
        assert pictures.differences([page], tmp_path / "out")[0].startswith("press, page 2 is not there any more")

    def test_an_update_leaves_what_nobody_could_tell(self, page: Image.Image, tmp_path: Path) -> None:
        pictures = Pictures(tmp_path, "press")
        pictures.update([page, page])
        before = pictures.path(1).read_bytes()
        pictures.update([ImageChops.offset(page, 1, 0)])
        assert [path.name for path in pictures.stored()] == ["press-1.png"]
        assert pictures.path(1).read_bytes() == before
