"""Pages laid out anew from where something is to begin otherwise, the pages before them kept; `repairs` installs it.

WeasyPrint makes pages one after the other, each from where the one before it ended. So where a paper is set again for
the sake of one place (see `makeup`), only the pages from there on can come out otherwise. Here each page notes how it
was begun, and a paper is taken up again two pages before the place: one that ends before it may have tried it, and one
more, which must end as it did. What comes out is what laying the whole paper out would give, byte for byte; where that
is not certain, nothing does, and the whole is laid out.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from math import inf
from typing import Any, NamedTuple

from nkru_brief.notearea import Waiting

# Pages before the one a place is on that are laid out again: that which ends before it, and one to compare.
_BEFORE = 2
# Boxes that the engine lays out otherwise the second time, for what it left in them and their parts the first time.
_KEEPING = frozenset({"FlexBox", "InlineFlexBox", "GridBox", "InlineGridBox", "TableBox", "InlineTableBox"})
_PARTS = frozenset({"TableRowGroupBox", "TableRowBox", "TableColumnGroupBox"})
# Boxes that are their element's only one.
_SIMPLE = frozenset({"BlockBox", "TableRowBox"})


class Rule(NamedTuple):
    """A property that an element of a document is given, over what its style sheets say."""

    element: Any
    name: str
    value: str


class _Start(NamedTuple):
    """How a page was begun: with which counters, notes still to come and notes left over; whether a float goes on."""

    state: Any
    notes: tuple[Any, ...]
    left_over: tuple[Any, ...]
    floats: bool


class TooLong(Exception):  # noqa: N818 - what came of it, not whose fault it is
    """A document has more pages with its rules than it may have, so that nobody wants it."""


class Course(NamedTuple):
    """How a document came to its pages.

    Attributes:
        html: its source, as the engine holds it.
        root: its tree of boxes, from which pages are taken.
        context: what the engine knows of it.
        pages: the boxes of its pages.
        ends: where each page begins, as the engine keeps it (`page_maker`); one more than pages.
        starts: how each page was begun.
        fresh: what stood in boxes that keep what they went through, before it was laid out.
        rules: by what it differs from what its style sheets say.
    """

    html: Any
    root: Any
    context: Any
    pages: tuple[Any, ...]
    ends: tuple[Any, ...]
    starts: dict[int, _Start]
    fresh: tuple[tuple[Any, dict[str, Any]], ...]
    rules: tuple[Rule, ...] = ()


def page(index: int, context: Any, root: Any, html: Any) -> Any:  # noqa: ANN401 - the engine's own
    """Lay out a page as the engine does (`remake_page`), and note how it was begun; ask before whether to go on."""
    from weasyprint.layout import page as engine

    if going_on := vars(html).get("nkru_brief_going_on"):
        going_on()
    starts: dict[int, _Start] = vars(context).setdefault("nkru_brief_starts", {})
    state, floats = deepcopy(context.page_maker[index][3]), bool(context.broken_out_of_flow)
    starts[index] = _Start(state, tuple(context.footnotes), tuple(context.reported_footnotes), floats)
    return engine.nkru_brief_remake_page(index, context, root, html)


def pages(html: Any, root: Any, context: Any) -> Iterator[Any]:  # noqa: ANN401
    """Lay out a document as the engine does (`layout_document`), and leave its course with its source."""
    from weasyprint import document as engine

    fresh = tuple((box, _copied(vars(box))) for keeping in root.descendants() for box in _kept(keeping))
    context.footnotes = Waiting(context.footnotes)
    made = []
    for each in engine.nkru_brief_layout_document(html, root, context):
        made.append(each)
        yield each
    starts = vars(context).get("nkru_brief_starts", {})
    html.nkru_brief_course = Course(html, root, context, tuple(made), tuple(context.page_maker), starts, fresh)


def course_of(html: Any) -> Course | None:  # noqa: ANN401
    """Return the course of the document that was last laid out from a source, once."""
    course: Course | None = vars(html).pop("nkru_brief_course", None)
    return course


def resumed(course: Course, rules: Sequence[Rule], first: int, most: float = inf) -> tuple[int, Course] | None:
    """Return a document with some rules more, and how many of its pages are those it had.

    Args:
        course: the document without these rules.
        rules: what it is given.
        first: the index of the page on which the first element with a rule begins.
        most: how many pages it may have.

    Returns:
        None where the whole document has to be laid out, to be certain of it.

    Raises:
        TooLong: it has more pages.
    """
    context = course.context
    if not _simple(course) or vars(context).get("nkru_brief_spent"):
        return None
    start = max(first - _BEFORE, 0)
    while start and (course.starts[start].floats or _keeps(course.pages[start])):
        start -= 1
    for box, state in course.fresh:
        vars(box).clear()
        vars(box).update(_copied(state))
    every = (*course.rules, *rules)
    with _ruled(course.root, every) as known:
        if not known:
            return None
        # If the engine stumbles, or tells pages what others say now, it knows no more what it knew.
        context.nkru_brief_spent = True
        new = _laid(course, start, most)
        context.nkru_brief_spent = bool(context.target_collector.counter_lookup_items)
        if len(new) > most - start:
            raise TooLong
        same = start >= first or course.ends[start + 1][:3] == context.page_maker[start + 1][:3]
        if not same or not _settled(course, start, len(new)):
            return None
        context.nkru_brief_spent = False
        _finish(course, start, new)
    anew = (*course.pages[:start], *new)
    return start, course._replace(
        pages=anew, ends=tuple(context.page_maker), starts=context.nkru_brief_starts, rules=every
    )


def _simple(course: Course) -> bool:
    """Return whether nothing on a page hangs on other pages but the notes, the number of pages, and links to them."""
    context = course.context
    named = any(context.string_set.values()) or any(context.running_elements.values())
    labels = any(place != "content" for _, place in context.target_collector.counter_lookup_items)
    return not named and not labels and not any(each.fixed_boxes for each in course.pages)


def _keeps(page: Any) -> bool:  # noqa: ANN401
    """Return whether a box on a page keeps what it went through: there, or as it was tried on the page before."""
    return any(next(_kept(box), None) is not None for box in page.descendants())


def _kept(box: Any) -> Iterator[Any]:  # noqa: ANN401
    """Yield a box that keeps what it went through, with those of its parts that do."""
    if type(box).__name__ in _KEEPING:
        waiting = [box]
        while waiting:
            each = waiting.pop()
            yield each
            if each is box or type(each).__name__ in _PARTS:
                waiting += each.all_children()


def _copied(state: dict[str, Any]) -> dict[str, Any]:
    return {name: set(value) if isinstance(value, set) else value for name, value in state.items()}


def _laid(course: Course, start: int, most: float) -> list[Any]:
    """Return the pages from one on, laid out by the rules that hold now; of too many, as many as tell."""
    context = course.context
    begun = course.starts[start]
    context.page_maker = [*course.ends[:start], (*course.ends[start][:3], deepcopy(begun.state), _unmade())]
    context.nkru_brief_starts = {index: each for index, each in course.starts.items() if index < start}
    context.footnotes, context.reported_footnotes = Waiting(begun.notes), list(begun.left_over)
    context.broken_out_of_flow, context.rendered_notes = {}, []
    made: list[Any] = []
    going_on = True
    while going_on and start + len(made) <= most:
        context.page_maker[start + len(made)][4].update(_unmade())
        laid, resume_at = page(start + len(made), context, course.root, course.html)
        made.append(laid)
        going_on = resume_at is not None or bool(context.reported_footnotes)
    context.broken_out_of_flow = {}
    return made


def _unmade() -> dict[str, Any]:
    """Return what the engine keeps of a page before it is made."""
    return {"content_changed": False, "pages_wanted": False, "anchors": [], "content_lookups": []}


def _settled(course: Course, start: int, number: int) -> bool:
    """Return whether no page has to be made once more for what others say now, and there are as many as before."""
    ends = course.context.page_maker
    told = any(made["content_lookups"] or made["pages_wanted"] for *_, made in ends[start:])
    changed = any(made["content_changed"] for *_, made in ends)
    return start + number == len(course.pages) and not told and not changed


def _finish(course: Course, start: int, new: list[Any]) -> None:
    """Give pages what the engine gives them when all are made: one bookmark an element, margins and backgrounds."""
    from weasyprint import layout

    context = course.context
    for _, _, _, (_, counters, *_), _ in context.page_maker[start:]:
        counters["pages"] = [len(course.pages)]
    # What goes on over pages has its bookmark on the first.
    before = course.pages[start - 1].descendants() if start else ()
    marked = {_mark(box) for box in before}
    for box in (box for made in new for box in made.descendants() if box.bookmark_label):
        if _mark(box) in marked:
            box.bookmark_label = ""
        marked.add(_mark(box))
    for number, made in enumerate(new, start + 1):
        context.current_page = number
        root, *areas = made.children
        margins = layout.make_margin_boxes(context, made, context.page_maker[number][3])
        made.children = (root, *(area for area in areas if area.children), *margins)
        layout.layout_backgrounds(made, context.get_image_from_uri)


def _mark(box: Any) -> tuple[Any, str]:  # noqa: ANN401
    return box.element, (box.element_tag or "").partition("::")[2]


# ---- rules ----


@contextmanager
def _ruled(root: Any, rules: Iterable[Rule]) -> Iterator[bool]:  # noqa: ANN401
    """Let rules hold for a while; say whether they can, without the style sheets being read again."""
    found = _boxes(root, {rule.element for rule in rules})
    before: list[tuple[Any, Any]] = []
    known = True
    for rule in rules:
        name = rule.name.replace("-", "_")
        asking = _asking(found.get(rule.element, []), name)
        known = known and bool(asking)
        for box in asking:
            before.append((box, box.style))
            # Elements that look alike share one style.
            box.style = box.style.copy()
            box.style[name] = int(rule.value) if rule.value.isdigit() else rule.value
    try:
        yield known
    finally:
        for box, style in reversed(before):
            box.style = style


def _boxes(root: Any, elements: set[Any]) -> dict[Any, list[Any]]:  # noqa: ANN401
    """Return the boxes that elements have of their own in a tree."""
    found: dict[Any, list[Any]] = {}
    for box in root.descendants():
        own = "::" not in (box.element_tag or "") and not _is_anonymous(box)
        if own and box.element in elements:
            found.setdefault(box.element, []).append(box)
    return found


def _asking(boxes: list[Any], name: str) -> list[Any]:
    """Return the boxes that ask for a property of an element; none where that is not certain."""
    if len(boxes) != 1 or type(boxes[0]).__name__ not in _SIMPLE:
        return []
    if name != "widows":
        return boxes
    # It is inherited, and each line asks for its own.
    inside = list(boxes[0].descendants())
    return [] if any(name in getattr(box.style, "cascaded", ()) for box in inside[1:]) else inside


def _is_anonymous(box: Any) -> bool:  # noqa: ANN401
    return type(box.style).__name__ == "AnonymousStyle"
