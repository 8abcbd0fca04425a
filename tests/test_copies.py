"""Copies for people: made by the command line, read back as anybody reads them, and held to what the edition claims."""

import re
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from conformance import faults_by_page
from nkru_brief import pdfreader, seal
from nkru_brief.cli import main
from nkru_brief.copies import JOURNAL, make_copies
from nkru_brief.shaping import MissingGlyphError, Shaper
from nkru_brief.stamping import Cuts, Style
from nkru_brief.theme import FaceUse, face
from nkru_brief.verification import verify_files

PEOPLE = {
    "Ann O’Hara": "Harbour",
    "김정은": "평양 도서관",
    "Иван Ильич": "Дума",
    "محمد علي 12": "شركة النور",
    "él̄ Zoë": "../x",
    "A name of sixty characters is as long as this one is here xyz": "An organisation that is as long as the name is",
    "Ann": "",
    "": "The Library",
}


@pytest.fixture
def project(ferry: Path) -> Path:
    """The ferry in the base theme, with a roster of all kinds of people."""
    edition = ferry / "content/editions/short.yaml"
    edition.write_text(edition.read_text("utf-8").replace("theme: plain", "theme: base"), "utf-8")
    rows = ["name,organisation", *(f"{name},{organisation}" for name, organisation in PEOPLE.items())]
    (ferry / "roster.csv").write_text("\n".join([*rows, rows[1]]) + "\n", "utf-8")
    return ferry


@pytest.fixture
def copies(project: Path, capsys: pytest.CaptureFixture[str]) -> list[Path]:
    """A copy for each of them."""
    assert main(["copies", "short", "--roster", "roster.csv", "--out", "out"]) == 0, capsys.readouterr().err
    assert "9 copies" in capsys.readouterr().out
    return sorted((project / "out").glob("copy-*.pdf"))


class TestEachCopy:
    def test_it_is_as_accessible_and_lasting_as_the_edition(self, copies: list[Path]) -> None:
        assert len(copies) == 9
        assert {path.name: faults_by_page(path) for path in copies if faults_by_page(path)} == {}

    def test_it_says_whose_it_is_and_is_whole(self, copies: list[Path]) -> None:
        found = verify_files(tuple(copies), None, None).papers
        assert [str(fault) for each in found for fault in each.diagnostics] == []
        assert {each.seal for each in found} == {"whole"}
        recipients = [", ".join(filter(None, pair)) for pair in PEOPLE.items()]
        assert [each.recipient for each in found] == [*recipients, recipients[0]]
        assert [each.copy for each in found] == [f"{number} of 9" for number in range(1, 10)]

    def test_verify_tells_it(self, copies: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["verify", str(copies[1])]) == 0
        assert re.search(r"copy +2 of 9, for 김정은, 평양 도서관", capsys.readouterr().out)

    def test_a_changed_name_breaks_the_seal(self, copies: list[Path]) -> None:
        data = copies[0].read_bytes()
        assert seal.state_of(data) == "whole"
        assert seal.state_of(data.replace(b"Ann O", b"Bob O")) == "changed"

    def test_its_line_is_read_first_and_drawn_on_the_page(self, copies: list[Path]) -> None:
        for number, (name, organisation) in enumerate(PEOPLE.items(), 1):
            if "محمد" in name:
                continue
            said = pdfreader.read(copies[number - 1].read_bytes()).finished.leaves[0].text
            line = " · ".join(filter(None, (f"Copy {number} of 9", name, organisation)))
            assert "".join(said.split()).startswith("".join(line.split()))

    def test_what_runs_to_the_left_is_said_in_its_own_order(self, copies: list[Path]) -> None:
        with pikepdf.open(copies[3]) as pdf:
            content = pdf.pages[0].Contents[-1].read_bytes()
        said = re.search(rb"/ActualText<([0-9a-f]+)>", content)
        assert said is not None
        text = bytes.fromhex(said[1].decode()).decode("utf-16")
        assert text == "Copy 4 of 9 · محمد علي 12 · شركة النور"

    def test_a_plain_name_needs_no_such_words(self, copies: list[Path]) -> None:
        with pikepdf.open(copies[0]) as pdf:
            assert b"ActualText" not in pdf.pages[0].Contents[-1].read_bytes()

    def test_it_is_content_once_and_then_a_running_foot(self, project: Path, tmp_path: Path) -> None:
        section = project / "content/sections/summary.standard.md"
        section.write_text(section.read_text("utf-8") + "\nIt crosses four times a day [@c01].\n" * 90, "utf-8")
        edition = project / "content/editions/short.yaml"
        edition.write_text(edition.read_text("utf-8").replace("max_pages: 1", "max_pages: 9"), "utf-8")
        assert main(["copies", "short", "--roster", "roster.csv", "--out", str(tmp_path)]) == 0
        path = min(tmp_path.glob("*.pdf"))
        with pikepdf.open(path) as pdf:
            marks = [re.findall(rb"(/\w+)<<(.*?)>>BDC", each.Contents[-1].read_bytes()) for each in pdf.pages]
            assert len(marks) > 1
            assert marks[0][0][1].startswith(b"/MCID")
            assert {mark for page in marks[1:] for mark in page} == {(b"/Artifact", b"/Type/Pagination/Subtype/Footer")}
        assert all("Copy1of9" in "".join(text.split()) for text in pdfreader.read(path.read_bytes()).drawn)
        assert faults_by_page(path) == []

    def test_faces_are_cut_down_once_for_all(self, copies: list[Path]) -> None:
        fonts = []
        for path in copies:
            with pikepdf.open(path) as pdf:
                own = {name: font for name, font in pdf.pages[0].Resources.Font.items() if name.startswith("/Copy")}
                fonts.append({str(font.BaseFont) for font in own.values()})
                assert all(re.match(r"/[A-Z]{6}\+", str(font.BaseFont)) for font in own.values())
        assert len(fonts[0]) == 3
        assert all(each == fonts[0] for each in fonts)


