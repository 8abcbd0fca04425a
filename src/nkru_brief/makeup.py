"""Making up pages: a sheet whose pages break a rule is set again, a little otherwise, and the best setting is kept.

It is what a compositor does with a page that will not come out (R. Bringhurst, The Elements of Typographic Style, 2.4;
New Hart's Rules, 2.5): begin something on the next page, run a page a line long or short, set words closer or wider.
The ways are few, in a fixed order, from what nobody sees to what is seen; the first setting without a fault is taken,
or the one with the fewest. A sheet that breaks no rule and loses nothing is set once, and nothing here is asked.

No way makes a paper longer, loses text, or parts what is to stay whole, but for one: where a box of points leaves the
page before it nearly empty, it may go on from point to point.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from math import inf
from typing import Any, NamedTuple

from nkru_brief.resuming import Rule
from nkru_brief.setting import ALONE, CUT, EMPTY, HEADINGS, HEADLESS, LEAST, PARTED, Fault, Page

# Settings of a sheet at most, the first one too: a sheet takes no longer than so many times as long.
MOST = 9
# What a setting may leave of a page when it carries something over, in parts of its height.
_LEAVES = 0.45
# What is carried over besides what is needed, likewise: a page is not full to the point.
_SPARE = 0.03
# Where words may be set closer or wider, and by how much: a space is about a quarter of an em.
_TEXT = "section p, section li, section dd, section td"
_CLOSER, _WIDER = "-.025em", ".03em"
# Rounds of mending single places before the whole paper is set otherwise.
_ROUNDS = 3


class Setting(NamedTuple):
    """A sheet as it is laid out in one way: its pages, the rules they break, and what is lost.

    `complaints` are the engine's: they are of the style sheet, and no other setting changes them.
    """

    pages: tuple[Page, ...] = ()
    faults: tuple[Fault, ...] = ()
    lost: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    # What its pages are drawn from, and laid out anew from.
    laid: Any = None
    # In how many ways the sheet was set until this one was kept.
    settings: int = 1

    @property
    def sound(self) -> bool:
        """Whether nothing is lost and no rule broken."""
        return not self.faults and not self.lost


LayOut = Callable[[str, Setting, tuple[Rule, ...]], Setting | None]


def made_up(root: Any, lay_out: LayOut, first: Setting) -> Setting:  # noqa: ANN401 - the engine's own
    """Return the setting of a sheet that breaks the fewest rules, of `MOST` at most.

    Args:
        root: the root element of the sheet's document.
        lay_out: sets it with a style sheet that wins over the sheet's own; None where the engine gives up. It is told
            of a setting from which that one differs by these rules alone, or by more where there are none.
        first: how it is set with none.
    """
    best, best_css, left, asked = first, "", MOST - 1, {""}
    paths = _paths(root)

    def tried(css: str, rules: tuple[Rule, ...] = ()) -> bool:
        """Set the sheet in another way, and say whether that is better."""
        nonlocal best, best_css, left
        if css in asked or not left:
            return False
        asked.add(css)
        left -= 1
        setting = lay_out(css, best, rules)
        if setting is None or _badness(setting, first) >= _badness(best, first):
            return False
        best, best_css = setting, css
        return True

    def mended() -> bool:
        """Mend each fault of the best setting where it is, and say whether that is better."""
        rules = _remedies(best, paths)
        return tried(best_css + "".join(_css(rule, paths) for rule in rules), rules)

    for _ in range(_ROUNDS):
        if best.sound or not mended():
            break
    places = best_css
    for css in _ways(best):
        if best.sound:
            break
        if tried(places + css) and best.faults:
            mended()
    return best._replace(settings=MOST - left)


def most(setting: Setting, first: Setting) -> float:
    """Return how many pages a setting may have that is to be better than another one."""
    lost, over, _ = _badness(setting, first)
    return inf if lost else len(first.pages) + over


def _badness(setting: Setting, first: Setting) -> tuple[int, int, int]:
    """Return how bad a setting is: what is lost, pages that the first did not need, rules broken."""
    lost = len(setting.lost) + sum(fault.code == CUT for fault in setting.faults)
    return lost, max(len(setting.pages) - len(first.pages), 0), len(setting.faults)


# ---- single places ----


def _remedies(setting: Setting, paths: dict[Any, str]) -> tuple[Rule, ...]:
    """Return the rules that mend each fault where it is."""
    rules = (rule for fault in setting.faults for rule in _remedy(fault, setting.pages))
    return tuple(rule for rule in dict.fromkeys(rules) if rule.element in paths)


def _css(rule: Rule, paths: dict[Any, str]) -> str:
    return f"{paths[rule.element]} {{ {rule.name}: {rule.value} !important }}\n"


def _remedy(fault: Fault, pages: tuple[Page, ...]) -> Iterator[Rule]:
    page = pages[fault.page - 1]
    match fault.code:
        case _ if fault.code == EMPTY or fault.what.startswith("is the last"):
            yield from _filled(fault.page, pages)
        case _ if fault.code == ALONE and fault.what.startswith("begins"):
            # One line more goes with it.
            yield Rule(fault.element, "widows", "3")
        case _ if fault.code in (ALONE, PARTED, HEADLESS) and not _is_first(fault.element, page):
            yield Rule(_outermost(fault.element, page), "break-before", "page")


def _is_first(element: Any, page: Page) -> bool:  # noqa: ANN401
    """Return whether a page begins with an element: then it cannot begin later."""
    return not page.lines or element in page.lines[0]


def _outermost(element: Any, page: Page) -> Any:  # noqa: ANN401
    """Return the largest thing that begins on a page with an element: the section of a heading, for one."""
    around = next((line for line in page.lines if element in line), (element,))
    at = around.index(element) if element in around else 0
    before = set[Any]()
    for line in page.lines:
        if element in line:
            break
        # The head of a table goes where its first row goes.
        if not any(each.tag == "thead" for each in line):
            before.update(line)
    return next((each for each in around[: at + 1] if each not in before), element)


def _filled(number: int, pages: tuple[Page, ...]) -> Iterator[Rule]:
    """Yield what fills a page: what follows where it need not wait for a page of its own, else what comes before."""
    page = pages[number - 1]
    for following in pages[number : number + 1]:
        for element in following.begins:
            own = element in following.forced or element in following.whole
            if own and element.tag == "section" and element not in page.begins:
                yield Rule(element, "break-before", "auto")
                yield Rule(element, "break-inside", "auto")
                return
    carried = _carried(pages[number - 2], page.filled) if number > 1 else None
    if carried is not None:
        yield Rule(carried, "break-before", "page")


def _carried(page: Page, filled: float) -> Any:  # noqa: ANN401
    """Return what of a page begins the next one, so that both are full enough: rather a section than a paragraph."""
    kinds: tuple[Iterable[str], ...] = ({"section"}, HEADINGS - {"dt"}, {"p", "ul", "ol", "table", "tr", "dt", "li"})
    for kind in kinds:
        for element, begins in reversed(page.begins.items()):
            share = (begins - page.top) / page.height
            enough = share >= _LEAVES and page.filled - share + filled >= LEAST + _SPARE
            if element.tag in kind and enough and _may_begin(element, page):
                return element
    return None


def _may_begin(element: Any, page: Page) -> bool:  # noqa: ANN401
    """Return whether a page may begin with an element: it parts nothing, and leaves no heading behind."""
    *outer, _ = page.around[element]
    before = takewhile(lambda other: other is not element, page.begins)
    *_, last = (None, *(other for other in before if other not in outer))
    headed = last is not None and any(other.tag in (*HEADINGS, "thead") for other in page.around[last])
    return not headed and not page.whole.intersection(outer)


def _paths(root: Any) -> dict[Any, str]:  # noqa: ANN401
    """Return the selector of every element of a document that no other element has."""
    paths = {root: ":root"}
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        elements = [child for child in parent if isinstance(child.tag, str)]
        for place, child in enumerate(elements, 1):
            paths[child] = f"{paths[parent]} > :nth-child({place})"
        waiting += elements
    return paths


# ---- the whole paper ----


def _ways(setting: Setting) -> Iterator[str]:
    """Yield style sheets that set a paper otherwise as a whole, from what is seen least to what is seen most."""
    lead, bottom = setting.pages[0].lead, setting.pages[0].margin_bottom
    longer = f"@page {{ margin-bottom: {bottom - lead:.2f}px !important }}\n"
    closer = f"{_TEXT} {{ word-spacing: {_CLOSER} !important }}\n"
    wider = f"{_TEXT} {{ word-spacing: {_WIDER} !important }}\n"
    if setting.lost:
        # What floats beside something cannot go on on another page, and is lost where it has to.
        yield "section { float: none !important; width: auto !important }\n"
    if any(element.tag == "section" for page in setting.pages for element in page.forced):
        # What a theme begins on a page of its own need not have one.
        yield "section { break-before: auto !important }\n"
    few = _few_lines_over(setting.pages)
    if few:
        yield longer
    yield closer
    yield wider
    if not few:
        yield longer
    yield closer + longer
    yield _shorter(lead)
    yield wider + _shorter(2 * lead)
    last = setting.pages[-1]
    if len(setting.pages) > 1 and last.filled < LEAST:
        # All pages give the last one what it lacks.
        lacking = (LEAST + _SPARE - last.filled) / (len(setting.pages) - 1)
        if lacking < 1 - 2 * LEAST:
            yield _shorter(lacking * last.height)


def _few_lines_over(pages: tuple[Page, ...]) -> bool:
    """Return whether the last page holds about as much as the others take if each runs a line or two longer."""
    last = pages[-1]
    return last.filled < LEAST and last.filled * last.height <= 2 * (len(pages) - 1) * pages[0].lead


def _shorter(by: float) -> str:
    return f"@page {{ padding-bottom: {by:.2f}px !important }}\n"
