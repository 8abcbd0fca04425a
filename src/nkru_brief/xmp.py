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
        ),
    ),
)


def replace_metadata(pdf: Any, metadata: Any, fingerprint: str) -> None:
    """Put a paper's own metadata in the place of what the engine wrote (see `packet`)."""
    written = found(pdf, pdf.catalog["Metadata"])
    written.stream, written.compress = [packet(metadata, string_of(pdf.info["Producer"]), fingerprint)], False


def packet(metadata: Any, producer: str, fingerprint: str) -> bytes:
    """Return the XMP packet of a paper, to be stored as it is, not compressed.

    Args:
        metadata: what the engine read from the head of the page: title, authors, description, dates, language.
        producer: what set the pages.
        fingerprint: of the edition's content; "" where it has none.
    """
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _NAMESPACES.items())
    lines = [*_claims(), *_description(metadata, producer), *_own(fingerprint), *_extensions()]
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


def _own(fingerprint: str) -> Iterator[str]:
    if fingerprint:
        yield f"<brief:fingerprint>{escape(fingerprint)}</brief:fingerprint>"
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
