"""How a size and a selection are chosen, tried on papers that follow a rule: the answer is the one a search through all
of them would give, and few are laid out for it."""

import math

from hypothesis import example, given
from hypothesis import strategies as st

from nkru_brief.fit import Fill, choose
from nkru_brief.sheet import Fit

FIT = Fit(sides=2, floor=9.5, ceiling=12.0, step=0.25, small=0.8)


class Paper:
    """Texts of so many letters beside a title; each letter takes the square of its size."""

    def __init__(self, weights: list[int], title: float, rate: float) -> None:
        self.weights, self.title, self.rate, self.laid = weights, title, rate, 0

    def fill(self, depth: int, size: float) -> Fill:
        share = (self.title + self.rate * self.weights[depth]) * size * size / FIT.sides
        return Fill(pages=max(1, math.ceil(share * FIT.sides)), share=share, lines=(("summary", 9),), over=3)

    def lay(self, depth: int, size: float) -> Fill:
        self.laid += 1
        return self.fill(depth, size)


papers = st.builds(
    Paper,
    st.lists(st.integers(500, 40_000), min_size=1, max_size=12, unique=True).map(lambda own: sorted(own, reverse=True)),
    st.floats(0, 0.002),
    st.floats(1e-6, 4e-6),
)


@given(papers)
# A title that takes more than the shorter text says nothing of the longer one.
@example(Paper([11081, 500], 0.001953125, 1e-6))
def test_the_answer_is_the_best_there_is(paper: Paper) -> None:
    chosen = choose(paper.weights, FIT, paper.lay)
    assert chosen.fits == (chosen.fill.pages <= FIT.sides)
    fitting = [depth for depth in range(len(paper.weights)) if paper.fill(depth, FIT.floor).pages <= FIT.sides]
    assert chosen.fits == bool(fitting)
    if not chosen.fits:
        assert (chosen.depth, chosen.size) == (len(paper.weights) - 1, FIT.floor)
        return
    assert chosen.depth == fitting[0]
    larger = chosen.size + FIT.step
    assert larger > FIT.ceiling or paper.fill(chosen.depth, larger).pages > FIT.sides


@given(papers)
def test_few_are_laid_out(paper: Paper) -> None:
    choose(paper.weights, FIT, paper.lay)
    assert paper.laid <= 7
