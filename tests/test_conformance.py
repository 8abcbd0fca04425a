"""Every PDF that leaves is PDF/UA-1 and PDF/A-3a, as the field's validators see it, and the tests of them bite.

page-validation runs everywhere. veraPDF runs where it is set up (`make conformance` does that), and always in CI.
"""

import os
import shutil
from pathlib import Path

import pikepdf
import pytest

from conformance import FALSE_POSITIVES, faults_by_page, verapdf
from minis import minis, outcome, project_of
from nkru_brief.copies import make_copies
from shipped import EDITIONS, ROOT, Workshop, alone, every_edition


@every_edition
def test_page_validation_finds_nothing(workshop: Workshop, edition: str) -> None:
    assert faults_by_page(workshop.pdf(edition)) == []


def broken(path: Path, to: Path) -> Path:
    """Write a copy of a PDF that claims both and is neither: a figure without words, an XMP without a part."""
    with pikepdf.open(path) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Figure":
                del thing["/Alt"]
        del pdf.Root["/OutputIntents"]
        pdf.save(to)
    return to


def test_page_validation_bites(workshop: Workshop, tmp_path: Path) -> None:
    found = faults_by_page(broken(workshop.pdf("public"), tmp_path / "broken.pdf"))
    assert any(fault.startswith("PDFUA1-") for fault in found)
    assert any(fault.startswith("PDFA3A-") for fault in found)
    assert not any(name in fault for fault in found for name in FALSE_POSITIVES)


@pytest.fixture(scope="session")
def set_up(workshop: Workshop) -> None:
    reason = verapdf.lacking()
    if os.environ.get("CI") == "true":
        assert reason == ""
        with alone(workshop.kept / "verapdf.lock"):
            verapdf.install()
    elif reason:
        pytest.skip(reason)
    elif not verapdf.installed():
        pytest.skip("veraPDF is not set up; `make conformance` fetches and runs it")


def test_verapdf_finds_nothing(set_up: None, workshop: Workshop, tmp_path: Path) -> None:  # noqa: ARG001
    papers = [workshop.pdf(edition) for edition in EDITIONS]
    project = project_of(tmp_path / "project")
    for number, mini in enumerate(each for each in minis() if not each.refused):
        path = tmp_path / f"{number:03} {mini.family}.pdf"
        path.write_bytes(outcome(mini, project).pdf)
        papers.append(path)
    found = verapdf.faults(papers)
    assert len(found) == len(papers) > len(EDITIONS) + 100
    assert {path.name: said for path, said in found.items() if said} == {}


def test_verapdf_finds_nothing_in_copies(set_up: None, tmp_path: Path) -> None:  # noqa: ARG001
    roster = tmp_path / "roster.csv"
    names = ("Ann O’Hara,Harbour", "김정은,평양", "محمد علي,شركة", "l̄ Иван,../x", f"{'Long name ' * 6},{'Place ' * 8}")
    roster.write_text("\n".join(("name,organisation", *names)), "utf-8")
    for edition in ("press", "public"):
        make_copies(ROOT, edition, roster, tmp_path / edition)
        make_copies(ROOT, edition, roster, tmp_path / edition, one_file=True)
    papers = sorted(tmp_path.glob("*/*.pdf"))
    assert len(papers) == 12
    assert {path.name: said for path, said in verapdf.faults(papers).items() if said} == {}


def test_verapdf_bites(set_up: None, workshop: Workshop, tmp_path: Path) -> None:  # noqa: ARG001
    bad = broken(workshop.pdf("public"), tmp_path / "broken.pdf")
    plain = tmp_path / "no claim.pdf"
    with pikepdf.open(workshop.pdf("public")) as pdf:
        del pdf.Root["/Metadata"]
        pdf.save(plain)
    none = tmp_path / "none.pdf"
    shutil.copyfile(__file__, none)
    found = verapdf.faults([bad, plain, none])
    assert [any(profile in fault for fault in found[bad]) for profile in verapdf.PROFILES] == [True, True]
    assert all(len([fault for fault in found[path] if "is not held to" in fault]) >= 1 for path in (plain, none))
