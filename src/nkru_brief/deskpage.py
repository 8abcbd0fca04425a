"""The reading desk as one self-contained page, for the editor's own machine.

It is written here and not by a template: templates see what leaves, and must never see an article.
"""

import re
from html import escape

from nkru_brief.readingdesk import ArticleView, ClaimView, Desk, Spot, statement_of

WARNING = "LOCAL ONLY – not for distribution"
_HEAD = (
    "The articles at hand, with every sentence that a claim rests on marked. This page holds their words, which are "
    "not yours to hand on: it stays on this machine."
)
_WORD = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}")

_STYLE = """
:root { --ink: #16202a; --muted: #55606a; --rule: #c6ccd1; --tint: #f1f3f5; --paper: #fff; --used: #dcebdd; --mark: #1d5f2a; --alert: #9a1c1c; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ec; --muted: #a7b1b9; --rule: #3f4a53; --tint: #1c242b; --paper: #12181d; --used: #1f3a26; --mark: #93d3a0; --alert: #ff9d9d; } }
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); scroll-padding-top: 4rem; text-size-adjust: 100%; }
body { max-width: 76rem; margin: 0 auto; padding: 0 clamp(1rem, 3vw, 2.5rem) 4rem; font: 400 1rem/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
.local { position: sticky; top: 0; z-index: 1; margin: 0 calc(-1 * clamp(1rem, 3vw, 2.5rem)); padding: .5rem clamp(1rem, 3vw, 2.5rem); background: var(--alert); color: var(--paper); font-weight: 700; }
h1 { margin: 2rem 0 .5rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 3rem 0 .5rem; padding-top: .75rem; border-top: .125rem solid var(--ink); font-size: 1.375rem; line-height: 1.25; }
h3 { margin: 1.5rem 0 .25rem; font-size: 1.0625rem; }
p { margin: .375rem 0; }
ul { margin: .375rem 0; padding-left: 1.125rem; }
a { color: var(--mark); text-underline-offset: .2em; }
nav a, .id { display: inline-block; min-height: 1.5rem; }
.aside, .where { color: var(--muted); }
.line { display: grid; grid-template-columns: minmax(0, 1fr); gap: .25rem 2.5rem; padding: .75rem 0; border-bottom: .0625rem solid var(--rule); }
.text { font: 400 1.0625rem/1.65 Georgia, serif; margin: 0; }
.id { font: 600 .75rem/1.5rem system-ui, sans-serif; color: var(--mark); }
mark { background: var(--used); color: inherit; border-bottom: .125rem solid var(--mark); }
.free { border-bottom: .125rem dotted var(--muted); }
.head { font-weight: 700; }
.odd { border-bottom: .125rem dashed var(--alert); }
.alert { color: var(--alert); font-weight: 600; }
del { color: var(--alert); }
ins { color: var(--mark); font-weight: 600; }
details { border-top: .0625rem solid var(--rule); }
.rests > :first-child { border-top: 0; }
summary { padding: .25rem 0; cursor: pointer; }
.rests { font-size: .9375rem; }
.rests details > div { padding: 0 0 .5rem .75rem; border-left: .1875rem solid var(--rule); }
:target { outline: .1875rem solid var(--mark); outline-offset: .125rem; }
:focus-visible { outline: .1875rem solid var(--mark); outline-offset: .125rem; }
@media (min-width: 60rem) { .line { grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); } }
@media (forced-colors: active) { .local { border: .125rem solid; } mark { forced-color-adjust: none; background: Mark; color: MarkText; } }
@media print { .local { position: static; border: .125rem solid; } }
"""  # noqa: E501 - a rule of a style sheet is a line

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(desk: Desk) -> str:
    """Return the page of a desk: no script, and nothing that asks for anything outside."""
    labels = {article.card.id: article.card.label for article in desk.articles}
    views = {view.claim.id: view for view in desk.claims}
    jumps = [f'<a href="#{escape(a.card.id)}">Source {escape(a.card.label)}</a>' for a in desk.articles]
    body = [
        f'<header class="local">{WARNING}</header>',
        "<main>",
        f"<h1>Reading desk: {escape(desk.title)}</h1>",
        f"<p>{_HEAD}</p>",
        *([f'<p class="aside">Not at hand: {escape(", ".join(desk.absent))}.</p>'] if desk.absent else []),
        f'<nav aria-label="On this page"><p>{" · ".join([*jumps, _link("#claims", "Claims")])}</p></nav>',
        *(_article(article, views) for article in desk.articles),
        '<section aria-labelledby="claims"><h2 id="claims">Claims</h2>',
        *(_claim(view, labels) for view in desk.claims),
        "</section>",
        "</main>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex, nofollow, noarchive">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{WARNING}: reading desk, {escape(desk.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _link(target: str, text: str) -> str:
    return f'<a href="{escape(target)}">{escape(text)}</a>'


# ---- an article ----


def _article(article: ArticleView, views: dict[str, ClaimView]) -> str:
    card, name = article.card, escape(article.card.id)
    used = sum(bool(spot.claims) for spot in article.sentences)
    whole = "the card’s own text" if article.same_text else "not the text its card was made from"
    counted = f"{used} of {len(article.sentences)} sentences used"
    return "\n".join(
        [
            f'<section aria-labelledby="{name}"><h2 id="{name}">Source {escape(card.label)}: {escape(card.title)}</h2>',
            f'<p class="aside">Grade {card.grade}; {counted}; {whole}, SHA-256 {card.sha256[:16]}….</p>',
            *_missing(article),
            *(_line(article, number, spots, views) for number, spots in article.lines),
            "</section>",
        ]
    )


def _missing(article: ArticleView) -> list[str]:
    if not article.missing:
        return []
    rows = (
        f"<li><b>{escape(each.passage)}</b> {escape(each.gist)} <span class='where'>{_claims(each.claims)}</span></li>"
        for each in article.missing
    )
    return [f'<p class="alert">Not in this text any more:</p><ul>{"".join(rows)}</ul>']


def _claims(claims: tuple[str, ...]) -> str:
    return ", ".join(_link(f"#{claim}", claim) for claim in claims)


def _line(article: ArticleView, number: int, spots: tuple[Spot, ...], views: dict[str, ClaimView]) -> str:
    text = " ".join(_words(article, spot) for spot in spots)
    rests = "".join(_rests(spot, views) for spot in spots)
    return (
        f'<div class="line"><p class="text" lang="{escape(article.card.language)}">'
        f'<span class="where" aria-hidden="true">{number}</span> {text}</p><div class="rests">{rests}</div></div>'
    )


def _words(article: ArticleView, spot: Spot) -> str:
    """Return a piece of the article, marked as used or not, behind its id."""
    name = spot.passage or spot.now
    style = "odd" if spot.state not in ("exact", "moved") else "free" if spot.kind == "sentence" else "head"
    target = f' id="{escape(article.card.label)}-{escape(name)}"' if spot.passage else ""
    short = f'<span class="id">{escape(name.partition(".")[2] or name)}</span>'
    if spot.claims and style != "odd":
        return f"<mark{target}>{short} {escape(spot.text)}</mark>"
    return f'<span class="{style}"{target}>{short} {escape(spot.text)}</span>'


def _rests(spot: Spot, views: dict[str, ClaimView]) -> str:
    """Return what rests on a piece: claims with the statements that cite them, or why nothing does."""
    news = _news(spot)
    if not spot.claims:
        said = f"not used: {escape(spot.reason or 'no reason is given')}" if spot.kind == "sentence" else ""
        told = " ".join(filter(None, (said if spot.state else "", news)))
        return f"<p><b>{escape(spot.passage or spot.now)}</b> {told}</p>" if told else ""
    count = sum(len(views[claim].statements) for claim in spot.claims)
    head = f"<b>{escape(spot.passage)}</b> {', '.join(spot.claims)} · {count} statement{'' if count == 1 else 's'}"
    inside = "".join(
        f"<p>{_link(f'#{claim}', claim)} {escape(statement_of(views[claim]))} "
        f'<span class="where">{views[claim].claim.support}</span></p>{_statements(views[claim])}'
        for claim in spot.claims
    )
    return f"<details><summary>{head} {news}</summary><div>{inside}</div></details>"


def _news(spot: Spot) -> str:
    match spot.state:
        case None:
            return '<span class="alert">new in this text</span>'
        case "changed":
            return f'<span class="alert">changed</span> {_difference(spot.difference)}'.rstrip()
        case "tampered":
            return '<span class="alert">the card does not fit this text</span>'
        case "moved":
            return f'<span class="alert">now at {escape(spot.now)}</span>'
    return ""


def _difference(text: str) -> str:
    return _WORD.sub(
        lambda match: f"<del>{match[1]}</del>" if match[1] is not None else f"<ins>{match[2]}</ins>", escape(text)
    )


# ---- a claim ----


def _claim(view: ClaimView, labels: dict[str, str]) -> str:
    claim = view.claim
    passages = ", ".join(
        _link(f"#{labels[source]}-{passage}", f"{labels[source]} {passage}")
        if source in labels
        else f"{escape(source)} {escape(passage)}"
        for source, passage in view.passages
    )
    return (
        f'<h3 id="{claim.id}">{claim.id} {escape(statement_of(view))}</h3>'
        f'<p class="aside">{claim.support}, {claim.status}; rests on {passages}</p>{_statements(view)}'
    )


def _statements(view: ClaimView) -> str:
    if not view.statements:
        return '<p class="alert">No edition says it.</p>'
    items = (
        f"<li>{escape(each.text)} <span class='where'>"
        f"{escape('; '.join(f'{edition}, {section}' for edition, section in each.where))}</span></li>"
        for each in view.statements
    )
    return f"<ul>{''.join(items)}</ul>"