class TestTheRun:
    def test_the_same_roster_gives_the_same_bytes(self, copies: list[Path], tmp_path: Path) -> None:
        assert main(["copies", "short", "--roster", "roster.csv", "--out", str(tmp_path), "--no-cache"]) == 0
        again = sorted(tmp_path.glob("*.pdf"))
        assert [path.read_bytes() for path in again] == [path.read_bytes() for path in copies]

    def test_nothing_is_written_outside_the_folder(self, project: Path, copies: list[Path]) -> None:
        made = {path.relative_to(project).parts[0] for path in project.rglob("*") if path.suffix == ".pdf"}
        assert made == {"out"}
        assert {path.name for path in (project / "out").iterdir()} == {JOURNAL, *(path.name for path in copies)}

    def test_a_run_that_is_cut_off_goes_on(self, copies: list[Path], project: Path, tmp_path: Path) -> None:
        class Killed:
            def __init__(self) -> None:
                self.names: list[str] = []

            def start(self, total: int) -> None:
                assert total == len(copies)

            def done(self, path: str) -> None:
                self.names.append(path)
                if len(self.names) == 4:
                    raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            make_copies(project, "short", project / "roster.csv", tmp_path, progress=Killed())
        there = sorted(tmp_path.glob("*.pdf"))
        assert len(there) == 4
        # The last line was cut off, and a file was damaged since.
        journal = tmp_path / JOURNAL
        journal.write_text(journal.read_text("utf-8")[:-5], "utf-8")
        there[1].write_bytes(b"damaged")
        made = make_copies(project, "short", project / "roster.csv", tmp_path)
        assert (made.copies, made.kept) == (9, 2)
        assert [p.read_bytes() for p in sorted(tmp_path.glob("*.pdf"))] == [p.read_bytes() for p in copies]
        assert make_copies(project, "short", project / "roster.csv", tmp_path).kept == 9

    def test_a_process_that_is_killed_leaves_whole_files(self, project: Path, tmp_path: Path) -> None:
        names = "\n".join(f"Reader {number}," for number in range(400))
        (project / "roster.csv").write_text(f"name,organisation\n{names}\n", "utf-8")
        code = (
            "import os, sys\nfrom pathlib import Path\nfrom nkru_brief import copies\n"
            "class Killer:\n"
            "    made = 0\n"
            "    def start(self, total): pass\n"
            "    def done(self, path):\n"
            "        self.made += 1\n"
            "        if self.made == 150: os.kill(os.getpid(), 9)\n"
            "copies.make_copies(Path('.'), 'short', Path('roster.csv'), Path(sys.argv[1]), progress=Killer())\n"
        )
        killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=project, check=False)
        assert killed.returncode != 0
        assert all(seal.state_of(path.read_bytes()) == "whole" for path in tmp_path.glob("copy-*.pdf"))
        made = make_copies(project, "short", project / "roster.csv", tmp_path)
        assert (made.copies, made.kept) == (400, 150)

    def test_what_an_earlier_run_left_is_named(
        self, project: Path, copies: list[Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        (project / "roster.csv").write_text("name\nBen Ferry\n", "utf-8")
        assert main(["copies", "short", "--roster", "roster.csv", "--out", "out"]) == 0
        said = capsys.readouterr().err
        assert "left from an earlier run" in said
        assert "copy-0002.pdf" in said
        assert copies[1].exists()

    def test_a_link_in_the_folder_is_replaced_and_not_followed(self, project: Path) -> None:
        (project / "out").mkdir()
        (project / "precious").write_bytes(b"precious")
        (project / "out/copy-0001-ann-ohara.pdf").symlink_to(project / "precious")
        assert main(["copies", "short", "--roster", "roster.csv", "--out", "out"]) == 0
        assert (project / "precious").read_bytes() == b"precious"
        assert not (project / "out/copy-0001-ann-ohara.pdf").is_symlink()

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["shirt", "--roster", "roster.csv"], "did you mean 'short'?"),
            (["short", "--roster", "roster.doc"], "a roster is one of .csv, .xlsx, .yaml"),
            (["short", "--roster", "none.csv"], "there is no such file"),
        ],
    )
    def test_wrong_usage_says_what_is_right(
        self, project: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert project.is_dir()
        assert main(["copies", *arguments]) == 2
        assert said in capsys.readouterr().err


def test_a_template_says_where_any_column_stands(project: Path, tmp_path: Path) -> None:
    folder = project / "templates/seated"
    folder.mkdir()
    (folder / "theme.yaml").write_text("title: Seated\nextends: base\n", "utf-8")
    (folder / "pdf.html").write_text(
        '{% extends "base/pdf.html" %}{% block before %}{% endblock %}\n{% block title %}'
        '{% import "macros.html" as m with context %}{{ super() }}'
        '{% if sheet.copies %}<p>Cabin {{ m.copy_field("cabin", "3em") }} of the ferry</p>{% endif %}{% endblock %}',
        "utf-8",
    )
    edition = project / "content/editions/short.yaml"
    edition.write_text(edition.read_text("utf-8").replace("theme: base", "theme: seated"), "utf-8")
    (project / "roster.csv").write_text("name,cabin\nAnn,7b\nBen,\n", "utf-8")
    assert main(["copies", "short", "--roster", "roster.csv", "--out", str(tmp_path)]) == 0
    first, second = sorted(tmp_path.glob("*.pdf"))
    said = pdfreader.read(first.read_bytes()).finished.leaves[0].text
    assert "Cabin7boftheferry" in "".join(said.split())
    assert "Cabinoftheferry" in "".join(pdfreader.read(second.read_bytes()).finished.leaves[0].text.split())
    assert faults_by_page(first) == faults_by_page(second) == []


class TestOneFile:
    @pytest.fixture
    def path(self, project: Path) -> Path:
        assert main(["copies", "short", "--roster", "roster.csv", "--out", "out", "--one-file"]) == 0
        return project / "out/short-copies.pdf"

    def test_each_copy_follows_its_separator_on_a_sheet_of_its_own(self, path: Path) -> None:
        drawn = pdfreader.read(path.read_bytes()).drawn
        assert len(drawn) == 9 * 4
        for number, (name, _) in enumerate(PEOPLE.items(), 1):
            separator, back, paper, empty = drawn[4 * number - 4 : 4 * number]
            assert f"Copy {number} of 9" in separator
            assert f"Copy {number} of 9" in paper or "محمد" in name
            assert (back.strip(), empty.strip()) == ("", "")
            if name.isascii():
                assert name in separator
                assert name in paper

    def test_it_is_as_accessible_and_lasting_as_the_edition(self, path: Path) -> None:
        assert faults_by_page(path) == []
        with pikepdf.open(path) as pdf:
            xmp = pdf.Root.Metadata.read_bytes()
        assert b"<pdfaid:conformance>A<" in xmp
        assert b"<pdfuaid:part>1<" in xmp
        assert b"brief:seal>0" not in xmp

    def test_a_copy_is_heard_as_one_alone(self, path: Path, copies: list[Path]) -> None:
        leaves = pdfreader.read(path.read_bytes()).finished.leaves
        for number, copy in enumerate(copies):
            separator, back, paper, empty = leaves[4 * number : 4 * number + 4]
            assert paper == pdfreader.read(copy.read_bytes()).finished.leaves[0]
            assert f"Copy {number + 1} of 9" in separator.text
            assert (back.text, empty.text) == ("", "")

    def test_every_way_through_the_tags_stays_inside_a_copy(self, path: Path) -> None:
        with pikepdf.open(path) as pdf:
            root = pdf.Root.StructTreeRoot
            parents = pikepdf.NumberTree(root.ParentTree)
            parts = {part.objgen: number for number, part in enumerate(root.K[0].K)}
            assert len(parts) == 9
            place = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
            keys: list[int] = []
            for page in pdf.pages:
                copy = place[page.obj.objgen] // 4
                if "/Contents" not in page.obj:
                    continue
                keys.append(int(page.obj.StructParents))
                for mcid, element in enumerate(parents[keys[-1]]):
                    assert mcid in held(element, page.obj)
                    assert parts[above(element)] == copy
                for link in page.obj.get("/Annots", ()):
                    keys.append(int(link.StructParent))
                    element = parents[keys[-1]]
                    assert link.objgen in [kid.Obj.objgen for kid in element.K if getattr(kid, "Type", "") == "/OBJR"]
                    assert parts[above(element)] == copy
                    assert "/Dest" not in link or place[link.Dest[0].objgen] // 4 == copy
            assert sorted(keys) == list(parents.keys()) == list(range(root.ParentTreeNextKey))
            assert any("/Dest" in link for page in pdf.pages for link in page.obj.get("/Annots", ()))

    def test_ids_are_of_one_copy(self, path: Path, copies: list[Path]) -> None:
        with pikepdf.open(copies[0]) as pdf:
            own = list(pikepdf.NameTree(pdf.Root.StructTreeRoot.IDTree).keys())
        with pikepdf.open(path) as pdf:
            # pikepdf goes down by the limits of each leaf.
            tree = pikepdf.NameTree(pdf.Root.StructTreeRoot.IDTree)
            names = [f"{number:07}.{name}" for number in range(1, 10) for name in own]
            assert list(tree.keys()) == names
            assert all(str(tree[name].ID) == name for name in names)

    def test_a_bookmark_leads_to_each_copy(self, path: Path) -> None:
        with pikepdf.open(path) as pdf, pdf.open_outline() as outline:
            place = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
            found = [(str(each.title), place[each.destination[0].objgen]) for each in outline.root]
        named = [" · ".join(filter(None, pair)) for pair in PEOPLE.items()]
        titles = [f"Copy {number} of 9 · {name}" for number, name in enumerate([*named, named[0]], 1)]
        assert found == [(title, 4 * number) for number, title in enumerate(titles)]

    def test_a_separator_is_a_heading_and_paragraphs(self, path: Path) -> None:
        with pikepdf.open(path) as pdf:
            sections = [part.K[0] for part in pdf.Root.StructTreeRoot.K[0].K]
            kinds = [[str(element.S) for element in section.K] for section in sections]
        assert all(each == ["/H1", *["/P"] * (len(each) - 1)] for each in kinds)
        # Two have no organisation or no name.
        assert [len(each) for each in kinds] == [6, 6, 6, 6, 6, 6, 5, 5, 6]

    def test_the_paper_is_in_it_once(self, path: Path, copies: list[Path]) -> None:
        assert path.stat().st_size < 2 * copies[0].stat().st_size

    def test_more_copies_than_a_file_of_its_kind_has_objects_for_are_refused(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("nkru_brief.printfile._MOST_OBJECTS", 500)
        assert main(["copies", "short", "--roster", "roster.csv", "--out", "out", "--one-file"]) == 2
        assert re.search(r"one file holds at most \d copies of this paper", capsys.readouterr().err)
        assert not (project / "out").exists()

    def test_the_same_roster_gives_the_same_bytes(self, project: Path, path: Path, tmp_path: Path) -> None:
        made = make_copies(project, "short", project / "roster.csv", tmp_path, one_file=True)
        assert made.path.read_bytes() == path.read_bytes()


def above(element: pikepdf.Object) -> tuple[int, int]:
    """Return the number of the element that an element's copy has right under the document."""
    while element.P.S != "/Document":
        element = element.P
    return element.objgen


def held(element: pikepdf.Object, page: pikepdf.Object) -> list[int]:
    """Return the numbers of the pieces that an element holds on a page."""
    found = []
    kids = element.K if isinstance(element.K, pikepdf.Array) else [element.K]
    for kid in kids:
        if isinstance(kid, int):
            found += [int(kid)] if element.Pg.objgen == page.objgen else []
        elif getattr(kid, "Type", "") == "/MCR" and kid.Pg.objgen == page.objgen:
            found.append(int(kid.MCID))
    return found


class TestShaping:
    @pytest.fixture
    def shaper(self) -> Shaper:
        uses = (
            FaceUse(family="a", package="font_source_sans_pro", file="files/SourceSansPro-Regular.ttf"),
            FaceUse(family="b", package="fontpkg_ibm_plex_sans_arabic", file="files/IBMPlexSansArabic-Regular.ttf"),
        )
        return Shaper(tuple(map(face, uses)))

    def seen(self, shaper: Shaper, text: str) -> str:
        return "".join(glyph.letters for glyph in shaper.shape(text))

    def test_each_field_keeps_its_place(self, shaper: Shaper) -> None:
        seen = self.seen(shaper, "Copy 1 · محمد · سوق · Ann")
        assert seen == "Copy 1 · دمحم · قوس · Ann"

    def test_digits_in_what_runs_left_run_right(self, shaper: Shaper) -> None:
        assert self.seen(shaper, "علي 12") == "12 يلع"

    def test_letters_are_joined(self, shaper: Shaper) -> None:
        alone = {glyph.number for letter in "محمد" for glyph in shaper.shape(letter)}
        assert {glyph.number for glyph in shaper.shape("محمد")} - alone

    def test_what_no_face_has_is_found_where_it_stands(self, shaper: Shaper) -> None:
        with pytest.raises(MissingGlyphError) as found:
            shaper.shape("Ann · B김")
        assert (found.value.character, found.value.index) == ("김", 7)

    def test_a_line_too_wide_for_its_place_is_set_smaller(self, shaper: Shaper) -> None:
        text, cuts = "A long name", Cuts()
        length = sum(glyph.advance for glyph in shaper.shape(text)) * 10
        style = Style(shaper, cuts)
        style.count(text, 10, length * 0.9)
        cuts.cut()
        assert " 9 Tf " in style.operators(text, 10, 0, 0, length * 0.9, "left")
        assert " 10 Tf " in style.operators(text, 10, 0, 0, length * 1.1, "left")

    def test_a_mark_stays_with_its_base(self, shaper: Shaper) -> None:
        glyphs = shaper.shape("l\u0304x")
        assert [glyph.letters for glyph in glyphs] == ["l", "\u0304", "x"]
        assert glyphs[1].advance == 0


def test_copies_are_of_as_many_as_the_highest_number(project: Path, tmp_path: Path) -> None:
    (project / "roster.csv").write_text("name,number\nAnn,40\nBen,3\n", "utf-8")
    assert main(["copies", "short", "--roster", "roster.csv", "--out", str(tmp_path / "made")]) == 0
    found = verify_files((tmp_path / "made",), None, None).papers
    assert [each.copy for each in found] == ["3 of 40", "40 of 40"]


def test_a_recipient_may_have_any_letters(project: Path, tmp_path: Path) -> None:
    (project / "roster.csv").write_text('name,organisation\nA & B <i>,"O\'Hara ""X"""\n', "utf-8")
    assert main(["copies", "short", "--roster", "roster.csv", "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.pdf")
    (found,) = verify_files((path,), None, None).papers
    assert (found.recipient, found.diagnostics) == ('A & B <i>, O\'Hara "X"', ())
