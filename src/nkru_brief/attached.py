"""Files inside a PDF that belong to it: associated files.

ISO 19005-3, 6.8 and annex E: each embedded file has a media type, a name in both forms (ISO 14289-1, 7.11; Matterhorn
21-001), and its relationship to the paper; the catalog's AF lists them all. The engine would date them by the clock,
and list each twice.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from nkru_brief.sheet import Attachment
from nkru_brief.tags.objects import add, array, dictionary, name, stream, text


def attach(pdf: Any, attachments: Iterable[Attachment], created: int) -> None:
    """Embed files in a PDF, in the order of their names.

    ISO 32000-1, 7.11.4 (EmbeddedFile, EmbeddedFiles; a name tree is sorted) and ISO 19005-3, annex E (AF).

    Args:
        pdf: the file, before it is written.
        attachments: what to embed.
        created: the date they are given, in seconds since 1970.
    """
    ordered = sorted(attachments, key=lambda each: each.name)
    if not ordered:
        return
    specifications = [_specification(pdf, each, created) for each in ordered]
    names = [entry for pair in zip(ordered, specifications, strict=True) for entry in (text(pair[0].name), pair[1])]
    tree = add(pdf, dictionary({"Names": array(names)}))
    pdf.catalog.setdefault("Names", dictionary({}))["EmbeddedFiles"] = tree.reference
    pdf.catalog["AF"] = array(specifications)


def _specification(pdf: Any, attachment: Attachment, created: int) -> bytes:
    date = text(datetime.fromtimestamp(created, UTC).strftime("D:%Y%m%d%H%M%SZ"))
    digest = hashlib.md5(attachment.data, usedforsecurity=False).hexdigest()
    parameters = {"Size": len(attachment.data), "CheckSum": f"<{digest}>", "CreationDate": date, "ModDate": date}
    entries = {
        "Type": "/EmbeddedFile",
        "Subtype": name(attachment.media_type),
        "Params": dictionary(parameters),
    }
    content = add(pdf, stream(attachment.data, entries, compress=True))
    specification = dictionary(
        {
            "Type": "/Filespec",
            "F": text(attachment.name),
            "UF": text(attachment.name),
            "EF": dictionary({"F": content.reference, "UF": content.reference}),
            "Desc": text(attachment.description),
            "AFRelationship": name(attachment.relationship),
        }
    )
    return bytes(add(pdf, specification).reference)
