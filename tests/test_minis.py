"""Every mini document is a paper that passes, or is refused in plain words: none passes through broken."""

from pathlib import Path

import pytest

from conformance import faults_by_page
from minis import Mini, minis, outcome, project_of
from nkru_brief.project import Project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return project_of(tmp_path_factory.mktemp("minis") / "project")


def test_there_are_many() -> None:
    assert len(minis()) >= 120
    assert len({str(mini) for mini in minis()}) == len(minis())
    assert {bool(mini.refused) for mini in minis()} == {True, False}


@pytest.mark.parametrize("mini", minis(), ids=str)
def test_it_passes_or_is_refused(project: Project, tmp_path: Path, mini: Mini) -> None:
    found = outcome(mini, project)
    if mini.refused:
        assert mini.refused in "\n".join(found.said)
        return
    assert found.said == ()
    path = tmp_path / "mini.pdf"
    path.write_bytes(found.pdf)
    assert faults_by_page(path) == []
