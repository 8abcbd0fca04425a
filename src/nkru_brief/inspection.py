"""A finished file examined: is it as it was made, does it say what its fingerprint says, and from what was it made?

Nothing here trusts the file. Its seal is computed anew from its bytes, its fingerprint from the data inside it, and
where the texts of the sources are at hand, each passage's hash from the text itself.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

from nkru_brief import htmlreader, pdfreader, seal
from nkru_brief.completeness import Finished, lacking, unmarked, unsaid
from nkru_brief.compose import PRINTED
from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.digest import fingerprint, sha256
from nkru_brief.evidence import FILE, MEDIA_TYPE
from nkru_brief.provenance import FORMAT, Used
from nkru_brief.values import Value, convert, field, from_json

SUFFIXES = (".pdf", ".html")
_DATA = re.compile(rf'<script type="{re.escape(MEDIA_TYPE)}">(.*?)</script>', re.DOTALL)


class Agent(Value):
    """A program that made the file, and its version."""

    title: str
    version: str


class Selector(Value):
    """Where a passage stands in its text, in characters, and what refines that: the hash of what stands there."""

    start: int
    end: int
    refined: dict[str, str] = field(name="refinedBy")


class Passage(Value):
    """A passage that the file rests on."""

    id: str
    selector: Selector


class SourceSaid(Value):
    """A source, as the file describes it; `content` names its text by its SHA-256."""

    id: str
    label: str
    title: str
    content: str
    passages: tuple[Passage, ...]

    @property
    def sha256(self) -> str:
        """The SHA-256 of the source's text, as hex digits."""
        return self.content.removeprefix("urn:sha256:")


class Says(Value):
    """What an edition says, as far as it is reported here."""

    name: str
    label: str
    title: str
    series: str
    number: str
    version: str
    sources: tuple[SourceSaid, ...]


class Made(Value):
    """How the file was made: its output and theme, everything authored that went in, and the programs."""

    output: str
    theme: str
    used: tuple[Used, ...]
    tools: tuple[Agent, ...] = field(name="with")


class Document(Value):
    """The document of provenance inside a file (`docs/provenance.md`)."""

    format: int
    fingerprint: str
    says: Says
    made: Made


class Inspection(Value):
    """What was found out about one file; `pages` is None where it has none, `diagnostics` is all that is wrong.

    `inside` is the document as it stands in the file.
    """

    path: str
    seal: seal.State
    document: Document | None = None
    inside: bytes = b""
    pages: int | None = None
    checked: tuple[str, ...] = ()
    differing: tuple[Used, ...] | None = None
    # Of a copy for somebody: its number among those made together, and whom it is for.
    copy: str = ""
    recipient: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()


def inspect(path: str, data: bytes, texts: Mapping[str, bytes], now: Mapping[str, tuple[Used, ...]]) -> Inspection:
    """Return what can be found out about a finished file.

    Args:
        path: what to call it.
        data: its bytes.
        texts: the texts at hand, by their SHA-256.
        now: what each edition of the project at hand is made from now, by the edition's name; empty without one.
    """
    place = Place(file=path)
    state = seal.state_of(data)
    try:
        opened = _opened(path, data)
        raw = from_json(opened.document)
        document = convert(raw, Document)
    except ValueError as error:
        hint = "name a PDF or web page that this builder made; one that was saved anew by another program has lost it"
        fault = Diagnostic(code="E701", place=place, message=f"it carries no provenance: {error}", hint=hint)
        return Inspection(path=path, seal=state, diagnostics=(fault,))
    says = raw["says"] if isinstance(raw, dict) else {}
    faults = [*_broken(place, state), *_misprinted(place, document, fingerprint(says), opened.drawn)]
    faults += [*_unsaid(place, says, opened.finished), *_unheaded(place, says, opened.drawn)]
    checked = tuple(source.label for source in document.says.sources if source.sha256 in texts)
    faults += _unsupported(place, document, texts)
    used = now.get(document.says.name)
    return Inspection(
        path=path,
        seal=state,
        document=document,
        inside=opened.document,
        pages=len(opened.drawn) if path.endswith(".pdf") else None,
        checked=checked,
        differing=None if used is None else tuple(_differing(document.made.used, used)),
        copy=_said(data, b"copy"),
        recipient=_said(data, b"recipient"),
        diagnostics=tuple(faults),
    )


def _said(data: bytes, name: bytes) -> str:
    """Return what a file's metadata, which stands in it as it is, says under a name of ours, or ""."""
    found = re.search(b"<brief:%b>([^<]*)</brief:%b>" % (name, name), data)
    return unescape(found[1].decode("utf-8", errors="replace")) if found else ""


class _Opened(Value):
    """A file opened: the document inside, the text of each page as it is drawn, and all of it as it is read."""

    document: bytes
    drawn: tuple[str, ...]
    finished: Finished


