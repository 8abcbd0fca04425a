"""Rules on sources whose texts are at hand: every passage of a card is still the sentence it names."""

from collections.abc import Iterator

from nkru_brief.diagnostics import Diagnostic, Place
from nkru_brief.facts import numbers
from nkru_brief.model import STANDARD, Card, CardPassage
from nkru_brief.project import Project
from nkru_brief.record import differences
from nkru_brief.signoff import is_lapsed
from nkru_brief.verify import Verdict, Verdicts


def passages(project: Project) -> Iterator[Diagnostic]:
    """Every passage is exact, in the text it was taken from; texts that are not at hand are not judged."""
    for name, verdicts in project.verdicts.items():
        card = project.library.cards[name]
        by_id = {passage.id: passage for passage in card.passages}
        yield from _of_the_whole(card, verdicts)
        for verdict in verdicts.faults:
            yield _fault(card, by_id[verdict.passage], verdict)


def _of_the_whole(card: Card, verdicts: Verdicts) -> Iterator[Diagnostic]:
    for key in verdicts.misfits:
        message = f"the card's {key} are not those of the text that the card was made from"
        hint = f"the text is unchanged, so the card was edited: put back its {key}"
        yield Diagnostic(code="E613", place=card.at(key), message=message, hint=hint)
    if verdicts.at_hand and not verdicts.same_text and not verdicts.faults:
        message = f"seeds/{card.file} is not the text whose SHA-256 this is, though every passage is exact"
        hint = "words were added, line ends changed, or the card was edited; put back the text or the SHA-256"
        yield Diagnostic(code="W613", place=card.at("sha256"), message=message, hint=hint)


def _fault(card: Card, passage: CardPassage, verdict: Verdict) -> Diagnostic:
    where = passage.at("id")
    who = f"'{card.id} {passage.id}' ({passage.gist or passage.kind})"
    in_text = Place(file=f"seeds/{card.file}", line=max(verdict.line, 1), column=max(verdict.column, 1))
    match verdict.state:
        case "tampered":
            keys = ", ".join(verdict.misfits)
            message = f"the passage {who} does not fit the text that the card was made from: {keys}"
            hint = f"the text is unchanged, so the card was edited: put back its {keys}"
            # Where several keys are off, the passage most likely has the id of another.
            where = passage.at(verdict.misfits[0] if len(verdict.misfits) == 1 else "id")
            return Diagnostic(code="E613", place=where, message=message, hint=hint)
        case "changed":
            message = f"the passage {who} reads otherwise now"
            hint = f"now: {verdict.difference or verdict.found}"
            return Diagnostic(code="E611", place=in_text, message=message, hint=hint)
        case "moved":
            message = f"the passage {who} now stands at {verdict.now}"
            hint = "the sentence is the same; make the card anew when you have looked at the text"
            if verdict.now == passage.id:
                message = f"the passage {who} has other quotes, dashes or spaces now"
            return Diagnostic(code="W611", place=in_text, message=message, hint=hint)
    message = f"the passage {who} is not in the text any more"
    hint = f"put the card's text into seeds/{card.file}; if the source changed, look at the claims that rest on this"
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


def gist_numbers(project: Project) -> Iterator[Diagnostic]:
    """Every number of a claim is in the gist of one of its passages: what no gist says, a reader cannot check."""
    gists = {f"{card.id} {p.id}": p.gist for card in project.library.cards.values() for p in card.passages}
    for claim in project.library.claims.values():
        found = [gists.get(reference, "") for reference in claim.passages]
        known = frozenset().union(*map(numbers, found))
        for number in sorted(numbers(claim.statement.at_level(STANDARD)) - known) if all(found) else ():
            message = f"{number!r} of claim {claim.id!r} is in no gist of its passages"
            hint = "correct the number, cite the passage that gives it, or say it in the gist"
            yield Diagnostic(code="W614", place=claim.statement.at(STANDARD), message=message, hint=hint)


def sign_offs(project: Project) -> Iterator[Diagnostic]:
    """Every sign-off is of the claim as it now stands, and of the passages it now rests on."""
    for claim in project.library.claims.values():
        signed = claim.sign_off
        if signed is not None and is_lapsed(claim, project.library.cards):
            message = f"the sign-off of claim {claim.id!r} by {signed.who} of {signed.date} has lapsed"
            hint = f"claim, passage or sign-off changed since; check it again and run: nkru-brief claim sign {claim.id}"
            yield Diagnostic(code="W622", place=claim.at("sign_off"), message=message, hint=hint)


def recorded(project: Project) -> Iterator[Diagnostic]:
    """Everything is as it was when it was last recorded; a project without a record is not asked."""
    yield from differences(project, project.library.record)
