"""What every output that is printed has in common: pages set, read back, and held against what they carry."""

from nkru_brief import completeness, engine, pdfreader, seal
from nkru_brief.sheet import Artifact, Sheet


def pressed(sheet: Sheet, *, limited: bool, grey: bool = False, laid: engine.Laid | None = None) -> Artifact:
    """Return the PDF of a sheet.

    Args:
        sheet: what to set.
        limited: whether the edition's page limit is meant for it.
        grey: whether it is printed in black and its shades only.
        laid: the same sheet, where it is laid out already.
    """
    made = engine.press(sheet, full=limited, grey=grey, laid=laid)
    # What the engine could not set is no use reading back: it is reported once.
    read = None if made.complaints else pdfreader.read(made.pdf)
    return Artifact(
        edition=sheet.edition,
        output=sheet.output,
        path=sheet.path,
        data=seal.sealed(made.pdf) if made.pdf and sheet.fingerprint else made.pdf,
        pages=made.pages,
        complaints=made.complaints,
        settings=made.settings,
        slots=made.slots,
        flaws=(*made.flaws, *(completeness.held(sheet, read.finished, read.drawn) if read else ())),
        limited=limited,
    )
