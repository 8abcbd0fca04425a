"""Every PDF that leaves is PDF/UA-1 and PDF/A-3a, as the field's validators see it, and the tests of them bite.

page-validation runs everywhere. veraPDF runs where it is set up (`make conformance` does that), and always in CI.
"""

import os
import shutil
from pathlib import Path
from typing import NamedTuple

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


class Judged(NamedTuple):
    """What veraPDF said of each file, in one run of Java: what we made, copies of it, and what claims falsely."""

    papers: dict[Path, list[str]]
    copies: dict[Path, list[str]]
    forged: dict[Path, list[str]]
    silent: dict[Path, list[str]]


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
def judged(set_up: None, workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Judged:  # noqa: ARG001
    folder = tmp_path_factory.mktemp("judged")
    papers = [workshop.pdf(edition) for edition in EDITIONS] + _minis(folder)
    copies = _copies(folder)
    forged = [broken(workshop.pdf("public"), folder / "broken.pdf")]
    silent = [folder / "no claim.pdf", folder / "none.pdf"]
    with pikepdf.open(workshop.pdf("public")) as pdf:
        del pdf.Root["/Metadata"]
        pdf.save(silent[0])
    shutil.copyfile(__file__, silent[1])
    found = verapdf.faults([*papers, *copies, *forged, *silent])
    return Judged(*({path: found[path] for path in paths} for paths in (papers, copies, forged, silent)))


def _minis(folder: Path) -> list[Path]:
    project, papers = project_of(folder / "project"), []
    for number, mini in enumerate(each for each in minis() if not each.refused):
        papers.append(folder / f"{number:03} {mini.family}.pdf")
        papers[-1].write_bytes(outcome(mini, project).pdf)
    return papers


def _copies(folder: Path) -> list[Path]:
    roster = folder / "roster.csv"
    names = ("Ann O’Hara,Harbour", "김정은,평양", "محمد علي,شركة", "l̄ Иван,../x", f"{'Long name ' * 6},{'Place ' * 8}")
    roster.write_text("\n".join(("name,organisation", *names)), "utf-8")
    copies = folder / "copies"
    for edition in ("press", "public"):
        make_copies(ROOT, edition, roster, copies / edition)
        make_copies(ROOT, edition, roster, copies / edition, one_file=True)
    return sorted(copies.rglob("*.pdf"))


def test_verapdf_finds_nothing(judged: Judged) -> None:
    assert len(judged.papers) > len(EDITIONS) + 100
    assert {path.name: said for path, said in judged.papers.items() if said} == {}


def test_verapdf_finds_nothing_in_copies(judged: Judged) -> None:
    assert len(judged.copies) == 12
    assert {path.name: said for path, said in judged.copies.items() if said} == {}


def test_verapdf_bites(judged: Judged) -> None:
    (said,) = judged.forged.values()
    assert [any(profile in fault for fault in said) for profile in verapdf.PROFILES] == [True, True]
    assert all([fault for fault in said if "is not held to" in fault] for said in judged.silent.values())
