"""Links: each is one element, says in words where it leads, and is clicked where it is read.

ISO 32000-1, 14.8.4.4.2 (Link, Reference) and 12.5.6.5; ISO 14289-1, 7.18.1 and 7.18.5.
"""

import re
from typing import Any

from nkru_brief.tags.nodes import Inside, Kid, Node, Raw, Source, words_of

# An address, or the greater part of one: nothing to listen to.
ADDRESS = re.compile(r"^(?:[a-z][a-z0-9+.-]*:\S+|www\.\S+|#\S*|\S+@\S+\.\w+|\S+/\S*)$", re.IGNORECASE)


def link(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return a link with the annotations of its lines.

    ISO 14289-1, 7.18.5: a link annotation is inside a Link (Matterhorn 28-011), and its Contents say what it is
    (28-012). The engine makes another annotation for each element inside the link, and those are dropped.
    """
    kids = inside(raw)
    annotations = source.links.get(raw.element, [])
    if not annotations or not kids:
        return kids
    node = Node("Link", kids, raw.element)
    node.links = annotations
    return [node]


def reference(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Return the call of a note: a Reference that holds the link (ISO 32000-1, 14.8.4.4.2)."""
    return [Node("Reference", link(source, raw, inside), raw.element)]


def described(element: Any) -> str:
    """Return what a link says of itself: its title, its label, or its text.

    ISO 14289-1, 7.18.1 (Contents; Matterhorn 28-004). A title comes first, for it is there to say more than the text.
    """
    return element.get("title") or element.get("aria-label") or words_of(element)


def is_address(text: str) -> bool:
    """Return whether a text is an address or a fragment, which a voice would spell letter by letter."""
    return bool(ADDRESS.match(text.strip()))
