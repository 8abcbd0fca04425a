"""Rules on claims: tensions that show both readings, and claims that somebody reads."""

from collections.abc import Iterator

from nkru_brief.diagnostics import Diagnostic
from nkru_brief.project import Project


def tensions(project: Project) -> Iterator[Diagnostic]:
    """A claim in tension says what the question is and how each source answers it; another has no readings."""
    for claim in project.library.claims.values():
        if claim.status == "tension":
            if claim.question is None:
                message = f"claim {claim.id!r} is in tension but does not say over which question"
                hint = "add question: a few words for the table of disagreements"
                yield Diagnostic(code="E005", place=claim.at("status"), message=message, hint=hint)
            if len(claim.readings) < 2:
                message = f"claim {claim.id!r} is in tension but gives {len(claim.readings)} of the two readings"
                hint = "add readings: one for each source, with what it says"
                yield Diagnostic(code="E005", place=claim.at("status"), message=message, hint=hint)
        elif claim.readings:
            message = f"claim {claim.id!r} has rival readings but the status {claim.status!r}"
            yield Diagnostic(code="E007", place=claim.at("readings"), message=message, hint="write status: tension")


def unused_claims(project: Project) -> Iterator[Diagnostic]:
    """Every claim is cited by some edition."""
    cited = {claim.id for brief in project.briefs.values() for note in brief.notes for claim in note.claims}
    if any(fault.severity == "error" for fault in project.diagnostics):
        # What could not be read may be what cites it.
        return
    for claim in project.library.claims.values() if cited else ():
        if claim.id not in cited:
            hint = "cite it in a section, or take it out with a word in the change log"
            message = f"no edition cites claim {claim.id!r}"
            yield Diagnostic(code="W504", place=claim.at("id"), message=message, hint=hint)
