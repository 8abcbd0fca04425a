"""Sheets for a print shop: folded and cut, they are the paper again; they claim nothing they do not keep."""

from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from nkru_brief.cli import main
from nkru_brief.impose import impose
from nkru_brief.imposition import MM, Plan, Wish, booklet_order, plan
from shipped import ROOT, Workshop

A4, A5 = (210 * MM, 297 * MM), (148 * MM, 210 * MM)


def numbered(path: Path, pages: int, size: tuple[float, float] = A5) -> Path:
    """Write a PDF whose pages say their numbers in their middle."""
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        for number in range(1, pages + 1):
            text = f"BT /F 20 Tf {size[0] / 2:.2f} {size[1] / 2:.2f} Td (p{number}.) Tj ET".encode()
            page = pdf.add_blank_page(page_size=size)
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            page.Contents = pdf.make_stream(text)
        pdf.save(path, deterministic_id=True)
    return path


def seen(path: Path) -> list[list[tuple[float, float, int]]]:
    """Return where on each side which page stands: x, y and the number it says."""
    sides = []
    document = pypdfium2.PdfDocument(path)
    for page in document:
        text = page.get_textpage()
        found = []
        for index in range(text.count_rects()):
            left, bottom, _, _ = text.get_rect(index)
            said = text.get_text_bounded(*text.get_rect(index)).strip()
            found.append((left, bottom, int(said.strip("p."))))
        sides.append(found)
    document.close()
    return sides


def folded(path: Path) -> list[int | None]:
    """Return the pages of a booklet in the order in which its reader turns them, empty ones as None."""
    with pikepdf.open(path) as pdf:
        middle = float(pdf.pages[0].mediabox[2]) / 2
    leaves: list[list[int | None]] = []
    for side in seen(path):
        left = next((number for x, _, number in side if x < middle), None)
        right = next((number for x, _, number in side if x >= middle), None)
        leaves.append([left, right])
    # Sheets lie in one another: the right halves of fronts and the left halves of backs are turned first.
    first = [half for front, back in zip(leaves[::2], leaves[1::2], strict=True) for half in (front[1], back[0])]
    last = [half for front, back in zip(leaves[::2], leaves[1::2], strict=True) for half in (front[0], back[1])]
    return [*first, *last[::-1]]


@pytest.mark.parametrize("pages", range(1, 21))
def test_a_folded_booklet_reads_in_order(pages: int, tmp_path: Path) -> None:
    source = numbered(tmp_path / "paper.pdf", pages)
    made = impose(str(source), Wish(way="booklet"), None, None, cover=False)
    order = folded(made.path)
    assert len(order) % 4 == 0
    assert [page for page in order if page is not None] == list(range(1, pages + 1))
    assert order[0] == 1
    if pages > 1:
        # Empty pages are inside: the back is never empty.
        assert order[-1] == pages
        assert order[pages - 1 : -1] == [None] * (len(order) - pages)
    assert made.plan.blanks == len(order) - pages
    assert made.plan.sheets == len(order) // 4


@pytest.mark.parametrize(("size", "paper"), [(A4, "A3"), (A5, "A4")])
def test_two_pages_stand_on_the_next_larger_sheet_unscaled(
    size: tuple[float, float], paper: str, tmp_path: Path
) -> None:
    made = impose(str(numbered(tmp_path / "paper.pdf", 4, size)), Wish(way="booklet"), None, None)
    assert (made.plan.paper, made.plan.scale) == (paper, 1.0)
    wide, high = made.plan.size
    assert wide > high


@pytest.mark.parametrize(("way", "cells"), [("2-up", 2), ("4-up", 4)])
def test_pages_follow_one_another_in_rows(way: str, cells: int, tmp_path: Path) -> None:
    made = impose(str(numbered(tmp_path / "paper.pdf", 7)), Wish(way=way), None, None, cover=False)  # type: ignore[arg-type]
    sides = [[n for _, _, n in sorted(side, key=lambda at: (-round(at[1]), at[0]))] for side in seen(made.path)]
    assert sides == [list(range(n, min(n + cells, 8))) for n in range(1, 8, cells)]


