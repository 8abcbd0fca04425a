"""Pictures of content: what is taken, how large it is, and how it stands in a section, a page and a PDF."""

from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from nkru_brief import pdfreader, pictures
from nkru_brief.brief import Picture
from nkru_brief.build import build, check_project
from nkru_brief.check.images import logo_width, printed_width
from nkru_brief.model import NOWHERE
from nkru_brief.project import open_project
from nkru_brief.report import Request
from nkru_brief.theme import load_theme
from nkru_brief.values import replace

ROOT = Path(__file__).parents[1]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}><path d="M0 0H9"/></svg>'
SECTION = Path("content/sections/summary.standard.md")


def raster(kind: str, mode: str = "RGB", size: tuple[int, int] = (900, 300)) -> bytes:
    buffer = BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


def taken(data: bytes | str, name: str) -> Picture:
    picture, faults = pictures.look(data if isinstance(data, bytes) else data.encode(), name)
    assert faults == ()
    assert picture is not None
    return picture


def codes(data: bytes | str, name: str) -> list[str]:
    picture, faults = pictures.look(data if isinstance(data, bytes) else data.encode(), name)
    assert (picture is None) == bool(faults)
    return [fault.code for fault in faults]


@pytest.mark.parametrize(
    ("name", "data", "uri"),
    [
        ("a.png", raster("PNG"), "data:image/png;base64,iVBOR"),
        ("a.PNG", raster("PNG", "P"), "data:image/png;base64,iVBOR"),
        ("a.jpg", raster("JPEG"), "data:image/jpeg;base64,/9j/"),
        ("a.jpeg", raster("JPEG", "L"), "data:image/jpeg;base64,/9j/"),
        ("a.svg", SVG.format('viewBox="0 0 30 10"'), "data:image/svg+xml;base64,PHN2"),
    ],
)
def test_pngs_jpegs_and_drawings_are_taken(name: str, data: bytes | str, uri: str) -> None:
    picture = taken(data, name)
    assert picture.uri.startswith(uri)
    assert picture.width == 3 * picture.height


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ('viewBox="0 0 30 10"', (30, 10)),
        ('viewBox="-5,-5,30,10" width="900"', (30, 10)),
        ('width="72pt" height="1in"', (96, 96)),
        ('width="25.4mm" height="2.54cm"', (96, 96)),
    ],
)
def test_the_size_of_a_drawing(written: str, size: tuple[float, float]) -> None:
    picture = taken(SVG.format(written), "a.svg")
    assert (picture.width, picture.height) == pytest.approx(size)


@pytest.mark.parametrize("written", ["", 'viewBox="0 0 0 0"', 'viewBox="a b c d"', 'width="50%" height="50%"'])
def test_a_drawing_without_a_size_is_refused(written: str) -> None:
    assert codes(SVG.format(written), "a.svg") == ["E211"]


def test_what_moves_is_refused() -> None:
    buffer = BytesIO()
    frames = [Image.new("L", (8, 8), shade) for shade in (0, 255)]
    frames[0].save(buffer, "PNG", save_all=True, append_images=frames[1:])
    assert codes(buffer.getvalue(), "a.png") == ["E211"]
    assert codes(SVG.format('viewBox="0 0 9 9"').replace("<path", "<animate/><path"), "a.svg") == ["E212"]


@given(st.binary(max_size=200), st.sampled_from(sorted(pictures.KINDS)))
def test_no_bytes_are_a_traceback(data: bytes, ending: str) -> None:
    assert codes(data, f"a{ending}") == ["E211"]


@settings(deadline=None)
@given(st.integers(0, 2000), st.binary(max_size=3))
def test_no_damage_to_a_picture_is_a_traceback(at: int, damage: bytes) -> None:
    for kind, name in (("PNG", "a.png"), ("JPEG", "a.jpg")):
        data = raster(kind, size=(40, 40))
        at %= len(data)
        assert codes(data[:at] + damage + data[at + len(damage) :], name) in ([], ["E211"])


def test_a_picture_is_as_wide_as_the_column_or_as_its_height_lets_it_be() -> None:
    tokens = {"margin_outer": "20", "side": "40", "gap": "5", "margin_right": "25", "picture_height": "110"}
    tokens = load_theme(ROOT, "base", NOWHERE).tokens | tokens
    brief = open_project(ROOT).briefs["public"]
    wide, tall = taken(raster("PNG"), "a.png"), taken(raster("PNG", size=(300, 600)), "a.png")
    assert printed_width(wide, brief, tokens) == 120
    assert printed_width(wide, replace(brief, paper="Letter"), tokens) == pytest.approx(125.9)
    assert printed_width(tall, brief, tokens) == 55
    assert printed_width(tall, brief, tokens | {"side": "auto"}) == 0


@pytest.fixture
def illustrated(ferry: Path) -> Path:
    """The small project in the base theme, with a raster and a drawing in its summary."""
    for file in (ferry / "templates" / "plain").rglob("*.*"):
        if file.name != "theme.yaml":
            file.unlink()
    (ferry / "content" / "images").mkdir()
    (ferry / "content" / "images" / "quay.png").write_bytes(raster("PNG"))
    (ferry / "content" / "images" / "chart.svg").write_text(SVG.format('viewBox="0 0 30 10"'), "utf-8")
    with SECTION.open("a", encoding="utf-8") as file:
        file.write('\n![The quay](images/quay.png "It crosses four times a day [@c02].")\n')
        file.write("\n![The course of the ferry](images/chart.svg)\n")
    return ferry


