"""What a project offers: its editions, the outputs installed, the themes it can use."""

from pathlib import Path

from nkru_brief import theme
from nkru_brief.compose import resolve
from nkru_brief.load import load
from nkru_brief.outputs import installed, load_output


def listing(root: Path) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return titled rows of names and descriptions."""
    library, _ = load(root)
    editions = []
    for name, edition in library.editions.items():
        if not edition.abstract:
            whole = resolve(library, name)[0]
            limit = f", at most {whole.max_pages} pages" if whole.max_pages else ""
            paper = whole.paper.name if whole.paper else ""
            editions.append((name, f"{whole.label or whole.title}: theme {whole.theme}, {paper}{limit}"))
    outputs = tuple((name, load_output(name).description) for name in installed())
    themes = tuple((name, theme.title_of(root, name)) for name in theme.names(root))
    return (("Editions", tuple(editions)), ("Outputs", outputs), ("Themes", themes))
