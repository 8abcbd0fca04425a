"""What a PDF says of itself, to programs and in the engine's own words, and the files inside it."""

import re
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from conformance import faults_by_page
from minis import Mini, sheet_of
from nkru_brief import engine
from nkru_brief.sheet import Attachment, Sheet
from nkru_brief.values import replace
from shipped import Workshop

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
BRIEF = "{urn:nkru-brief:xmp#}"
DATA = Attachment(
    name="données.json",
    media_type="application/json",
    relationship="Data",
    description="The claims, for programs",
    data=b'{"claims": []}',
)
SOURCE = Attachment(
    name="a source.txt", media_type="text/plain", relationship="Source", description="Words", data=b"Words."
)


def xmp_of(pdf: bytes) -> str:
    with pikepdf.open(BytesIO(pdf)) as document:
        return document.Root.Metadata.read_bytes().decode("utf-8")


def parsed(xmp: str) -> ET.Element:
    return ET.fromstring(re.sub(r"<\?xpacket.*?\?>", "", xmp, flags=re.DOTALL))  # noqa: S314 - our own


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return replace(sheet_of(Mini("test", "A <title> & more", html="<p>Words.</p>")), fingerprint="ab" * 32)


class TestXmp:
    def test_one_rdf_makes_both_claims(self, workshop: Workshop) -> None:
        xmp = xmp_of(workshop.pdf("press").read_bytes())
        root = parsed(xmp)
        assert [child.tag for child in root] == [f"{RDF}RDF"]
        texts = {element.tag.rpartition("}")[2]: element.text for element in root.iter()}
        assert (texts["conformance"], texts["CreatorTool"].startswith("nkru-brief ")) == ("A", True)
        parts = {element.tag: element.text for element in root.iter() if element.tag.endswith("}part")}
        assert parts == {
            "{http://www.aiim.org/pdfa/ns/id/}part": "3",
            "{http://www.aiim.org/pdfua/ns/id/}part": "1",
        }

    def test_it_says_what_the_information_dictionary_says(self, workshop: Workshop) -> None:
        with pikepdf.open(workshop.pdf("press")) as pdf:
            info = pdf.docinfo
            with pdf.open_metadata() as xmp:
                assert xmp["dc:title"] == info["/Title"] != ""
                assert xmp["dc:creator"] == [info["/Author"]]
                assert xmp["dc:description"] == info["/Subject"] != ""
                assert xmp["pdf:Producer"] == info["/Producer"]
                assert xmp["xmp:CreatorTool"] == info["/Creator"]
                assert f"D:{xmp['xmp:CreateDate'].replace('-', '')}" == info["/CreationDate"]
                assert f"D:{xmp['xmp:ModifyDate'].replace('-', '')}" == info["/ModDate"]
                assert xmp["dc:language"] == {str(pdf.Root.Lang)} == {"en"}

    def test_it_carries_the_fingerprint_and_room_for_a_seal(self, sheet: Sheet) -> None:
        pdf = engine.press(sheet).pdf
        root = parsed(xmp_of(pdf))
        own = {element.tag: element.text for element in root.iter() if element.tag.startswith(BRIEF)}
        assert own == {f"{BRIEF}fingerprint": "ab" * 32, f"{BRIEF}seal": "0" * 64}
        # In the bytes of the file as they are, so that a seal can be put there without a change of length.
        assert pdf.count(b"<brief:seal>" + b"0" * 64 + b"</brief:seal>") == 1

    def test_an_editions_fingerprint_reaches_its_paper(self, workshop: Workshop) -> None:
        fingerprint = workshop.project.briefs["press"].fingerprint
        assert f"<brief:fingerprint>{fingerprint}<" in xmp_of(workshop.pdf("press").read_bytes())

    def test_a_title_is_any_text(self, sheet: Sheet) -> None:
        odd = replace(sheet, html=sheet.html.replace(f"<title>{'A <title> & more'}", "<title>Ö &lt;b&gt; &amp; 주"))
        with pikepdf.open(BytesIO(engine.press(odd).pdf)) as pdf, pdf.open_metadata() as xmp:
            assert xmp["dc:title"] == pdf.docinfo["/Title"] == "Ö <b> & 주"


class TestAttachments:
    def test_they_belong_to_the_paper(self, sheet: Sheet) -> None:
        pdf = engine.press(replace(sheet, attachments=(DATA, SOURCE), created=1_000_000_000)).pdf
        with pikepdf.open(BytesIO(pdf)) as document:
            assert sorted(document.attachments) == [SOURCE.name, DATA.name]
            assert [str(each.UF) for each in document.Root.AF] == [SOURCE.name, DATA.name]
            assert [str(each.AFRelationship) for each in document.Root.AF] == ["/Source", "/Data"]
            entry = document.attachments[DATA.name]
            file = entry.get_file()
            assert (file.read_bytes(), file.mime_type) == (DATA.data, DATA.media_type)
            assert entry.description == DATA.description
            assert file.obj.Params.ModDate == file.obj.Params.CreationDate == "D:20010909014640Z"

    def test_both_claims_stay_true(self, sheet: Sheet, tmp_path: Path) -> None:
        path = tmp_path / "paper.pdf"
        path.write_bytes(engine.press(replace(sheet, attachments=(DATA, SOURCE))).pdf)
        assert faults_by_page(path) == []

    def test_the_same_files_give_the_same_bytes_in_any_order(self, sheet: Sheet) -> None:
        one, two = (replace(sheet, attachments=files) for files in ((DATA, SOURCE), (SOURCE, DATA)))
        assert engine.press(one).pdf == engine.press(two).pdf
