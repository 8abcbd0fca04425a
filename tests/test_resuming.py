"""Pages laid out anew from one on are what laying all out gives, byte for byte, and no others are made."""

import warnings
from collections.abc import Iterator
from itertools import pairwise

import pytest

from nkru_brief import engine, makeup
from test_setting import LINE, lines, press

# Pages that stay.
BEFORE = lines(8) * 4
TWO = lines(2)
END = lines(4) * 2 + TWO
NOTE = f"<p>A line.<span class=note>A note. {LINE}</span> {LINE * 2}</p>"
NOTES = ".note { float: footnote } ::footnote-call, ::footnote-marker { content: none }"
NOTES += "@page { @footnote { padding-bottom: 1px } }"
BORDERS = "table { border-collapse: collapse } th, td { border: 1pt solid }"
BORDERS += "tr:nth-child(2n) > * { border-top: 5pt solid }"
ROWS = "tr { break-inside: avoid }"
COLUMN = "<tr><th scope=col>Head"
HEADED = f"</thead><tbody>{f'<tr><td>{TWO}' * 2}<tr><td>A line."
PARTED = f"<tr><th scope=row>{lines(6)}"
NUMBERS = "@page { @bottom-right { content: counter(page) ' of ' counter(pages) } }"
TARGETS = "a::after { content: ' on page ' target-counter(attr(href), page) }"
# Papers with a fault at the end: where no page before it is made again, and where all are.
CASES = {
    "nearly-empty": (END, ""),
    "widow": (lines(5) + lines(4) + lines(3), ""),
    "heading": (lines(7) + "<h1>A head</h1>" + lines(5), "h1 { bookmark-level: 1 }"),
    "head-over-pages": (f"<h1>{f'{LINE}<br>' * 10}</h1>{lines(6)}{END}", "h1 { bookmark-level: 1 }"),
    "notes": (NOTE * 5 + END, NOTES),
    "numbers": (END, NUMBERS),
    "targets": (f"<p><a href='#end'>The end</a></p>{lines(7)}{BEFORE}<p id=end>An end.</p>{lines(7)}{END}", TARGETS),
    "rows": (f"{TWO}<table>{f'<tr><th scope=row>{TWO}' * 3}</table>", ROWS),
    "borders": (f"{TWO}<table>{f'<tr><th scope=row>{TWO}' * 6}</table>", ROWS + BORDERS),
    "borders-before": (f"{lines(6)}<table>{f'<tr><th scope=row>{TWO}' * 3}</table>{lines(2)}{END}", ROWS + BORDERS),
    "borders-under-head": (f"{TWO}<table><thead>{COLUMN}{HEADED}</table>", ROWS + BORDERS),
    "borders-parted": (f"{lines(2)}<table><tr><th scope=row>A line.{PARTED}</table>", BORDERS),
    "borders-parted-under-head": (f"{TWO}<table><thead>{COLUMN}</thead><tr><td>A line.{PARTED}</table>", BORDERS),
    "borders-in-line": (f"{lines(6)}<table>{f'<tr><th scope=row>{TWO}' * 3}</table>{END}", ROWS + BORDERS),
    "grid": (f"<ul>{lines(3, 'li')}</ul>{lines(5)}{END}", "ul { display: grid }"),
    "columns": (f"<ul>{'<li>A line.' * 4}</ul>{lines(6)}{END}", "ul { columns: 2 }"),
}


def drawn(setting: makeup.Setting) -> bytes:
    with warnings.catch_warnings():
        # The engine does not close its own file of colours.
        warnings.simplefilter("ignore", ResourceWarning)
        pdf: bytes = setting.laid.document.write_pdf(pdf_variant="pdf/a-3a")
        return pdf


@pytest.mark.parametrize(("body", "css"), CASES.values(), ids=CASES)
def test_it_gives_the_same_bytes_as_the_whole(body: str, css: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    laid_on = engine._laid_on

    def noted(*arguments: object) -> object:
        found: object = laid_on(*arguments)  # type: ignore[arg-type]
        kept.append(found[0] if isinstance(found, tuple) else -1)
        return found

    def both(root: object, lay_out: makeup.LayOut, first: makeup.Setting) -> makeup.Setting:
        paths = makeup._paths(root)
        rules = makeup._remedies(first, paths)
        assert rules
        one = lay_out("", first, rules)
        other = lay_out("".join(makeup._css(rule, paths) for rule in rules), first, ())
        assert one
        assert other
        assert kept[0] > 0
        assert kept[1] == -1
        assert (one.faults, one.lost) == (other.faults, other.lost)
        assert drawn(one) == drawn(other)
        return first

    monkeypatch.setattr(engine, "_laid_on", noted)
    monkeypatch.setattr(engine, "_drawn", lambda *_a, **_o: (b"", ()))
    monkeypatch.setattr(makeup, "made_up", both)
    pressed = press(f"<p>A line.</p>{lines(7)}{BEFORE}{body}", css)
    assert pressed.complaints == ()
    assert kept


class TestWork:
    """How many pages are laid out, counted."""

    LONG = lines(8) * 30

    @pytest.fixture
    def laid(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        from weasyprint.layout import page

        numbers: list[int] = []
        make_page = page.make_page

        def counted(*arguments: object) -> object:
            numbers.append(arguments[4])
            return make_page(*arguments)

        engine.load()
        monkeypatch.setattr(page, "make_page", counted)
        return numbers

    def test_a_long_paper_is_not_laid_out_twice_for_its_last_page(self, laid: list[int]) -> None:
        pressed = press(self.LONG + lines(4) * 2 + lines(2))
        assert (pressed.pages, pressed.settings, pressed.flaws) == (32, 2, ())
        assert laid == [*range(1, 33), 29, 30, 31, 32]

    def test_what_becomes_too_long_is_left_at_once(self, laid: list[int]) -> None:
        # The heading goes to the next page, and then what fills the last page has no room there.
        pressed = press(self.LONG + lines(7) + "<h1>A head</h1>" + lines(8) * 6)
        assert pressed.pages == 37
        first, *others = _runs(laid)
        assert first == [*range(1, 38)]
        assert others[0] == [*range(29, 39)]


def _runs(numbers: list[int]) -> Iterator[list[int]]:
    """Yield the runs of numbers that go up."""
    begins = [place for place, number in enumerate(numbers) if not place or number < numbers[place - 1]]
    for begin, end in pairwise([*begins, len(numbers)]):
        yield numbers[begin:end]
