"""What every output that is printed has in common: pages set, read back, and held against what they carry."""

from nkru_brief import completeness, engine, pdfreader, seal
from nkru_brief.sheet import Artifact, Onlooker, Sheet
from nkru_brief.values import replace


def pressed(sheet: Sheet, *, limited: bool, grey: bool = False, laid: engine.Laid | None = None) -> Artifact:
    """Return the PDF of a sheet.

    Args:
        sheet: what to set.
        limited: whether the edition's page limit is meant for it.
        grey: whether it is printed in black and its shades only.
        laid: the same sheet, where it is laid out already.
    """
    return read_back(sheet, draft(sheet, limited=limited, grey=grey, laid=laid))


def draft(
    sheet: Sheet,
    *,
    limited: bool,
    grey: bool = False,
    laid: engine.Laid | None = None,
    onlooker: Onlooker | None = None,
) -> Artifact:
    """Return the PDF of a sheet as `pressed` does, and not read back yet; who looks on is given its pages before."""
    made = engine.press(sheet, full=limited, grey=grey, laid=laid, onlooker=onlooker)
    return Artifact(
        edition=sheet.edition,
        output=sheet.output,
        path=sheet.path,
        data=seal.sealed(made.pdf) if made.pdf and sheet.fingerprint else made.pdf,
        pages=made.pages,
        complaints=made.complaints,
        settings=made.settings,
        slots=made.slots,
        flaws=made.flaws,
        limited=limited,
    )


def read_back(sheet: Sheet, artifact: Artifact) -> Artifact:
    """Return a PDF with what it does not say of its sheet."""
    if artifact.complaints:
        # What the engine could not set is no use reading back: it is reported once.
        return artifact
    read = pdfreader.read(artifact.data)
    return replace(artifact, flaws=(*artifact.flaws, *completeness.held(sheet, read.finished, read.drawn)))
