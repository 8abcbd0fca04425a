"""What an editor does beside writing: adds a source, checks and reads the texts at hand, signs claims off."""

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from nkru_brief import atomic
from nkru_brief.cards import Article, card_text, free_label, readable
from nkru_brief.check import references
from nkru_brief.deskpage import page
from nkru_brief.diagnostics import ContentError, UsageError, in_order
from nkru_brief.load import copy_path, file_bytes, kept_copy, load, texts_at_hand
from nkru_brief.model import Claim, SignOff
from nkru_brief.passages import Passage, split
from nkru_brief.project import Project, open_project
from nkru_brief.readingdesk import lay_out
from nkru_brief.signoff import fingerprint_of, signed
from nkru_brief.typed import suggestion
from nkru_brief.values import Value
from nkru_brief.verify import Verdicts, verify
from nkru_brief.yamltext import STRANGE

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Added(Value):
    """A new card: where it is, and how many passages and sentences it has."""

    card: Path
    text: Path
    passages: int


def add_source(root: Path, file: Path, name: str | None, title: str | None, url: str | None) -> Added:
    """Write a card for an article into `seeds/`, and put its text beside it.

    Args:
        root: the project's folder.
        file: the article: plain text, Markdown or HTML.
        name: the card's id; the file's name where none is given.
        title: the article's title; its own title line where none is given, and "Untitled" where it has none.
        url: where the article was found.

    Raises:
        UsageError: the file cannot be read as an article, or there is a card of that id.
        OSError: the disk refuses.
    """
    known, _ = load(root)
    name = name or "-".join(re.findall(r"[a-z0-9]+", file.stem.lower()))
    if not _SLUG.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a card's id; give it one with --id: lower case, digits, hyphens")
    card = root / "seeds" / f"{name}.yaml"
    if card.exists():
        raise UsageError(f"there is a card seeds/{name}.yaml already; give the new one another --id")
    try:
        text = readable(file, file_bytes(file) or b"")
    except ValueError as error:
        raise UsageError(str(error)) from None
    kept = root / "seeds" / f"{name}.txt"
    if file_bytes(kept) not in (None, text.encode("utf-8")):
        raise UsageError(f"there is another text seeds/{name}.txt already; give the new one another --id")
    article = Article(
        id=name,
        label=free_label(known.cards),
        title=title or next((_of(text, found) for found in split(text)[:1] if found.kind == "title"), "Untitled"),
        file=kept.name,
        text=text,
        url=url or "",
    )
    written = card_text(article)
    atomic.write(kept, text.encode("utf-8"))
    atomic.write(card, written.encode("utf-8"))
    return Added(card=card, text=kept, passages=written.count("\n  - id: "))


def _of(text: str, passage: Passage) -> str:
    return text[passage.offset : passage.offset + passage.length].strip()


def check_sources(root: Path, texts: Path | None) -> tuple[Verdicts, ...]:
    """Return the verdicts on every card, against the texts in a folder (`seeds/` where none is given).

    A text that is wholly its card's is kept under `seeds/.verified/`, so that a later change can be shown word by word.
    """
    library, _ = load(root)
    held = texts_at_hand(root, library.cards.values(), texts)
    found = []
    for name, card in library.cards.items():
        before = kept_copy(root, card)
        verdicts = verify(card, held.get(name), before)
        if verdicts.same_text and not verdicts.faults and before is None:
            atomic.write(copy_path(root, card), held[name])
        found.append(verdicts)
    return tuple(found)


# What the editor reads beside writing holds words of articles: it lies with the texts, never in build/.
DESK = "seeds/.desk/LOCAL-ONLY-reading-desk.html"


def write_desk(root: Path, texts: Path | None, out: Path | None) -> Path:
    """Write the reading desk, and return its path.

    Args:
        root: the project's folder.
        texts: where the texts are; `seeds/` of the project where none is given.
        out: the file to write; `DESK` where none is given.

    Raises:
        UsageError: no text is at hand, or `out` is where what leaves is.
        ContentError: the content cannot be read.
        OSError: the disk refuses.
    """
    if out is not None and out.resolve().is_relative_to((root / "build").resolve()):
        raise UsageError(f"{out} is in build/, which is what leaves; the reading desk holds words that may not")
    project = open_project(root)
    faults = [fault for fault in project.diagnostics if fault.severity == "error"]
    if faults:
        raise ContentError(faults)
    cards = project.library.cards.values()
    held = texts_at_hand(root, cards, texts)
    if not held:
        names = ", ".join(card.file for card in cards) or "the articles, with nkru-brief source add"
        raise UsageError(f"no text is at hand: put {names} into {texts or 'seeds/'}, or name their folder with --texts")
    if out is None:
        # Whoever has no rule of their own for seeds/ has this one for the folder.
        atomic.write((root / DESK).parent / ".gitignore", b"*\n")
    path = out or root / DESK
    atomic.write(path, page(lay_out(project, held)).encode("utf-8"))
    return path


class Signed(Value):
    """A claim that was signed off: its file, and the sign-off it had before, if any."""

    claim: str
    file: Path
    before: SignOff | None = None


def sign_claims(root: Path, claims: Iterable[str], who: str, day: date) -> tuple[Signed, ...]:
    """Write sign-offs into the files of claims; nothing else of a file changes, and all are written or none.

    Args:
        root: the project's folder.
        claims: the ids of the claims that were checked against their passages.
        who: who checked them.
        day: when.

    Raises:
        UsageError: there is no such claim, `who` is no name, or a file cannot be edited without touching more.
        ContentError: a claim or a card cannot be read, or a claim rests on a passage there is not.
        OSError: the disk refuses.
    """
    project = open_project(root)
    if not who.strip() or STRANGE.search(who) or "\n" in who or "\t" in who:
        raise UsageError("--who must be a name, in one line")
    chosen = [_chosen(project, claim) for claim in dict.fromkeys(claims)]
    files = {claim.at("id").file for claim in chosen}
    faults = [fault for fault in project.diagnostics if fault.place.file.startswith("seeds/")]
    faults += [fault for fault in (*project.diagnostics, *references.passages(project)) if fault.place.file in files]
    if any(fault.severity == "error" for fault in faults):
        raise ContentError(in_order(faults))
    texts = {file: (file_bytes(root / file) or b"").decode("utf-8") for file in files}
    for claim in chosen:
        mark = fingerprint_of(claim, project.library.cards, who.strip(), day)
        sign_off = SignOff(who=who.strip(), date=day, fingerprint=mark)
        file = claim.at("id").file
        try:
            texts[file] = signed(texts[file], claim.id, sign_off)
        except ValueError as error:
            raise UsageError(str(error)) from None
    for file, text in sorted(texts.items()):
        atomic.write(root / file, text.encode("utf-8"))
    return tuple(Signed(claim=c.id, file=root / c.at("id").file, before=c.sign_off) for c in chosen)


def _chosen(project: Project, claim: str) -> Claim:
    if claim not in project.library.claims:
        unread = [fault for fault in project.diagnostics if fault.place.file.startswith("content/claims/")]
        if claim in project.library.unread:
            raise ContentError(unread)
        raise UsageError(f"there is no claim {claim!r}; {suggestion(claim, project.library.claims)}")
    return project.library.claims[claim]
