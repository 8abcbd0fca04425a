"""Rules on sources whose texts are at hand: every passage of a card is still the sentence it names."""

from collections.abc import Iterator

from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.model import Card, CardPassage
from nkru_brief.project import Project
from nkru_brief.record import differences
from nkru_brief.verify import Verdict, Verdicts


def passages(project: Project) -> Iterator[Diagnostic]:
    """Every passage is exact, in the text it was taken from; texts that are not at hand are not judged."""
    for name, verdicts in project.verdicts.items():
        card = project.library.cards[name]
        by_id = {passage.id: passage for passage in card.passages}
        for verdict in verdicts.faults:
            yield _fault(card, by_id[verdict.passage], verdict, verdicts)


def _fault(card: Card, passage: CardPassage, verdict: Verdict, verdicts: Verdicts) -> Diagnostic:
    where = passage.at("id")
    who = f"'{card.id} {passage.id}' ({passage.gist or passage.kind})"
    in_text = Place(file=f"seeds/{card.file}", line=max(verdict.line, 1), column=max(verdict.column, 1))
    match verdict.state:
        case "tampered":
            message = f"the card's passage {who} does not fit the text that the card was made from"
            hint = "the text is unchanged, so the card was edited: put back its offset, length, words and hashes"
            return Diagnostic(code="E613", place=where, message=message, hint=hint)
        case "changed":
            message = f"the passage {who} reads otherwise now"
            hint = f"now: {verdict.difference or verdict.found}"
            return Diagnostic(code="E611", place=in_text, message=message, hint=hint)
        case "moved":
            message = f"the passage {who} now stands at {verdict.now}"
            hint = "the sentence is the same; make the card anew when you have looked at the text"
            return Diagnostic(code="W611", place=in_text, message=message, hint=hint)
    message = f"the passage {who} is not in the text any more"
    hint = f"what stands in seeds/{card.file} is another text than the card's" if not verdicts.same_text else ""
    return Diagnostic(code="E612", place=where, message=message, hint=hint)


def gists(project: Project) -> Iterator[Diagnostic]:
    """Every passage that a claim rests on has a gist: it is all a reader without the text can see of it."""
    cited = {reference for claim in project.library.claims.values() for reference in claim.passages}
    for card in project.library.cards.values():
        for passage in card.passages:
            if not passage.gist and f"{card.id} {passage.id}" in cited:
                message = f"the passage '{card.id} {passage.id}' is cited but has no gist"
                hint = "say in one line of your own what the sentence asserts"
                yield Diagnostic(code="W612", place=passage.at("gist"), message=message, hint=hint)


def reviewed(project: Project) -> Iterator[Diagnostic]:
    """Everything is as it was when somebody last reviewed it; a project without a record is not asked."""
    yield from differences(project, project.library.record)
