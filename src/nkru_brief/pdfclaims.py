"""The door to page-validation: what a PDF claims to be in its metadata, held against what is in it.

Looked at is what PDF/UA-1 (ISO 14289-1, 7.1, 7.2, 7.16, 7.21.4) and PDF/A-3 (ISO 19005-3, 6.1.13, 6.2.11.4, 6.6.1,
6.7) ask for first and what a program that saves a file anew loses first: tags on every page, a language, embedded
fonts, no encryption, no scripts. Where page-validation is installed, a file without such a fault is validated, too.
"""

import re
from collections.abc import Iterator
from importlib.util import find_spec

from nkru_brief import pdfreader
from nkru_brief.values import Value

CHECKED = "tags on every page, language, embedded fonts, no encryption, no scripts"
_VALIDATOR = "page"
# What page-validation says and is not so (compressed data that happens to end in 0x0D is no end of line).
_FALSE = "STREAM-LENGTH"
_SHOWN = 3

_UA = re.compile(rb"<pdfuaid:part>\s*(\d+)\s*</pdfuaid:part>|pdfuaid:part=[\"'](\d+)[\"']")
_A = re.compile(rb"<pdfaid:part>\s*(\d+)\s*</pdfaid:part>|pdfaid:part=[\"'](\d+)[\"']")
_LEVEL = re.compile(rb"<pdfaid:conformance>\s*([ABU])\s*</pdfaid:conformance>|pdfaid:conformance=[\"']([ABU])[\"']")


class Claims(Value):
    """What a PDF claims, as people call it, and what is against it."""

    claims: tuple[str, ...]
    faults: tuple[str, ...]


def claims_of(data: bytes) -> Claims:
    """Return what a PDF claims to be, and what is against it.

    Raises:
        ValueError: it is not a PDF, or a broken one.
    """
    accessible, archival, level = (_first(pattern, data) for pattern in (_UA, _A, _LEVEL))
    claims = ([f"PDF/UA-{accessible}"] if accessible else []) + (
        [f"PDF/A-{archival}{level.lower()}"] if archival else []
    )
    if not claims:
        return Claims(claims=(), faults=())
    build = pdfreader.build_of(data)
    # Level A of PDF/A asks for tags as PDF/UA does.
    tagged = bool(accessible) or level == "A"
    faults = tuple(_against(build, tagged=tagged))
    return Claims(claims=tuple(claims), faults=faults or tuple(_invalid(data, claims)))


def validates() -> bool:
    """Return whether page-validation is installed."""
    return find_spec(_VALIDATOR) is not None


def _invalid(data: bytes, claims: list[str]) -> Iterator[str]:
    """Yield what the validator has against the profiles that are claimed, as far as it knows them."""
    if not validates():
        return
    import page

    for claim in claims:
        profile = getattr(page.ValidationProfile, claim.upper().replace("/", "_").replace("-", "_"), None)
        if profile is None:
            continue
        try:
            failures = page.validate_pdf_bytes(data, profile=profile).failures
        except page.PageError as error:
            yield f"it cannot be validated as {claim}: {error}"
            continue
        found = dict.fromkeys(f"{each.message} ({each.rule_id})" for each in failures if _FALSE not in each.rule_id)
        yield from list(found)[:_SHOWN]


def _first(pattern: re.Pattern[bytes], data: bytes) -> str:
    match = pattern.search(data)
    return (match[1] or match[2] or b"").decode("ascii") if match else ""


def _against(build: pdfreader.Build, *, tagged: bool) -> Iterator[str]:
    if tagged and not build.tagged:
        yield "it is not tagged"
    elif tagged and build.untagged:
        yield f"nothing on page {', '.join(map(str, build.untagged))} is tagged"
    if tagged and not build.language:
        yield "it does not say in which language it is"
    if build.foreign_fonts:
        yield f"fonts are not in it: {', '.join(build.foreign_fonts)}"
    if build.encrypted:
        yield "it is encrypted"
    if build.scripts:
        yield "it holds scripts"
