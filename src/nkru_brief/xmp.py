"""What a PDF says of itself to programs: XMP metadata with its claims, in one RDF.

ISO 16684-1 (XMP); ISO 19005-3, 6.6.2 (XMP in PDF/A-3), 6.6.2.3 (extension schemas), 6.6.4 (the claim to be PDF/A);
ISO 14289-1, clause 5 (the claim to be PDF/UA; Matterhorn 06-002) and 7.1 (dc:title; 06-003). The engine would write
each claim in an RDF of its own, and readers take the first.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from nkru_brief import seal
from nkru_brief.tags.objects import found, string_of

_NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
    "brief": "urn:nkru-brief:xmp#",
}


class _Property(NamedTuple):
    name: str
    kind: str
    category: str
    description: str


class _Schema(NamedTuple):
    prefix: str
    title: str
    properties: tuple[_Property, ...]


# Every property that no schema of ISO 19005-3 knows is declared in the file itself.
_SCHEMAS = (
    _Schema(
        "pdfuaid",
        "PDF/UA identification schema",
        (_Property("part", "Integer", "internal", "Part of ISO 14289 to which the file conforms"),),
    ),
    _Schema(
        "brief",
        "Briefing papers of nkru-brief",
        (
            _Property("fingerprint", "Text", "external", "SHA-256 of the content of this edition, in hexadecimal"),
            _Property("seal", "Text", "internal", "SHA-256 over the file, in hexadecimal; zeros where it has none"),
            _Property("copy", "Text", "external", "Number of this copy among those made together"),
            _Property("recipient", "Text", "external", "Whom this copy was made for"),
            _Property("marking", "Text", "external", "How the paper may be passed on"),
            _Property("embargo", "Text", "external", "Until when the paper may not be published"),
        ),
    ),
)


class Own(NamedTuple):
    """What an edition's paper says of itself beside its title: each is "" where it has none."""

    fingerprint: str = ""
    marking: str = ""
    embargo: str = ""


def replace_metadata(pdf: Any, metadata: Any, own: Own) -> None:
    """Put a paper's own metadata in the place of what the engine wrote (see `packet`)."""
    written = found(pdf, pdf.catalog["Metadata"])
    written.stream, written.compress = [packet(metadata, string_of(pdf.info["Producer"]), own)], False


def packet(metadata: Any, producer: str, own: Own) -> bytes:
    """Return the XMP packet of a paper, to be stored as it is, not compressed.

    Args:
        metadata: what the engine read from the head of the page: title, authors, description, dates, language.
        producer: what set the pages.
        own: what the edition says of itself.
    """
    return _packet([*_claims(), *_description(metadata, producer), *_own(own), *_extensions()], _NAMESPACES)


def _packet(lines: Iterable[str], prefixes: Iterable[str]) -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{_NAMESPACES[prefix]}"' for prefix in prefixes)
    body = "\n".join(f"   {line}" for line in lines)
    text = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF {spaces}>
  <rdf:Description rdf:about="">
{body}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
    return text.encode("utf-8")


def of_copy(packet: bytes, number: str, recipient: str) -> tuple[bytes, bytes]:
    """Return a paper's packet as that of a copy, in two parts: before its seal, and from its seal on.

    Args:
        packet: the paper's own.
        number: of the copy, as `7 of 120`; "" where the file holds them all.
        recipient: whom it is for; "" where it is for nobody in particular.
    """
    head, slot, tail = packet.decode("utf-8").partition("<brief:seal>")
    own = f"<brief:copy>{escape(number)}</brief:copy>\n   " if number else ""
    own += f"<brief:recipient>{escape(recipient)}</brief:recipient>\n   " if recipient else ""
    return (head + own).encode("utf-8"), (slot + seal.EMPTY + tail[len(seal.EMPTY) :]).encode("utf-8")


def of_sheets(title: str, says: str, fingerprint: str) -> bytes:
    """Return the packet of sheets for a print shop: what they are, from which edition, and no claim at all."""
    lines = ["<dc:format>application/pdf</dc:format>", *_list("dc:title", "Alt", [title])]
    lines += _list("dc:description", "Alt", [says])
    lines += [f"<brief:fingerprint>{escape(fingerprint)}</brief:fingerprint>"] if fingerprint else []
    return _packet(lines, ("rdf", "dc", "brief"))


def _claims() -> Iterator[str]:
    yield "<pdfaid:part>3</pdfaid:part>"
    yield "<pdfaid:conformance>A</pdfaid:conformance>"
    yield "<pdfuaid:part>1</pdfuaid:part>"


def _description(metadata: Any, producer: str) -> Iterator[str]:
    yield "<dc:format>application/pdf</dc:format>"
    yield from _list("dc:title", "Alt", [metadata.title] if metadata.title else [])
    yield from _list("dc:creator", "Seq", metadata.authors)
    yield from _list("dc:description", "Alt", [metadata.description] if metadata.description else [])
    yield from _list("dc:language", "Bag", [metadata.lang] if metadata.lang else [])
    simple = {
        "xmp:CreateDate": metadata.created,
        "xmp:ModifyDate": metadata.modified,
        "xmp:CreatorTool": metadata.generator,
        "pdf:Producer": producer,
    }
    yield from (f"<{name}>{escape(value)}</{name}>" for name, value in simple.items() if value)


def _own(own: Own) -> Iterator[str]:
    if own.marking:
        yield f"<brief:marking>{escape(own.marking)}</brief:marking>"
    if own.embargo:
        yield f"<brief:embargo>{escape(own.embargo)}</brief:embargo>"
    if own.fingerprint:
        yield f"<brief:fingerprint>{escape(own.fingerprint)}</brief:fingerprint>"
        yield f"<brief:seal>{seal.EMPTY}</brief:seal>"


def _list(name: str, kind: str, values: Iterable[str]) -> Iterator[str]:
    language = ' xml:lang="x-default"' if kind == "Alt" else ""
    items = "".join(f"<rdf:li{language}>{escape(value)}</rdf:li>" for value in values)
    if items:
        yield f"<{name}><rdf:{kind}>{items}</rdf:{kind}></{name}>"


def _extensions() -> Iterator[str]:
    yield "<pdfaExtension:schemas><rdf:Bag>"
    for schema in _SCHEMAS:
        yield ' <rdf:li rdf:parseType="Resource">'
        yield f"  <pdfaSchema:schema>{schema.title}</pdfaSchema:schema>"
        yield f"  <pdfaSchema:namespaceURI>{_NAMESPACES[schema.prefix]}</pdfaSchema:namespaceURI>"
        yield f"  <pdfaSchema:prefix>{schema.prefix}</pdfaSchema:prefix>"
        yield "  <pdfaSchema:property><rdf:Seq>"
        for each in schema.properties:
            yield '   <rdf:li rdf:parseType="Resource">'
            yield f"    <pdfaProperty:name>{each.name}</pdfaProperty:name>"
            yield f"    <pdfaProperty:valueType>{each.kind}</pdfaProperty:valueType>"
            yield f"    <pdfaProperty:category>{each.category}</pdfaProperty:category>"
            yield f"    <pdfaProperty:description>{each.description}</pdfaProperty:description>"
            yield "   </rdf:li>"
        yield "  </rdf:Seq></pdfaSchema:property>"
        yield " </rdf:li>"
    yield "</rdf:Bag></pdfaExtension:schemas>"
