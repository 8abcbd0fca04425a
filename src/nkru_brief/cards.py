"""A new article becomes a source card: its text measured and fingerprinted, the judging left to the editor."""

import json
from pathlib import PurePath

from nkru_brief.digest import sha256
from nkru_brief.model import Card
from nkru_brief.passages import split
from nkru_brief.values import Value
from nkru_brief.yamltext import STRANGE

HTML_SUFFIXES = (".html", ".htm", ".xhtml")
TEXT_SUFFIXES = (".txt", ".md", ".markdown", *HTML_SUFFIXES)

_HEAD = """\
# A source card: it describes an article without redistributing it. See seeds/README.md.
# Left to you: the grade and its reason, what is unknown, a description, and a gist for each passage you cite.
"""


class Article(Value):
    """What is known of an article before anybody has judged it."""

    id: str
    label: str
    title: str
    file: str
    text: str
    url: str = ""


def readable(path: PurePath, data: bytes) -> str:
    """Return an article's text from a plain-text, Markdown or HTML file.

    Raises:
        ValueError: the file is of another kind, is not UTF-8, or holds no article.
    """
    if path.suffix.lower() not in TEXT_SUFFIXES:
        raise ValueError(f"{path.name} is not plain text, Markdown or HTML")
    if path.suffix.lower() in HTML_SUFFIXES:
        return _from_html(path, data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 at byte {error.start}") from None
    if not split(text):
        raise ValueError(f"{path.name} holds no text")
    return text


def _from_html(path: PurePath, data: bytes) -> str:
    try:
        import trafilatura
    except ImportError:
        raise ValueError(f"{path.name} is HTML; to read it: pip install 'nkru-brief[articles]'") from None
    text = trafilatura.extract(data, include_comments=False, include_tables=True, deduplicate=False)
    if not text:
        raise ValueError(f"no article is found in {path.name}")
    return str(text)


def card_text(article: Article) -> str:
    """Return the YAML of a new card for an article."""
    data = article.text.encode("utf-8")
    head: dict[str, str | int] = {
        "id": article.id,
        "label": article.label,
        "title": " ".join(STRANGE.sub(" ", article.title).split()) or "Untitled",
        "kind": "article",
        "file": article.file,
        "sha256": sha256(data),
        "bytes": len(data),
        "characters": len(article.text),
        "language": "en",
    }
    lines = [_HEAD.rstrip("\n"), *(f"{key}: {_scalar(value)}" for key, value in head.items())]
    if article.url:
        lines.append(f"url: {_scalar(article.url)}")
    lines += [
        "unknown: [author, date, publisher, licence]",
        "redistributable: false",
        "grade:",
        "  reliability: F",
        "  credibility: 6",
        "  reason: Not judged yet.",
        "describe: Not described yet.",
        "passages:",
    ]
    for passage in split(article.text):
        lines += [
            f"  - id: {passage.id}",
            f"    kind: {passage.kind}",
            f"    offset: {passage.offset}",
            f"    length: {passage.length}",
            f"    words: {passage.words}",
            f"    sha256: {passage.sha256}",
            f"    normalised: {passage.normalised}",
            '    gist: ""',
        ]
    return "\n".join(lines) + "\n"


def _scalar(value: str | int) -> str:
    """Return a value as a YAML scalar: JSON's strings are YAML's."""
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)


def free_label(cards: dict[str, Card]) -> str:
    """Return the first letter, or letter and digit, that no card prints yet."""
    used = {card.label for card in cards.values()}
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    candidates = [*letters, *(f"{letter}{digit}" for digit in "23456789" for letter in letters)]
    return next(str(label) for label in candidates if label not in used)
