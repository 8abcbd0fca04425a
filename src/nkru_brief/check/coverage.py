"""Rules on what is left of the sources: a sentence that no claim rests on says why, and no other does."""

from collections.abc import Iterator

from nkru_brief.coverage import used_passages
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.model import Card, CardPassage
from nkru_brief.project import Project


def unused_sentences(project: Project) -> Iterator[Diagnostic]:
    """Every sentence of the paper's sources carries a claim or the reason why it carries none."""
    library = project.library
    if library.topic is None or any(fault.severity == "error" for fault in project.diagnostics):
        # What could not be read may be what rests on it.
        return
    used = used_passages(library)
    if used - {f"{card.id} {passage.id}" for card in library.cards.values() for passage in card.passages}:
        # A passage misspelt is not a second fault.
        return
    for name in library.topic.sources:
        card = library.cards.get(name)
        for passage in card.passages if card else ():
            if card and passage.kind == "sentence" and bool(passage.unused) == (f"{name} {passage.id}" in used):
                yield _fault(card, passage)


def _fault(card: Card, passage: CardPassage) -> Diagnostic:
    who = f"'{card.id} {passage.id}' ({passage.gist or passage.kind})"
    if passage.unused:
        message = f"the passage {who} says why no claim rests on it, and one does"
        return Diagnostic(code="W632", place=passage.at("unused"), message=message, hint="take its unused: away")
    message = f"no claim rests on the passage {who}, and it does not say why"
    hint = "write a claim that rests on it, or say why none does: unused: ..."
    return Diagnostic(code="W631", place=passage.at("id"), message=message, hint=hint)
