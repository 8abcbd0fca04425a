"""What is handed out: sheets that fit, large print, black and white, plain text, and what a class gets."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import zxingcpp

from conformance import faults_by_page
from nkru_brief import completeness, plaintext
from nkru_brief.build import build, sheets
from nkru_brief.cli import main
from nkru_brief.evidence import FILE
from nkru_brief.inspection import inspect
from nkru_brief.model import Edition
from nkru_brief.outputs import handouts_of, load_output, press
from nkru_brief.outputs.one_sheet import PRINTS
from nkru_brief.pdfreader import pictures, read
from nkru_brief.project import Project, open_project
from nkru_brief.report import Report, Request
from nkru_brief.selection import selections
from nkru_brief.typed import read as read_typed
from nkru_brief.yamltext import parse
from shipped import EDITIONS, Workshop, lay_out

ROOT = Path(__file__).parents[1]
FOR_ALL = {"sheet", "large-print", "black-white", "text"}
FOR_A_CLASS = {"worksheet", "cards", "poster", "poster-tiles"}
ADDRESS = "https://briefs.example/{edition}/{fingerprint}"


@pytest.fixture
def project(workshop: Workshop) -> Project:
    return workshop.project


def cloned(folder: Path, address: str = "") -> Path:
    """Return the shipped project in a folder, as in a clone, perhaps with an address."""
    lay_out(folder)
    if address:
        topic = folder / "content/brief.yaml"
        topic.write_text(f'{topic.read_text("utf-8")}address: "{address}"\n', "utf-8")
    return folder


@pytest.fixture(scope="module")
def made(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """Everything of the edition that has everything."""
    out = tmp_path_factory.mktemp("handouts")
    report = build(workshop.root, out, Request(editions=("classroom",), handouts=True, jobs=1))
    assert [str(each) for each in report.diagnostics] == []
    return out / "classroom", report


def test_every_shipped_edition_has_a_set(project: Project) -> None:
    sets = {name: set(handouts_of(brief)) for name, brief in project.briefs.items()}
    assert set(sets) == set(EDITIONS)
    assert sets["classroom"] == FOR_ALL | FOR_A_CLASS
    assert all(handouts == FOR_ALL for name, handouts in sets.items() if name != "classroom")


def test_the_command_makes_what_the_edition_asks_for(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edition = ferry / "content/editions/short.yaml"
    edition.write_text(f"{edition.read_text('utf-8')}handouts: [text, sheet]\n", "utf-8")

    assert main(["handouts", "--jobs", "1", "--format", "json"]) == 0

    told = json.loads(capsys.readouterr().out)
    written = {Path(each["path"]).name: each for each in told["written"]}
    assert set(written) == {"short.txt", "short.sheet.pdf"}
    settled = written["short.sheet.pdf"]["settled"]
    assert (settled["depth"], settled["size"], settled["left_out"]) == (0, 12.0, [])
    # What is kept tells it again.
    assert main(["handouts"]) == 0
    assert "set in 12 pt; selection 1 of 2: everything" in capsys.readouterr().out


def test_the_papers_of_a_class_are_whole(made: tuple[Path, Report]) -> None:
    folder, report = made
    names = {path.name for path in folder.iterdir()}
    assert names == {"classroom.txt", *(f"classroom.{name}.pdf" for name in (FOR_ALL | FOR_A_CLASS) - {"text"})}
    assert len(report.written) == len(names)
    for path in folder.glob("*.pdf"):
        assert faults_by_page(path) == [], path.name
        inspection = inspect(str(path), path.read_bytes(), {}, {})
        assert inspection.diagnostics == (), path.name
        assert inspection.seal == "whole"


def test_a_handout_has_the_fingerprint_of_what_it_says(made: tuple[Path, Report], project: Project) -> None:
    folder, _ = made

    def inside(name: str) -> str:
        document = json.loads(read((folder / f"classroom.{name}.pdf").read_bytes()).attachments[FILE])
        return str(document["fingerprint"])

    whole = project.briefs["classroom"].fingerprint
    assert inside("large-print") == inside("black-white") == whole
    assert inside("poster") == inside("poster-tiles") != whole
    assert len({whole, inside("sheet"), inside("worksheet"), inside("cards"), inside("poster")}) == 5


class TestSheet:
    """One sheet of paper."""

    @pytest.mark.parametrize("edition", EDITIONS)
    def test_no_selection_drops_what_must_stay(self, edition: str, project: Project) -> None:
        (spec,) = load_output("sheet").sheets(project.briefs[edition])
        found = selections(project, edition, spec)
        assert len(found) > 1
        for selection in found:
            told = {claim.id for note in selection.brief.notes for claim in note.claims}
            assert set(project.editions[edition].must_carry or ()) <= told

    def test_the_longest_that_fits_is_as_large_as_fits(self, project: Project) -> None:
        (sheet,) = sheets(project, Request(editions=("policymaker",), outputs=("sheet",)))
        artifact = press(sheet)
        assert (artifact.pages, artifact.complaints, artifact.flaws) == (2, (), ())
        assert artifact.settled is not None
        assert sheet.fit is not None
        # One step larger, or one selection longer, it takes another page.
        candidate = sheet.at(artifact.settled.depth)
        assert pages_at(candidate.html, artifact.settled.size, sheet) == 2
        assert pages_at(candidate.html, artifact.settled.size + sheet.fit.step, sheet) == 3
        assert artifact.settled.depth > 0
        assert pages_at(sheet.at(artifact.settled.depth - 1).html, sheet.fit.floor, sheet) > 2

    def test_it_is_the_same_each_time(self, made: tuple[Path, Report], project: Project) -> None:
        (sheet,) = sheets(project, Request(editions=("classroom",), outputs=("sheet",)))
        assert press(sheet).data == (made[0] / "classroom.sheet.pdf").read_bytes()

    @pytest.mark.parametrize(("kind", "floor"), [("clear", 12.0), ("large", 16.0)])
    def test_other_prints_have_no_small_print(self, kind: str, floor: float, tmp_path: Path) -> None:
        root = cloned(tmp_path / "clone")
        edition = root / "content/editions/public.yaml"
        edition.write_text(f"{edition.read_text('utf-8')}sheet: {{print: {kind}, paper: Letter}}\n", "utf-8")
        report = build(root, tmp_path, Request(editions=("public",), outputs=("sheet",), jobs=1))
        assert report.diagnostics == ()
        data = (tmp_path / "public/public.sheet.pdf").read_bytes()
        assert min(size for size, _ in set_in(data)) >= floor - 0.01
        with pikepdf.open(tmp_path / "public/public.sheet.pdf") as pdf:
            assert [float(side) for side in pdf.pages[0].mediabox] == [0, 0, 612, 792]


def pages_at(html: str, size: float, sheet: object) -> int:
    from nkru_brief import engine

    with engine.layouts(sheet) as lay:  # type: ignore[arg-type]
        return len(lay(html.replace("fit:size", f"{size:g}pt")).pages)


def set_in(data: bytes) -> Iterator[tuple[float, str]]:
    """Yield the size in pt and the face of every text of a PDF, as it is drawn."""
    document = pypdfium2.PdfDocument(data)
    for page in document:
        text = page.get_textpage()
        for index in range(pdfium.FPDFText_CountChars(text.raw)):
            if not chr(pdfium.FPDFText_GetUnicode(text.raw, index)).strip():
                continue
            matrix = pdfium.FS_MATRIX()
            if not pdfium.FPDFText_GetMatrix(text.raw, index, matrix):
                continue
            size = pdfium.FPDFText_GetFontSize(text.raw, index) * (matrix.c**2 + matrix.d**2) ** 0.5
            yield round(size, 2), face_of(text.raw, index)
    document.close()


def face_of(text: object, index: int) -> str:
    import ctypes

    flags = ctypes.c_int()
    size = pdfium.FPDFText_GetFontInfo(text, index, None, 0, flags)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFText_GetFontInfo(text, index, buffer, size, flags)
    return buffer.value.decode("utf-8", errors="replace")


class TestLargePrint:
    """UKAAF G003, measured in the finished file."""

    def test_nothing_is_small_or_slanted(self, made: tuple[Path, Report]) -> None:
        found = Counter(set_in((made[0] / "classroom.large-print.pdf").read_bytes()))
        assert min(size for size, _ in found) >= 15.99
        # The text itself has the ideal size.
        assert max(found, key=lambda each: found[each])[0] == pytest.approx(18, abs=0.01)
        faces = {face for _, face in found}
        assert faces
        assert not [face for face in faces if re.search(r"ital|obli|serif", face, re.IGNORECASE)]

    def test_lines_begin_together_and_end_apart(self, made: tuple[Path, Report]) -> None:
        document = pypdfium2.PdfDocument(made[0] / "classroom.large-print.pdf")
        text = document[4].get_textpage()
        boxes = [text.get_rect(index) for index in range(text.count_rects())]
        lines: dict[int, list[tuple[float, float]]] = {}
        for left, bottom, right, _ in boxes:
            lines.setdefault(round(bottom / 8), []).append((left, right))
        lefts = Counter(round(min(left for left, _ in line)) for line in lines.values())
        rights = [round(max(right for _, right in line)) for line in lines.values()]
        document.close()
        assert lefts.most_common(1)[0][1] >= len(lines) * 0.6
        assert len(set(rights)) >= len(rights) * 0.6

    def test_figures_are_drawn_anew(self, project: Project) -> None:
        (sheet,) = sheets(project, Request(editions=("public",), outputs=("large-print",)))
        (ordinary,) = sheets(project, Request(editions=("public",), outputs=("pdf",)))
        boxes = [
            re.search(r'class="timeline".*?viewBox="0 0 ([\d.]+) ([\d.]+)"', each.html) for each in (sheet, ordinary)
        ]
        (wide, high), (other_wide, other_high) = ([float(side) for side in box.groups()] for box in boxes if box)
        assert wide == pytest.approx(other_wide, rel=0.05)
        assert high > other_high * 1.5


class TestBlackAndWhite:
    """No colour is printed, and nothing is lost with it."""

    def test_every_colour_is_a_grey(self, made: tuple[Path, Report]) -> None:
        drawn = operators(made[0] / "classroom.black-white.pdf")
        assert drawn["g"] + drawn["G"] > 50
        assert not set(drawn) & {"rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh"}
        # The same pages in colour have colours: the test can fail.
        assert operators(made[0] / "classroom.sheet.pdf")["rg"]

    def test_what_differs_differs_in_form(self, project: Project) -> None:
        (sheet,) = sheets(project, Request(editions=("policymaker",), outputs=("black-white",)))
        bands = re.findall(r'<rect class="scale-(on|off)"[^>]* height="(\d+)"', sheet.html)
        assert {height for kind, height in bands if kind == "on"}.isdisjoint(h for kind, h in bands if kind == "off")
        figure = re.search(r'class="timeline".*?</svg>', sheet.html, re.DOTALL)
        assert figure
        grey = re.sub(r"#[0-9a-f]{6}", "#000000", figure[0])
        bars = {
            re.sub(r'[xy\d]*="[\d.]+"|[\d.]+', "", bar) for bar in re.findall(r'class="tl-item">.*?</g>', grey, re.S)
        }
        # Bars of one source, of both, of a decade, of ends that are not firm: apart from labels, not one drawing.
        assert len(bars) > 3


def operators(path: Path) -> Counter[str]:
    """Return how often each operator of colour is in the pages of a PDF and the forms on them."""
    found: Counter[str] = Counter()
    with pikepdf.open(path) as pdf:
        streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Form"]
        for drawn in (*pdf.pages, *streams):
            found.update(str(each.operator) for each in pikepdf.parse_content_stream(drawn))
    return found


class TestText:
    """Plain text, to read aloud or to mail."""

    @pytest.mark.parametrize("edition", EDITIONS)
    def test_it_holds_all_of_its_edition(self, edition: str, project: Project) -> None:
        (sheet,) = sheets(project, Request(editions=(edition,), outputs=("text",)))
        artifact = press(sheet)
        assert artifact.flaws == ()
        text = artifact.data.decode("utf-8")
        assert max(map(len, text.splitlines())) <= 72
        assert project.briefs[edition].fingerprint[:12] in text.replace(" ", "").splitlines()[-1]
        finished = plaintext.read(text)
        assert {number for number, _ in finished.leaves[0].notes} == {n.number for n in project.briefs[edition].notes}
        # A note stands at the end of the section that first calls it: before the next heading.
        called = text.index(" [1]")
        assert called < text.index("\n[1] ") < text.find("\n---", called) % (len(text) + 1)

    def test_what_is_lost_is_found(self, project: Project) -> None:
        (sheet,) = sheets(project, Request(editions=("public",), outputs=("text",)))
        text = press(sheet).data.decode("utf-8")
        for lost in ("[3] ", "sanctions"):
            found = completeness.held(sheet, plaintext.read(text.replace(lost, "")), [text])
            assert found, lost

    def test_likelihood_is_in_words_and_a_marking_at_the_top(self, tmp_path: Path) -> None:
        root = cloned(tmp_path / "clone")
        edition = root / "content/editions/public.yaml"
        edition.write_text(f"{edition.read_text('utf-8')}marking: DRAFT\n", "utf-8")
        assert build(root, tmp_path, Request(editions=("public",), outputs=("text",), jobs=1)).diagnostics == ()
        text = (tmp_path / "public/public.txt").read_text("utf-8")
        assert text.index("DRAFT") < text.index("=====")
        assert "Likelihood: likely, 55–80 %" in text

    @pytest.mark.usefixtures("ferry")
    def test_it_needs_no_page_engine(self) -> None:
        code = "import sys, nkru_brief.cli as c; n = c.main(sys.argv[1:]); print(*sys.modules); sys.exit(n)"
        arguments = ("handouts", "-o", "text", "--jobs", "1")
        result = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
        assert (result.returncode, result.stderr) == (0, "")
        names = {name.partition(".")[0] for name in result.stdout.split()}
        assert "jinja2" in names
        assert not names & {"weasyprint", "pydyf", "pypdfium2"}


class TestClass:
    """What a class gets."""

    def test_the_worksheet_has_lines_for_every_question(self, project: Project) -> None:
        (sheet,) = sheets(project, Request(editions=("classroom",), outputs=("worksheet",)))
        assert sheet.html.count('class="line"') == sum(question.lines for question in project.library.questions)
        assert project.library.questions[0].answer.at_level("plain") not in sheet.html

    def test_the_lines_of_the_worksheet_fill_its_pages(self, made: tuple[Path, Report]) -> None:
        pages = pictures((made[0] / "classroom.worksheet.pdf").read_bytes(), 72)
        assert len(pages) == 2
        for page in pages:
            # A line to write on in each strip of 3 cm, down to the notes; without more of them half a page was white.
            dark = page.convert("L").point(lambda value: 255 * (value < 235))
            strips = [(top, top + 0.1) for top in (0.45, 0.55, 0.65, 0.75)]
            for top, bottom in strips:
                strip = dark.crop((0, int(top * page.height), page.width, int(bottom * page.height)))
                left, _, right, _ = strip.getbbox()
                assert right - left > 0.7 * page.width, (top, bottom)

    def test_backs_lie_behind_their_fronts(self, made: tuple[Path, Report], project: Project) -> None:
        document = pypdfium2.PdfDocument(made[0] / "classroom.cards.pdf")
        terms = sorted((term.term for term in project.library.terms), key=str.casefold)
        assert len(document) == 2 * -(-len(terms) // 8)
        width = document[0].get_width()
        sides = 0
        for number, term in enumerate(terms):
            front, back = (places(document[2 * (number // 8) + side], term) for side in (0, 1))
            # A term that another card speaks of stands in two places.
            if len(front) == len(back) == 1:
                sides += 1
                # Turned over its long edge, what was on the left is on the right, and what was above stays there.
                assert (front[0][0] < width / 2) == (back[0][0] > width / 2), term
                assert abs(front[0][1] - back[0][1]) < 62 * 72 / 25.4 / 2, term
        assert sides > 8
        document.close()

    def test_the_poster_is_a3_and_its_sheets_are_a4(self, made: tuple[Path, Report]) -> None:
        sizes = {}
        for name in ("poster", "poster-tiles"):
            with pikepdf.open(made[0] / f"classroom.{name}.pdf") as pdf:
                sizes[name] = [[round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] for page in pdf.pages]
        assert sizes == {"poster": [[420, 297]], "poster-tiles": [[297, 210]] * 5}

    def test_sheets_overlap(self, project: Project) -> None:
        (sheet,) = sheets(project, Request(editions=("classroom",), outputs=("poster-tiles",)))
        windows = [
            [float(side) for side in box.split()]
            for box in re.findall(r'pt" viewBox="([\d. ]+)">', sheet.html)[:20]
            if not box.startswith("0 0 1")
        ]
        tiles = [window for window in windows if window[2:] == [785.2, 537.0]]
        assert len(tiles) == 4
        (left, *_), (right, *_) = tiles[:2]
        # A strip of 10 mm is on both.
        assert left + 785.2 - right == pytest.approx(28.35, abs=0.05)


def places(page: pypdfium2.PdfPage, word: str) -> list[tuple[float, float]]:
    """Return where a word stands on a page, in pt from its lower left corner."""
    text = page.get_textpage()
    search, found = text.search(word), []
    while (hit := search.get_next()) is not None:
        boxes = [text.get_charbox(index) for index in range(hit[0], hit[0] + hit[1])]
        found.append((sum(box[0] + box[2] for box in boxes) / 2 / len(boxes), boxes[0][1]))
    return found


class TestCode:
    """The way to the online edition."""

    def test_it_leads_to_the_edition_and_is_printed(self, tmp_path: Path) -> None:
        root = cloned(tmp_path / "clone", ADDRESS)
        brief = open_project(root).briefs["public"]
        expected = ADDRESS.format(edition="public", fingerprint=brief.fingerprint[:12])
        report = build(root, tmp_path, Request(editions=("public",), outputs=("pdf", "sheet", "text"), jobs=1))
        assert [str(each) for each in report.diagnostics] == []
        for name in ("public.pdf", "public.sheet.pdf"):
            path = tmp_path / "public" / name
            assert codes_on(path) == [expected]
            assert expected in "".join(read(path.read_bytes()).drawn[0].split())
            assert f"QR code that leads to {expected}" in read(path.read_bytes()).finished.pictures
            assert faults_by_page(path) == []
        assert expected in (tmp_path / "public/public.txt").read_text("utf-8")
        assert brief.address == expected

    def test_there_is_none_without_an_address(self, made: tuple[Path, Report]) -> None:
        for path in made[0].glob("*.pdf"):
            assert codes_on(path) == []


def codes_on(path: Path) -> list[str]:
    """Return what a camera reads on the first page."""
    document = pypdfium2.PdfDocument(path)
    picture = document[0].render(scale=200 / 72).to_pil().convert("L")
    document.close()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


class TestDocument:
    """docs/handouts.md says what is so."""

    page = (ROOT / "docs/handouts.md").read_text("utf-8")

    def test_its_examples_load(self) -> None:
        sheet, address = re.findall(r"```yaml\n(.*?)```", self.page, re.DOTALL)
        faults: list = []  # type: ignore[type-arg]
        node, faults = parse(f"extends: base\n{sheet}", "example")
        assert node is not None
        edition = read_typed(node, Edition, faults, "an edition")
        assert faults == []
        assert edition is not None
        assert edition.sheet is not None
        assert len(edition.sheet.drop or ()) == 3
        assert address.strip().removeprefix("address: ") == ADDRESS

    def test_its_tables_are_what_there_is(self, project: Project) -> None:
        listed = dict(re.findall(r"^\| `([\w-]+)` \| `EDITION\.([\w.-]+)` \|", self.page, re.MULTILINE))
        brief = project.briefs["classroom"]
        paths = {name: load_output(name).sheets(brief)[0].path for name in handouts_of(brief)}
        assert {f"classroom/classroom.{end}" for end in listed.values()} == set(paths.values())
        assert set(listed) == set(paths)
        sizes = re.findall(r"^\| `(\w+)` \| ([\d.]+) pt \| ([\d.]+) pt \|", self.page, re.MULTILINE)
        assert {name: (float(least), float(most)) for name, least, most in sizes} == {
            name: (floor, ceiling) for name, (floor, ceiling, _) in PRINTS.items()
        }


def test_a_handout_that_an_edition_has_not_got_is_wrong_usage(ferry: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handouts", "short", "--output", "poster"]) == 2
    assert "nothing to make: short has no poster" in capsys.readouterr().err
    assert not (ferry / "build" / "short").exists()