class TestGeometry:
    def places(self, found: Plan) -> list[list[float]]:
        return [[round(placed.x, 2) for placed in side.pages] for side in found.sides]

    def test_creep_moves_inner_pages_to_the_fold(self) -> None:
        without, creeping = (plan(Wish(way="booklet", creep=creep), 12, A5) for creep in (0.0, 3.0))
        moved = [
            [round((b - a) / MM, 2) for a, b in zip(one, other, strict=True)]
            for one, other in zip(self.places(without), self.places(creeping), strict=True)
        ]
        assert moved == [[0, 0], [0, 0], [1.5, -1.5], [1.5, -1.5], [3, -3], [3, -3]]

    def test_nothing_of_a_page_that_creeps_passes_the_fold(self) -> None:
        found = plan(Wish(way="booklet", creep=3.0, bleed=3.0), 12, A5)
        middle = found.size[0] / 2
        for side in found.sides:
            left, right = side.pages
            assert left.clip[0] + left.clip[2] == pytest.approx(middle, abs=0.01)
            assert right.clip[0] == pytest.approx(middle, abs=0.01)

    def test_marks_stand_off_the_pages_and_on_the_sheet(self) -> None:
        for way in ("booklet", "2-up", "4-up"):
            found = plan(Wish(way=way, marks=True, bleed=5.0), 4, A4)  # type: ignore[arg-type]
            for side in found.sides:
                assert side.cuts
                for x0, y0, x1, y1 in (*side.cuts, *side.folds):
                    assert -0.1 <= min(x0, x1) <= max(x0, x1) <= found.size[0] + 0.1
                    assert -0.1 <= min(y0, y1) <= max(y0, y1) <= found.size[1] + 0.1
                    for placed in side.pages:
                        left, bottom, width, height = placed.clip
                        inside = left + 0.01 < x0 < left + width - 0.01 and bottom + 0.01 < y0 < bottom + height - 0.01
                        assert not inside

    def test_a_booklet_is_not_cut_at_its_fold(self) -> None:
        for way, cut in (("booklet", False), ("2-up", True)):
            found = plan(Wish(way=way, marks=True), 4, A5)  # type: ignore[arg-type]
            across = {round(x0 - found.size[0] / 2, 2) for x0, _, x1, _ in found.sides[0].cuts if x0 == x1}
            assert (0.0 in across) is cut
            assert bool(found.sides[0].folds) is not cut

    def test_pages_that_are_cut_apart_keep_their_bleed(self) -> None:
        found = plan(Wish(way="2-up", bleed=3.0, paper="A3"), 2, A5)
        left, right = found.sides[0].pages
        assert right.x - (left.x + A5[0]) == pytest.approx(6 * MM, abs=0.01)

    def test_what_does_not_fit_is_set_smaller(self) -> None:
        assert plan(Wish(way="booklet", paper="A4"), 4, A4).scale == pytest.approx(0.707, abs=0.001)

    def test_a_book_of_one_page_has_its_page_in_front(self) -> None:
        assert booklet_order(1) == ((None, 0), (None, None))


def test_no_more_of_a_page_is_drawn_than_shows(tmp_path: Path) -> None:
    path = numbered(tmp_path / "paper.pdf", 12)
    made = impose(str(path), Wish(way="booklet", creep=3.0), None, None, cover=False)
    with pikepdf.open(made.path) as pdf:
        for page, side in zip(pdf.pages, made.plan.sides, strict=True):
            operators = [(str(each.operator), each.operands) for each in pikepdf.parse_content_stream(page)]
            names = [name for name, _ in operators]
            clips = [[float(each) for each in operands] for name, operands in operators if name == "re"]
            assert names == ["q", "re", "W", "n", "cm", "Do", "Q"] * len(side.pages)
            assert clips == [pytest.approx(placed.clip, abs=0.001) for placed in side.pages]