def _opened(path: str, data: bytes) -> _Opened:
    """Return what is inside a file.

    Raises:
        ValueError: it carries no provenance.
    """
    if path.endswith(".pdf"):
        contents = pdfreader.read(data)
        if FILE not in contents.attachments:
            raise ValueError(f"no file {FILE!r} is inside")
        return _Opened(document=contents.attachments[FILE], drawn=contents.drawn, finished=contents.finished)
    text = data.decode("utf-8", errors="replace")
    found = _DATA.search(text)
    if found is None:
        raise ValueError(f"no data of the type {MEDIA_TYPE} is inside")
    finished = htmlreader.read(text)
    drawn = tuple(leaf.text for leaf in finished.leaves)
    return _Opened(document=found[1].encode("utf-8"), drawn=drawn, finished=finished)


def _broken(place: Place, state: seal.State) -> Iterator[Diagnostic]:
    if state == "changed":
        message = "the file is not as it was made: its seal does not fit"
        hint = "get it again from where it was published, or build it again"
        yield Diagnostic(code="E702", place=place, message=message, hint=hint)
    elif state == "none":
        message = "the file has no seal, so nothing shows that it is as it was made"
        hint = "a program that saved it anew dropped the seal; get it again from where it was published"
        yield Diagnostic(code="E702", place=place, message=message, hint=hint)


def _misprinted(place: Place, document: Document, derived: str, pages: tuple[str, ...]) -> Iterator[Diagnostic]:
    if derived != document.fingerprint:
        message = (
            f"the fingerprint inside is {_short(document.fingerprint)}, but what the file says has {_short(derived)}"
        )
        yield Diagnostic(
            code="E703", place=place, message=message, hint="the data inside was edited; do not rely on it"
        )
    lacking = unmarked(derived, pages)
    if lacking:
        what = "the page does" if len(pages) == 1 else f"of {len(pages)} pages, {', '.join(map(str, lacking))} do"
        message = f"{what} not print the fingerprint {_short(derived)}"
        hint = "these pages are of another paper, or their template leaves the fingerprint out"
        yield Diagnostic(code="E703", place=place, message=message, hint=hint)


def _unheaded(place: Place, says: dict[str, Any], pages: tuple[str, ...]) -> Iterator[Diagnostic]:
    """Yield the pages that leave out how the paper may be passed on."""
    for text in (says.get("marking", ""), says.get("embargo", "")):
        missing = lacking(text, pages) if isinstance(text, str) and text else ()
        if missing:
            message = f"pages {', '.join(map(str, missing))} do not say “{text}”"
            hint = "these pages are of another paper, or their template leaves the marking out"
            yield Diagnostic(code="E703", place=place, message=message, hint=hint)


def _unsaid(place: Place, says: dict[str, Any], finished: Finished) -> Iterator[Diagnostic]:
    try:
        found = tuple(unsaid(says, finished))
    except (KeyError, TypeError, AttributeError) as error:
        message = f"the data inside is not of the form it should have: {type(error).__name__} {error}"
        yield Diagnostic(code="E701", place=place, message=message, hint="it was edited, or made by another program")
        return
    for each in found:
        hint = "what a reader sees is not what the data inside says; do not rely on the file"
        yield Diagnostic(code="E703", place=place, message=each.message, hint=hint)


def _short(digest: str) -> str:
    """Return a fingerprint as it is printed: 12 digits in three groups."""
    return " ".join(digest[start : start + 4] for start in range(0, PRINTED, 4))


def _unsupported(place: Place, document: Document, texts: Mapping[str, bytes]) -> Iterator[Diagnostic]:
    if document.format != FORMAT:
        message = f"its provenance has the format {document.format}; this version reads format {FORMAT}"
        yield Diagnostic(code="E701", place=place, message=message, hint="verify it with the version that made it")
    for source in document.says.sources:
        if source.sha256 not in texts:
            continue
        text = texts[source.sha256].decode("utf-8", errors="replace")
        for passage in source.passages:
            found = text[passage.selector.start : passage.selector.end]
            if sha256(found.encode("utf-8")) != passage.selector.refined.get("exact"):
                name = passage.id.removeprefix("passage:")
                message = f"the passage {name} is not in the text of source {source.label}: “{found[:60]}”"
                hint = "the text is the one the file names, so the passage was never there"
                yield Diagnostic(code="E704", place=place, message=message, hint=hint)


def _differing(then: Iterable[Used], now: Iterable[Used]) -> Iterator[Used]:
    """Yield what a file was made from that is otherwise now, or gone; and what has come since."""
    before, after = {used.key: used for used in then}, {used.key: used for used in now}
    yield from (used for key, used in before.items() if key not in after or after[key].digest != used.digest)
    yield from (used for key, used in after.items() if key not in before)
