"""The door to segno: an address as a QR code (ISO/IEC 18004), for a template to draw."""

from nkru_brief.values import Value

# The quiet zone that readers need around it, in modules (ISO/IEC 18004, 5.3.8).
QUIET = 4


class Code(Value):
    """A QR code: its side in modules with the quiet zone, and its dark modules as a path, a module being 1."""

    side: int
    path: str


def code(text: str) -> Code:
    """Return a text as a QR code that stands losing 15 % of itself (level M)."""
    import segno

    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    runs = (
        f"M{start + QUIET} {y + QUIET}h{length}v1h-{length}z"
        for y, row in enumerate(matrix)
        for start, length in _runs(row)
    )
    return Code(side=len(matrix) + 2 * QUIET, path="".join(runs))


def _runs(row: bytes | bytearray) -> list[tuple[int, int]]:
    """Return where dark modules begin in a row, and how many stand side by side."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
