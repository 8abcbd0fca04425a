"""The field's validators: page-validation, which a wheel brings, and veraPDF, which Java runs.

Every PDF is held to the two profiles it claims: PDF/UA-1 (ISO 14289-1) and PDF/A-3a (ISO 19005-3).
"""

import importlib.util
from pathlib import Path
from types import ModuleType

import page

SCRIPT = Path(__file__).resolve().parent.parent / "tools" / "conformance" / "verapdf.py"

# What page-validation says and is not so; veraPDF, which the same tests run where there is Java, says neither.
FALSE_POSITIVES = {
    # It takes compressed data that happens to end in 0x0D for data and an end of line; the Length is right.
    "STREAM-LENGTH": "a stream /Length does not match its raw content length",
}


def faults_by_page(path: Path) -> list[str]:
    """Return what page-validation finds wrong with a PDF under either profile."""
    found = []
    for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A):
        # Without a profile it takes the first claim it finds for the only one.
        report = page.validate_pdf(path, profile=profile)
        assert report.is_compliant or report.failures
        found += (f"{each.rule_id}: {each.message}" for each in report.failures if not _is_false(each.rule_id))
    return found


def _is_false(rule: str) -> bool:
    return any(name in rule for name in FALSE_POSITIVES)


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verapdf = _load(SCRIPT)