class TestTheFile:
    @pytest.fixture
    def path(self, workshop: Workshop, tmp_path: Path) -> Path:
        made = impose(
            str(workshop.pdf("press")), Wish(way="booklet", marks=True), None, tmp_path / "sheets.pdf", copies=250
        )
        return made.path

    def test_it_claims_nothing_and_says_so(self, path: Path) -> None:
        with pikepdf.open(path) as pdf:
            xmp = pdf.Root.Metadata.read_bytes().decode("utf-8")
            assert "/StructTreeRoot" not in pdf.Root
            assert "/MarkInfo" not in pdf.Root
            assert pdf.docinfo["/Title"] == "North Korea and Russia – Press edition, as a booklet"
        assert "pdfaid" not in xmp
        assert "pdfuaid" not in xmp
        assert "no claim to be PDF/UA or PDF/A" in xmp

    def test_it_keeps_the_fingerprint(self, path: Path, workshop: Workshop) -> None:
        fingerprint = workshop.project.briefs["press"].fingerprint
        with pikepdf.open(path) as pdf:
            assert f"<brief:fingerprint>{fingerprint}<" in pdf.Root.Metadata.read_bytes().decode("utf-8")

    def test_the_same_pages_give_the_same_bytes(self, path: Path, workshop: Workshop, tmp_path: Path) -> None:
        wish = Wish(way="booklet", marks=True)
        again = impose(str(workshop.pdf("press")), wish, None, tmp_path / "again.pdf", copies=250)
        assert again.path.read_bytes() == path.read_bytes()

    def test_a_sheet_with_counts_comes_first(self, path: Path, workshop: Workshop) -> None:
        document = pypdfium2.PdfDocument(path)
        cover, back = (document[number].get_textpage().get_text_range() for number in (0, 1))
        digits = workshop.project.briefs["press"].fingerprint
        assert f"edition {digits[:4]} {digits[4:8]} {digits[8:12]}" in cover
        assert "North Korea and Russia – Press edition" in cover
        assert "As a booklet: SRA3, 450 × 320 mm, 100%" in cover  # noqa: RUF001
        assert "Pages: 2, empty ones: 2. Sheets a copy: 1" in cover
        assert "Copies: 250. Sheets in all: 250, and this one" in cover
        assert back == ""
        document.close()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ko-KR",
            (
                "소책자: A4, 297 \N{MULTIPLICATION SIGN} 210 mm, 100%",
                "쪽: 3, 빈 쪽: 1. 한 부의 용지: 1장",
                "부수: 1200. 전체 용지: 1200장",
            ),
        ),
        ("ru", ("Брошюра: A4", "Страниц: 3, пустых: 1", "Экземпляров: 1200", "без отпечатка выпуска")),
        ("fr", ("As a booklet: A4", "Pages: 3, empty ones: 1", "Copies: 1200", "no fingerprint of an edition")),
    ],
)
def test_the_counts_are_in_the_papers_language(language: str, said: tuple[str, ...], tmp_path: Path) -> None:
    path = numbered(tmp_path / "paper.pdf", 3)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.Lang = language
        pdf.save(path)
    made = impose(str(path), Wish(way="booklet"), None, None, copies=1200)
    document = pypdfium2.PdfDocument(made.path)
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert [each for each in said if each not in text] == []


class TestTheCommand:
    def test_an_edition_is_imposed_by_its_name(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        out = tmp_path / "b.pdf"
        assert main(["-C", str(ROOT), "impose", "public", "--as", "booklet", "--copies", "3", "--out", str(out)]) == 0
        said = capsys.readouterr().out
        assert "2 pages and 2 empty ones on 1 sheet of A3 at 100%; 3 sheets for 3 copies" in said
        assert "it claims neither PDF/UA nor PDF/A" in said
        assert out.exists()

    def test_a_file_needs_no_project(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.chdir(tmp_path)
        numbered(tmp_path / "paper.pdf", 5)
        assert main(["impose", "paper.pdf", "--as", "4-up", "--no-cover"]) == 0
        assert (tmp_path / "paper-4-up.pdf").exists()
        assert main(["impose", "press", "--as", "4-up"]) == 2
        assert "here is no project" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("data", "said"), [(b"", "not a PDF"), (b"%PDF-1.7 broken", "not a PDF"), (None, "there is no such file")]
    )
    def test_what_is_no_pdf_is_refused(
        self,
        data: bytes | None,
        said: str,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(tmp_path)
        if data is not None:
            (tmp_path / "x.pdf").write_bytes(data)
        assert main(["impose", "x.pdf", "--as", "booklet"]) == 2
        assert said in capsys.readouterr().err
        assert not (tmp_path / "x-booklet.pdf").exists()

    def test_turned_pages_are_imposed_as_they_are_seen(self, tmp_path: Path) -> None:
        path = numbered(tmp_path / "paper.pdf", 2, A5[::-1])
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            for page in pdf.pages:
                page.Rotate = 90
            pdf.save(path)
        made = impose(str(path), Wish(way="2-up"), None, None, cover=False)
        assert made.plan.paper == "A4"
        (side,) = seen(made.path)
        assert sorted(number for *_, number in side) == [1, 2]


def test_a_file_that_is_cut_off_is_told_without_addresses(
    workshop: Workshop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cut.pdf").write_bytes(workshop.pdf("press").read_bytes()[:2000])
    assert main(["impose", str(tmp_path / "cut.pdf"), "--as", "2-up"]) == 2
    said = capsys.readouterr().err
    assert "not a PDF that can be read" in said
    assert "0x" not in said
