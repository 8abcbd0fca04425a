"""Provenance: what a finished file says of itself can be derived anew, and every way of lying is found out."""

import hashlib
import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld  # type: ignore[import-untyped]

from nkru_brief import seal
from nkru_brief.brief import Brief, Coverage, Leaf
from nkru_brief.cli import main
from nkru_brief.evidence import evidence_of, fingerprint_of
from nkru_brief.htmlreader import read
from nkru_brief.inspection import Inspection, inspect
from nkru_brief.project import open_project
from nkru_brief.values import replace, to_json
from shipped import Workshop, lay_out

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = re.compile(r'(<script type="application/ld\+json">)(.*?)(</script>)', re.DOTALL)
# What decides how a paper looks and not what it says.
LOOKS = {"theme", "paper", "max_pages", "outputs", "contents", "tokens", "fingerprint"}
# And what else is made of it, on what paper, and where it is to be had.
LOOKS |= {"address", "handouts", "sheet", "cover", "logo", "binding", "sides"}
PAPERS = ("html", "pdf")


@pytest.fixture(scope="module")
def shipped(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped press edition, built in a copy of the project without texts."""
    root = lay_out(tmp_path_factory.mktemp("shipped"))
    arguments = [each for paper in PAPERS for each in ("--output", paper)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NKRU_BRIEF_CACHE", str(workshop.cache))
        assert main(["-C", str(root), "build", "--edition", "press", *arguments]) == 0
    return root


def document_of(html: str) -> Any:  # noqa: ANN401 - JSON
    match = SCRIPT.search(html)
    assert match is not None
    return json.loads(match[2])


def examined(data: bytes, texts: dict[str, bytes] | None = None) -> Inspection:
    return inspect("press.html", data, texts or {}, {})


def codes(inspection: Inspection) -> list[str]:
    return [fault.code for fault in inspection.diagnostics]


def resealed(html: str) -> bytes:
    """Return an edited page as a forger leaves it: with a seal that fits."""
    empty = re.sub(r'(name="brief:seal" content=")[0-9a-f]{64}', rf"\g<1>{seal.EMPTY}", html)
    return seal.sealed(empty.encode())


@pytest.fixture
def page(shipped: Path) -> str:
    return (shipped / "build/press/press.html").read_text("utf-8")


# ---- the seal ----


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_seal_fits_and_any_changed_byte_breaks_it(before: bytes, after: bytes) -> None:
    data = seal.sealed(before + b'<meta name="brief:seal" content="' + seal.EMPTY.encode() + b'">' + after)
    assert seal.state_of(data) == "whole"
    for at in range(0, len(data), 7):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert seal.state_of(changed) != "whole"


@pytest.mark.parametrize("data", [b"", b"no place", b"<brief:seal>short</brief:seal>"])
def test_what_has_no_place_for_a_seal_is_not_sealed(data: bytes) -> None:
    assert seal.state_of(data) == "none"
    with pytest.raises(ValueError, match="one place"):
        seal.sealed(data)


def test_a_sealed_file_is_not_sealed_again() -> None:
    data = seal.sealed(b"<brief:seal>" + seal.EMPTY.encode() + b"</brief:seal>")
    with pytest.raises(ValueError, match="sealed already"):
        seal.sealed(data)


# ---- the fingerprint ----


@pytest.fixture(scope="module")
def briefs() -> dict[str, Brief]:
    return open_project(ROOT).briefs


def others(value: Any) -> Any:  # noqa: ANN401 - a field of any type
    """Return another value of the same kind."""
    match value:
        case bool():
            return not value
        case str():
            return value + "x"
        case int() | float():
            return value + 1
        case dict():
            return {**value, "more": "x"}
        case tuple():
            return value[:-1] if value else None
        case None:
            return ("text",)
        case Leaf():
            return replace(value, sides=1)
        case Coverage():
            return replace(value, bound=0)
    return replace(value, iso="1999-01-01")


@pytest.mark.parametrize("name", [name for name in Brief.__struct_fields__ if name not in LOOKS])
def test_everything_an_edition_says_is_in_its_fingerprint(briefs: dict[str, Brief], name: str) -> None:
    brief = briefs["full"]
    assert fingerprint_of(replace(brief, **{name: others(getattr(brief, name))})) != brief.fingerprint


@pytest.mark.parametrize("name", sorted(LOOKS))
def test_how_an_edition_looks_is_not(briefs: dict[str, Brief], name: str) -> None:
    brief = briefs["full"]
    assert fingerprint_of(replace(brief, **{name: others(getattr(brief, name))})) == brief.fingerprint


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    if isinstance(node, dict | list):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(value, (*path, key))
    else:
        yield path


def test_the_fingerprint_can_be_derived_without_us(page: str) -> None:
    document = document_of(page)
    canonical = json.dumps(document["says"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(canonical.encode()).hexdigest() == document["fingerprint"]
    assert document["fingerprint"][:12] in page
    # RFC 8785 leaves no choice for texts and whole numbers; a number with a point would have one.
    assert not [path for path in leaves(document["says"]) if isinstance(value_at(document["says"], path), float)]


def value_at(node: Any, path: tuple[Any, ...]) -> Any:  # noqa: ANN401 - JSON
    for key in path:
        node = node[key]
    return node


# ---- the document ----


def test_it_is_json_ld_that_needs_no_network(page: str) -> None:
    def refuse(url: str, _options: object) -> None:
        raise AssertionError(f"asked for {url}")

    graph = jsonld.flatten(jsonld.expand(document_of(page), {"documentLoader": refuse}))
    nodes = {node["@id"]: node for node in graph}
    oa, prov = "http://www.w3.org/ns/oa#", "http://www.w3.org/ns/prov#"
    annotations = [node for node in graph if f"{oa}Annotation" in node.get("@type", ())]
    assert len(annotations) > 20
    for annotation in annotations:
        (body,) = annotation[f"{oa}hasBody"]
        assert nodes[body["@id"]]["urn:nkru-brief:terms#statement"]
        for target in annotation[f"{oa}hasTarget"]:
            passage = nodes[target["@id"]]
            (source,) = passage[f"{oa}hasSource"]
            assert re.fullmatch(r"urn:sha256:[0-9a-f]{64}", source["@id"])
            (selector,) = passage[f"{oa}hasSelector"]
            assert f"{oa}TextPositionSelector" in nodes[selector["@id"]]["@type"]
            assert nodes[selector["@id"]][f"{oa}refinedBy"]
    edition = next(node for node in graph if node["@id"].startswith("urn:nkru-brief:edition:"))
    assert edition[f"{prov}wasGeneratedBy"]


def test_every_key_is_described(page: str) -> None:
    described = set(re.findall(r"`([\w@]+)`", (ROOT / "docs/provenance.md").read_text("utf-8")))
    languages = {"ko", "ru"}
    keys = {key for path in leaves(document_of(page)) if path[0] != "@context" for key in path if isinstance(key, str)}
    assert keys - described - languages == set()


def test_what_a_claim_rests_on_is_in_the_document_of_every_edition(briefs: dict[str, Brief]) -> None:
    for brief in briefs.values():
        says = evidence_of(brief)
        claims = {claim["id"] for claim in says["claims"]}
        passages = {passage["id"] for source in says["sources"] for passage in source["passages"]}
        assert {claim for note in says["notes"] for claim in note["claims"]} <= claims
        assert {p for claim in says["claims"] for p in claim["derived_from"]} == passages
        # What an edition keeps to itself, such as answers for teachers, is in no other edition's file.
        assert ("answer" in to_json(says).decode()) or brief.name != "teacher-key"
        answers = [row.get("answer") for part in says["parts"] for row in part["rows"] if row.get("ask")]
        assert all(answers) == (brief.name == "teacher-key") or not answers


# ---- what is found out ----


def test_a_good_file_is_as_it_was_made(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-C", str(shipped), "verify", str(shipped / "build")]) == 0
    told = capsys.readouterr().out
    assert told.count("as it was made") == len(PAPERS)
    assert "this project's content is the same" in told
    assert "not looked up" in told


def test_a_changed_file_is_not(page: str) -> None:
    assert codes(examined(page.replace("1991", "1992").encode())) != []
    assert "E702" in codes(examined(page.replace("</body>", " </body>").encode()))


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        # what is seen
        (lambda page: re.sub(r"(?s)(<main.*?)1950–1953", r"\g<1>1951–1953", page, count=1), "E703"),
        (lambda page: re.sub(r'(?s)(<tr><th scope="row">).*?</tr>', "", page, count=1), "E703"),
        (lambda page: re.sub(r'(?s)<li id="n3".*?</li>', "", page, count=1), "E703"),
        # what is said to be said
        (lambda page: SCRIPT.sub(lambda m: m[1] + m[2].replace("claim:c19", "claim:c20") + m[3], page), "E703"),
        (
            lambda page: SCRIPT.sub(lambda m: m[1] + re.sub('"start":6', '"start":7', m[2], count=1) + m[3], page),
            "E703",
        ),
        (
            lambda page: SCRIPT.sub(lambda m: m[1] + m[2].replace('"support":"direct"', '"support":"x"') + m[3], page),
            "E703",
        ),
        # what makes it a file of ours
        (lambda page: SCRIPT.sub("", page), "E701"),
        (lambda page: SCRIPT.sub(lambda m: m[1] + m[2][:-9] + m[3], page), "E701"),
        (lambda page: SCRIPT.sub(lambda m: m[1] + m[2].replace('"format":1', '"format":2') + m[3], page), "E701"),
        (lambda page: SCRIPT.sub(lambda m: f"{m[1]}[]{m[3]}", page), "E701"),
        (lambda page: SCRIPT.sub(lambda m: m[1] + m[2].replace('"rows":[', '"rowz":[') + m[3], page), "E701"),
    ],
)
def test_a_forger_who_seals_anew_is_found_out(page: str, edit: Callable[[str], str], code: str) -> None:
    forged = edit(page)
    assert forged != page
    assert code in codes(examined(resealed(forged)))


@pytest.fixture
def pdf(shipped: Path) -> bytes:
    return (shipped / "build/press/press.pdf").read_bytes()


def test_a_pdf_is_read_back_and_held_against_its_data(pdf: bytes, page: str) -> None:
    found = inspect("press.pdf", pdf, {}, {})
    assert (found.seal, found.pages, found.diagnostics) == ("whole", 2, ())
    with pikepdf.open(BytesIO(pdf)) as document:
        inside = json.loads(document.attachments["evidence.jsonld"].get_file().read_bytes())
    assert inside["says"] == document_of(page)["says"]


def test_any_changed_byte_of_a_pdf_is_found_out(pdf: bytes) -> None:
    chance = random.Random(20261124)  # noqa: S311 - the same bytes each time
    for at in chance.sample(range(len(pdf)), 40):
        changed = pdf[:at] + bytes([pdf[at] ^ (1 << chance.randrange(8))]) + pdf[at + 1 :]
        assert set(codes(inspect("press.pdf", changed, {}, {}))) & {"E701", "E702"}


def test_a_pdf_whose_pages_were_edited_and_sealed_anew_is_found_out(pdf: bytes) -> None:
    """A forger swaps two pages, so that all data fits and the pages do not."""
    with pikepdf.open(BytesIO(pdf)) as document:
        document.pages.reverse()
        buffer = BytesIO()
        document.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    forged = re.sub(rb"(<brief:seal>)[0-9a-f]{64}", rb"\g<1>" + seal.EMPTY.encode(), buffer.getvalue())
    found = inspect("press.pdf", seal.sealed(forged), {}, {})
    assert found.seal == "whole"
    assert set(codes(found)) == {"E703"}


def test_a_pdf_that_another_program_saved_has_lost_its_seal(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as document:
        buffer = BytesIO()
        document.save(buffer)
    assert codes(inspect("press.pdf", buffer.getvalue(), {}, {})) == ["E702"]


def test_a_passage_that_is_not_in_its_text_is_found_out(page: str) -> None:
    """A forger who makes up a source can have everything fit but the text itself."""
    text = b"The ferry crosses twice a day. It is 40 metres long."
    document = document_of(page)
    source = document["says"]["sources"][0]
    source["content"] = f"urn:sha256:{hashlib.sha256(text).hexdigest()}"
    document["fingerprint"] = hashlib.sha256(to_json(document["says"])).hexdigest()
    old = document_of(page)["fingerprint"]
    forged = SCRIPT.sub(lambda m: m[1] + to_json(document).decode().replace("<", "\\u003c") + m[3], page)
    forged = forged.replace(old[:12], document["fingerprint"][:12])
    alone = examined(resealed(forged))
    assert codes(alone) == []
    held = examined(resealed(forged), {hashlib.sha256(text).hexdigest(): text})
    assert held.checked == (source["label"],)
    assert codes(held) == ["E704"] * len(source["passages"])


def test_what_changed_in_the_project_since_is_named(
    shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "later"
    shutil.copytree(shipped, root)
    claims = root / "content/claims/after-1991.yaml"
    claims.write_text(claims.read_text("utf-8").replace("a turning point", "the turning point", 1), "utf-8")
    arguments = ["-C", str(root), "verify", str(root / "build/press/press.pdf")]
    assert main(arguments) == 0
    told = capsys.readouterr().out
    assert "1 item of this project changed since" in told
    assert "content/claims/after-1991.yaml: claim c1" in told
    assert main([*arguments, "--current"]) == 1


def test_what_another_edition_carries_is_no_change(shipped: Path, tmp_path: Path) -> None:
    """A file names what it carries, not all there is: an edit elsewhere leaves its bytes alone."""
    root = tmp_path / "later"
    shutil.copytree(shipped, root)
    before = (root / "build/press/press.html").read_bytes()
    claims = root / "content/claims/present.yaml"
    claims.write_text(claims.read_text("utf-8").replace("an inclination", "some inclination"), "utf-8")
    history = root / "content/sections/history.standard.md"
    history.write_text(history.read_text("utf-8") + "\nOne more sentence on 1991 [@c13].\n", "utf-8")
    assert main(["-C", str(root), "build", "--edition", "press", "--output", "html"]) == 0
    assert (root / "build/press/press.html").read_bytes() == before


def test_files_are_found_in_folders_and_zips(shipped: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = tmp_path / "papers.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(shipped / "build/press/press.html", "press/press.html")
        file.writestr("press/notes.txt", "not a paper")
    assert main(["verify", str(archive)]) == 0
    assert capsys.readouterr().out.count("as it was made") == 1
    archive.write_bytes(archive.read_bytes()[:-40])
    assert main(["verify", str(archive)]) == 1
    assert main(["verify", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "error[E707]" in said
    assert "Traceback" not in said


def test_json_has_all_that_is_told(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--format", "json", str(shipped / "build/press/press.html")]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["seal"] == "whole"
    assert told["diagnostics"] == []
    assert told["document"]["says"]["name"] == "press"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"\x00" * 64, b"<html></html>"])
@pytest.mark.parametrize("name", ["x.pdf", "x.html"])
def test_what_is_no_paper_is_said_to_be_none(data: bytes, name: str) -> None:
    assert codes(inspect(name, data, {}, {})) == ["E701"]


def test_a_section_named_as_notes_are_is_no_note() -> None:
    page = '<main><section id="n5"><h2>Five</h2><p>Text.</p></section><ol><li id="n1">A note.</li></ol></main>'
    (leaf,) = read(page).leaves
    assert "Text." in leaf.text
    assert [number for number, _ in leaf.notes] == [1]
