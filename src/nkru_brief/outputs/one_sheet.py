"""The edition on one sheet of paper: as much of it as fits, set as large as fits."""

from nkru_brief import engine, fill
from nkru_brief.brief import Brief
from nkru_brief.fit import CODE, Chosen, Fill, choose
from nkru_brief.outputs.printed import pressed
from nkru_brief.sheet import Artifact, Fit, Flaw, Settled, Sheet, SheetSpec
from nkru_brief.values import replace

# What stands in a sheet for the size, until that is known.
SIZE = "fit:size"
# Of each print: the least size, the largest, and that of notes as a share; in pt. Clear and large print have no small
# print (UKAAF G003: 12 pt at least, 14 ideal; 16 pt at least, 18 ideal; notes and page numbers no smaller).
PRINTS = {"ordinary": (9.5, 12.0, 0.8), "clear": (12.0, 14.0, 1.0), "large": (16.0, 18.0, 1.0)}
STEP = 0.25
_NAMED = 3


class OneSheetOutput:
    """`EDITION/EDITION.sheet.pdf`, on one or two sides."""

    name = "sheet"
    description = "as much of it as fits one sheet, as large as fits (PDF)"
    # It is laid out a few times over.
    effort = 12.0
    needs: tuple[str, ...] = ()

    def sheets(self, brief: Brief) -> tuple[SheetSpec, ...]:
        """Return the one sheet, with its sides and sizes."""
        floor, ceiling, small = PRINTS[brief.sheet.print]
        return (
            SheetSpec(
                output=self.name,
                template="handouts/sheet.html",
                path=f"{brief.name}/{brief.name}.sheet.pdf",
                paper=brief.sheet.paper,
                fit=Fit(sides=brief.sheet.sides, floor=floor, ceiling=ceiling, step=STEP, small=small),
            ),
        )

    def warm(self) -> None:
        """Load the page engine."""
        engine.load()

    def press(self, sheet: Sheet) -> Artifact:
        """Return the PDF of the longest selection that fits, at the largest size at which it fits."""
        if sheet.fit is None:
            return pressed(sheet, limited=False)
        wanted = sheet.fit
        candidates = [sheet.at(depth) for depth in range(len(sheet.depths) + 1)]
        laid: dict[tuple[int, float], engine.Laid] = {}
        with engine.layouts(sheet) as lay:

            def filled(depth: int, size: float) -> Fill:
                laid[depth, size] = lay(_sized(candidates[depth].html, size))
                return fill.fill_of(laid[depth, size].pages, wanted.sides)

            chosen = choose(tuple(len(fill.words(each.html)) for each in candidates), wanted, filled)
        return _finished(sheet, candidates[chosen.depth], chosen, laid[chosen.depth, chosen.size])


def _finished(sheet: Sheet, candidate: Sheet, chosen: Chosen, laid: engine.Laid) -> Artifact:
    own = sheet.depths[chosen.depth - 1] if chosen.depth else None
    settled = Settled(
        depth=chosen.depth,
        depths=len(sheet.depths) + 1,
        size=chosen.size,
        left_out=own.left_out if own else (),
        shortened=own.shortened if own else (),
    )
    if not chosen.fits:
        nothing = Artifact(edition=sheet.edition, output=sheet.output, path=sheet.path, data=b"", pages=None)
        return replace(nothing, flaws=(_too_long(sheet, chosen),), limited=False, settled=settled)
    artifact = pressed(replace(candidate, html=_sized(candidate.html, chosen.size)), limited=False, laid=laid)
    return replace(artifact, settled=settled)


def _sized(html: str, size: float) -> str:
    return html.replace(SIZE, f"{size:g}pt")


def _too_long(sheet: Sheet, chosen: Chosen) -> Flaw:
    longest = ", ".join(f"{part} ({lines})" for part, lines in chosen.fill.lines[:_NAMED])
    sides = sheet.fit.sides if sheet.fit else 1
    message = (
        f"even the shortest selection does not fit {'one side' if sides == 1 else 'two sides'} at {chosen.size:g} pt: "
        f"{chosen.fill.over} lines too many; the longest parts, in lines: {longest}"
    )
    return Flaw(code=CODE, message=message)
