"""Rules on the history of the briefing: the date it prints is that of the newest significant change."""

from collections.abc import Iterator
from itertools import pairwise

from nkru_brief.changes import newest_significant
from nkru_brief.diagnostics import Diagnostic
from nkru_brief.project import Project


def date_of_change(project: Project) -> Iterator[Diagnostic]:
    """The date of the last significant change is that of the newest entry that tells of one."""
    topic, told = project.library.topic, project.library.changes
    newest = newest_significant(told)
    if topic is None or not told:
        return
    expected = newest.date if newest else topic.published
    if topic.changed != expected:
        why = (
            f"the newest significant entry is of {expected}, {newest.at('date')}" if newest else "no entry tells of one"
        )
        message = f"the last significant change is dated {topic.changed}, and {why}"
        yield Diagnostic(code="E409", place=topic.at("changed"), message=message, hint=f"write changed: {expected}")


def in_order(project: Project) -> Iterator[Diagnostic]:
    """Entries are in the order of their days."""
    entries = project.library.changes
    for before, after in pairwise(entries):
        if after.date < before.date:
            message = f"the entry of {after.date} stands behind that of {before.date}"
            yield Diagnostic(
                code="E007", place=after.at("date"), message=message, hint="put entries in order, oldest first"
            )
