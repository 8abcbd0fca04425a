"""Notes: each has an id, is reached from its call, and leads back.

ISO 32000-1, 14.8.4.4.2 (Note); ISO 14289-1, 7.9 (Matterhorn 19-003, 19-004).
"""

from nkru_brief.tags.nodes import Inside, Kid, Node, Raw, Source


def note(source: Source, raw: Raw, inside: Inside) -> list[Kid]:
    """Take a note out of its sentence, and keep it for the end of the section: a listener hears the sentence whole.

    ISO 14289-1, 7.9: a note is a Note with an id of its own (Matterhorn 19-003, 19-004). The link back, which is its
    number, is its Lbl. The way from call to note and back is by their links.
    """
    kids = inside(raw)
    back = [kid for kid in kids if isinstance(kid, Node) and kid.tag == "Link" and kid.element.get("class") == "back"]
    rest = [kid for kid in kids if kid not in back]
    made = Node("Note", [*([Node("Lbl", back)] if back else []), *rest], raw.element)
    made.entries["ID"] = f"note-{raw.element.get('id') or source.order[raw.element]}"
    language = source.language_of(raw.element)
    if language != source.language:
        made.entries["Lang"] = language
    source.notes.append(made)
    return []