def test_an_image_becomes_a_figure_with_its_caption_and_note(illustrated: Path) -> None:
    assert check_project(illustrated) == ()
    brief = open_project(illustrated).briefs["short"]
    figures = [block for block in brief.parts[0].blocks if block.kind == "figure"]
    assert [(block.alt, block.text) for block in figures] == [
        ("The quay", "It crosses four times a day."),
        ("The course of the ferry", ""),
    ]
    assert [len(block.notes) for block in figures] == [1, 0]


def test_a_caption_that_states_a_fact_cites_a_claim(illustrated: Path) -> None:
    SECTION.write_text(SECTION.read_text("utf-8").replace('four times a day [@c02]."', 'four times a day."'), "utf-8")
    assert [(fault.code, fault.place.line) for fault in check_project(illustrated)] == [("E601", 6)]


def test_pictures_travel_inside_page_and_pdf(illustrated: Path) -> None:
    report = build(illustrated, illustrated / "build", Request(jobs=1))
    assert report.diagnostics == ()
    html = (illustrated / "build/short/short.html").read_text("utf-8")
    assert 'alt="The quay"' in html
    assert html.count('<img src="data:image/') == 2
    assert "picture:" not in html
    with pikepdf.open(illustrated / "build/short/short.pdf") as pdf:
        (image,) = (o for o in pdf.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Image")
        # PDF/A forbids it (ISO 19005-3, 6.2.8).
        assert "/Interpolate" not in image or not image.Interpolate
        assert (image.Width, image.Height) == (900, 300)


class TestLogo:
    """A logo stands in the title block, in words too, as large as the theme lets it be."""

    def put(self, root: Path, name: str, data: bytes, where: str = "content/editions/short.yaml") -> None:
        (root / "content/images").mkdir(exist_ok=True)
        (root / "content/images" / name).write_bytes(data)
        with (root / where).open("a", encoding="utf-8") as file:
            file.write(f"logo:\n  image: images/{name}\n  alt: The arms of the harbour\n")

    @pytest.fixture
    def harbour(self, ferry: Path) -> Path:
        """The small project in the base theme."""
        edition = ferry / "content/editions/short.yaml"
        edition.write_text(edition.read_text("utf-8").replace("theme: plain", "theme: base"), "utf-8")
        return ferry

    @pytest.mark.parametrize("where", ["content/editions/short.yaml", "content/brief.yaml"])
    @pytest.mark.parametrize("name", ["arms.png", "arms.svg"])
    def test_it_is_seen_and_heard_in_page_and_pdf(self, harbour: Path, where: str, name: str) -> None:
        data = raster("PNG") if name == "arms.png" else SVG.format('viewBox="0 0 30 10"').encode()
        self.put(harbour, name, data, where)
        report = build(harbour, harbour / "out", Request())
        assert (report.failed, report.diagnostics) == (False, ())
        page = (harbour / "out/short/short.html").read_text("utf-8")
        header = page[page.index('<header class="title">') : page.index("</header>")]
        assert 'alt="The arms of the harbour"' in header
        assert "data:image/" in header
        read = pdfreader.read((harbour / "out/short/short.pdf").read_bytes())
        assert "The arms of the harbour" in read.finished.pictures

    def test_an_editions_own_takes_the_place_of_the_briefings(self, harbour: Path) -> None:
        self.put(harbour, "arms.png", raster("PNG"), "content/brief.yaml")
        self.put(harbour, "other.png", raster("PNG", size=(600, 600)))
        brief = open_project(harbour).briefs["short"]
        assert brief.logo is not None
        assert brief.logo.picture.file == "content/images/other.png"

    def test_it_says_nothing_and_so_moves_no_fingerprint(self, harbour: Path) -> None:
        before = open_project(harbour).briefs["short"].fingerprint
        self.put(harbour, "arms.png", raster("PNG"))
        assert open_project(harbour).briefs["short"].fingerprint == before

    def test_it_is_as_large_as_the_theme_lets_it_be(self) -> None:
        tokens = {"logo_width": "44", "logo_height": "13"}
        assert logo_width(taken(raster("PNG", size=(900, 100)), "a.png"), tokens) == 44
        assert logo_width(taken(raster("PNG", size=(100, 100)), "a.png"), tokens) == 13
        assert logo_width(taken(raster("PNG", size=(100, 100)), "a.png"), tokens | {"logo_height": "x"}) == 0

    def test_one_with_too_few_dots_is_refused(self, harbour: Path) -> None:
        self.put(harbour, "arms.png", raster("PNG", size=(60, 30)))
        (fault,) = check_project(harbour)
        assert (fault.code, fault.place.file, fault.place.line) == ("E213", "content/editions/short.yaml", 14)

    def test_one_that_could_fetch_is_refused(self, harbour: Path) -> None:
        self.put(harbour, "arms.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><image/></svg>')
        assert [fault.code for fault in check_project(harbour)] == ["E212"]
