"""Sign-offs: who checked a claim against its passages, and whether what they checked is still what stands there."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date

from nkru_brief import yamltext
from nkru_brief.digest import fingerprint
from nkru_brief.model import Card, Claim, SignOff
from nkru_brief.yamltext import Node, Scalar, Sequence

_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTE_ORDER = "\ufeff"


def fingerprint_of(claim: Claim, cards: Mapping[str, Card], who: str, day: date) -> str:
    """Return the fingerprint of a sign-off: all a claim says, the passages it rests on, who checked them, and when.

    A passage counts with the SHA-256 of its exact text, so a sign-off lapses when a word of the claim changes, when a
    passage is exchanged, and when the source is found to read otherwise and its card is made anew.

    Args:
        claim: the claim.
        cards: the cards of the sources, by id; a passage whose card is not there counts with its id alone.
        who: who checked it; another name under the same fingerprint is no sign-off.
        day: when.
    """
    readings = [
        [r.source, r.says.levels, [[p, _digest(f"{r.source} {p}", cards)] for p in r.passages]] for r in claim.readings
    ]
    return fingerprint(
        {
            "statement": claim.statement.levels,
            "passages": [[reference, _digest(reference, cards)] for reference in claim.passages],
            "support": claim.support,
            "status": claim.status,
            "question": claim.question.levels if claim.question else {},
            "readings": readings,
            "remark": claim.remark.levels if claim.remark else {},
            "signed": [who, day.isoformat()],
        }
    )


def _digest(reference: str, cards: Mapping[str, Card]) -> str:
    source, _, passage = reference.partition(" ")
    return next(_found(cards.get(source), passage), "")


def _found(card: Card | None, passage: str) -> Iterator[str]:
    return (each.sha256 for each in (card.passages if card else ()) if each.id == passage)


def is_lapsed(claim: Claim, cards: Mapping[str, Card]) -> bool:
    """Return whether a claim was signed off and is no longer what was signed."""
    signed = claim.sign_off
    return signed is not None and signed.fingerprint != fingerprint_of(claim, cards, signed.who, signed.date)


# ---- writing one down ----


def signed(text: str, claim: str, sign_off: SignOff) -> str:
    """Return the text of a file of claims with one claim's sign-off in it, and not a character else changed.

    Args:
        text: the file as it is, with its own line ends.
        claim: the claim's id.
        sign_off: what is written down.

    Raises:
        ValueError: it cannot be done without touching something else; the message says what to do.
    """
    mark = _BYTE_ORDER if text.startswith(_BYTE_ORDER) else ""
    body = text.removeprefix(mark)
    item = _item(body, claim)
    written = {"who": json.dumps(sign_off.who, ensure_ascii=False), "date": sign_off.date.isoformat()}
    written["fingerprint"] = sign_off.fingerprint
    old = {key.text: value for key, value in item.entries}.get("sign_off")
    new = _appended(body, item, written) if old is None else _replaced(body, old, written)
    if _besides(new, claim) != _besides(body, claim) or _of(new, claim) != (sign_off.who, *list(written.values())[1:]):
        raise ValueError(f"{claim} cannot be signed without changing more of its file; write sign_off by hand")
    return mark + new


def _item(text: str, claim: str) -> yamltext.Mapping:
    node, _ = yamltext.parse(text, "")
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, yamltext.Mapping) and _text(item, "id") == claim:
            return item
    raise ValueError(f"{claim} is not in its file any more")


def _text(item: yamltext.Mapping, name: str) -> str:
    return next((v.text for key, v in item.entries if key.text == name and isinstance(v, Scalar)), "")


def _appended(text: str, item: yamltext.Mapping, written: Mapping[str, str]) -> str:
    """Return the text with new lines behind the last one of a claim."""
    ends = list(_LINE_END.finditer(text))
    starts = yamltext.line_starts(text)
    last = item.place.line - 1
    for number in range(item.place.line, len(starts)):
        line = _LINE_END.split(text[starts[number] :], maxsplit=1)[0]
        if line.strip():
            if len(line) - len(line.lstrip(" ")) < item.place.column - 1:
                break
            last = number
    new_line = ends[0][0] if ends else "\n"
    pad = " " * (item.place.column - 1)
    lines = [f"{pad}sign_off:", *(f"{pad}  {key}: {value}" for key, value in written.items())]
    added = "".join(line + new_line for line in lines)
    if last >= len(ends):
        return text + new_line + added.removesuffix(new_line)
    return text[: ends[last].end()] + added + text[ends[last].end() :]


def _replaced(text: str, old: Node, written: Mapping[str, str]) -> str:
    """Return the text with other values for the keys of a sign-off that is there."""
    values = {key.text: value for key, value in old.entries} if isinstance(old, yamltext.Mapping) else {}
    for key in sorted(written, key=lambda key: values[key].place if key in values else old.place, reverse=True):
        value = values.get(key)
        if not isinstance(value, Scalar):
            raise ValueError(f"its sign_off lacks {key!r}; mend it, or take it out and sign anew")
        text = yamltext.replaced(text, value, written[key])
    return text


def _of(text: str, claim: str) -> tuple[str, ...]:
    """Return the values of a claim's sign-off, or nothing where the text cannot be read."""
    node, faults = yamltext.parse(text, "")
    if node is None or faults:
        return ()
    old = next((value for key, value in _item(text, claim).entries if key.text == "sign_off"), None)
    return tuple(_text(old, key) for key in ("who", "date", "fingerprint")) if isinstance(old, yamltext.Mapping) else ()


def _besides(text: str, claim: str) -> object:
    """Return all of a file of claims but one claim's sign-off, as plain data with its quoting."""
    node, faults = yamltext.parse(text, "")
    items = node.items if isinstance(node, Sequence) and not faults else ()
    return [
        _plain(item, "sign_off" if isinstance(item, yamltext.Mapping) and _text(item, "id") == claim else "")
        for item in items
    ]


def _plain(node: Node, without: str = "") -> object:
    if isinstance(node, Scalar):
        return node.text, node.plain
    if isinstance(node, Sequence):
        return [_plain(item) for item in node.items]
    return [(key.text, _plain(value)) for key, value in node.entries if key.text != without]
