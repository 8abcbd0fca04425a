"""A page whose every element is opened and closed in its place, read as a tree in a fraction of the time.

HTML says of any page, however broken, which tree it is (HTML, 13.2.6), and a parser of all its rules takes its time.
Most rules are for tags that are left out or cross each other. Of a page that has none of these the tree is as written,
and a page that closes every tag is nearly XML: expat reads it, in C, once its void elements are closed, too. Then each
element is asked whether it stands where HTML leaves it. Where a page may mean something else to the two, or has an
element that is not known here, there is no answer, and the whole parser is asked.
"""

import re
from functools import cache
from xml.etree import ElementTree as ET
from xml.parsers import expat

SVG = "{http://www.w3.org/2000/svg}"


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_VOID = _names("area base br col embed hr img input link meta source track wbr")
_IN_HEAD = _names("base link meta script style title")
_HEADINGS = _names("h1 h2 h3 h4 h5 h6")
# A paragraph ends where one of these begins.
_BLOCKS = _HEADINGS | _names(
    "address article aside blockquote details dialog div dl dd dt fieldset figcaption figure footer header hgroup hr li"
    " main menu nav ol p pre section summary table ul"
)
_PHRASES = _names(
    "a abbr b bdi bdo button cite code data del dfn em i ins kbd label mark meter output picture progress q s samp"
    " small span strong sub sup time u var"
)
# Elements that stand in these and nowhere else, or there is more to it.
_WITHIN = {
    "caption": {"table"},
    "col": {"colgroup"},
    "colgroup": {"table"},
    "dd": {"dl", "div"},
    "dt": {"dl", "div"},
    "li": {"menu", "ol", "ul"},
    "tbody": {"table"},
    "td": {"tr"},
    "tfoot": {"table"},
    "th": {"tr"},
    "thead": {"table"},
    "tr": {"tbody", "tfoot", "thead"},
}
# What stands in these is one of the above, or a space.
_ROWS = _names("colgroup table tbody tfoot thead tr")
_NO_TEXT = _ROWS | {"html", "head"}
_KNOWN = _VOID | _IN_HEAD | _BLOCKS | _PHRASES | frozenset(_WITHIN)
# Of drawings; a tag of HTML in one would end it.
_DRAWN = _names(
    "a circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon polyline"
    " radialGradient rect stop svg symbol text title tspan use"
)
# Attributes of drawings that HTML writes so, however the page does (HTML, 13.2.6.1, "adjust SVG attributes").
_CAPITALS = _names(
    "attributeName attributeType baseFrequency baseProfile calcMode clipPathUnits diffuseConstant edgeMode filterUnits"
    " glyphRef gradientTransform gradientUnits kernelMatrix kernelUnitLength keyPoints keySplines keyTimes lengthAdjust"
    " limitingConeAngle markerHeight markerUnits markerWidth maskContentUnits maskUnits numOctaves pathLength"
    " patternContentUnits patternTransform patternUnits pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio"
    " primitiveUnits refX refY repeatCount repeatDur requiredExtensions requiredFeatures specularConstant"
    " specularExponent spreadMethod startOffset stdDeviation stitchTiles surfaceScale systemLanguage tableValues"
    " targetX targetY textLength viewBox viewTarget xChannelSelector yChannelSelector zoomAndPan"
)
_WITHOUT_CAPITALS = frozenset(map(str.lower, _CAPITALS))
# Attributes of drawings that have a namespace there (the same, "adjust foreign attributes").
_FOREIGN = {
    "xmlns": "{http://www.w3.org/2000/xmlns/}xmlns",
    "xmlns:xlink": "{http://www.w3.org/2000/xmlns/}xlink",
    "xlink:href": "{http://www.w3.org/1999/xlink}href",
    "xml:lang": "{http://www.w3.org/XML/1998/namespace}lang",
    "xml:space": "{http://www.w3.org/XML/1998/namespace}space",
}
_WHITE = " \t\n\f"

_PAGE = re.compile(r"\s*<!doctype html>\s*(<html[\s>].*</html>)([ \t\n\f]*)", re.IGNORECASE | re.DOTALL)
# What HTML reads otherwise than XML: references that XML does not know or takes for other characters, comments that end
# where they begin, and values with line ends. Each begins with a letter that is quickly found.
_ODD_REFERENCE = re.compile(
    r"&(?:(?!(?:amp|apos|gt|lt|quot);)[A-Za-z]|#(?:0*1(?:2[89]|[345][0-9])|[xX]0*[89][0-9A-Fa-f]);)"
)
_ODD_COMMENT = re.compile(r"<!(?!--(?!-?>))")
_ODD_VALUE = re.compile(r"""=\s*+(?:"[^"<\t\n]*+[\t\n]|'[^'<\t\n]*+[\t\n])""")
_VALUE = r"""(?:"[^"]*+"|'[^']*+')"""
_IN_TAG = rf"""(?:[^<>"']|{_VALUE})*+"""
# What XML is told otherwise, each with what it is known by; comments stay, and so do tags whose attributes have values.
_TOLD = re.compile(
    rf"""
    <!--.*?-->
    | <(?P<raw>style|script)(?P<held>(?:\s{_IN_TAG})?+)>(?P<inside>.*?)</(?P=raw)>
    | <(?P<void>{"|".join(sorted(_VOID))})(?=[\s/>])(?P<of_void>{_IN_TAG})>
    | <(?P<tag>[a-z][^\s<>/"'=]*+)(?P<valued>(?:\s++[^\s"'<>/=]++={_VALUE})*+)(?!\s*+>)(?P<rest>{_IN_TAG})>
    """,
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(rf"""([^\s"'<>/=]+)(={_VALUE})?""")


_TERMS = frozenset({"dd", "dt"})


# Pages have some hundred pairs of elements, thousands of times.
@cache
def _fits(tag: str, parent: str) -> bool:
    """Return whether an element of HTML stands where it may, as far as what it stands in says."""
    match parent:
        case "html":
            return True
        case "head":
            return tag in _IN_HEAD
        case "title" | "script" | "style":
            return False
    return (
        tag in _KNOWN
        and parent in _WITHIN.get(tag, {parent})
        and not (parent in _ROWS and tag not in _WITHIN)
        and not (tag in _HEADINGS and parent in _HEADINGS)
    )


class _OddError(Exception):
    """The tree is not simply what is written."""


def tree(html: str) -> "ET.Element | None":
    """Return the root element of a page, or None where it is not well-formed as this module knows it."""
    page = _PAGE.fullmatch(html)
    if page is None or any(each in html for each in ("\r", "\0", "<?")):
        return None
    if any(odd.search(html, page.start(1)) for odd in (_ODD_REFERENCE, _ODD_COMMENT, _ODD_VALUE)):
        return None
    try:
        root = _read(_TOLD.sub(_as_xml, page[1]))
        _look_over(root)
        _as_placed(root, page[2])
    except (_OddError, expat.ExpatError, UnicodeError):
        return None
    return root


def _as_xml(piece: re.Match[str]) -> str:
    """Return a piece of a page as XML writes it.

    Raises:
        _OddError: its own tag ends an element of HTML, or it may be something else than it seems.
    """
    match piece.lastgroup:
        case "inside":
            if "<!--" in piece["inside"] or f"</{piece['raw']}" in piece["inside"].lower():
                raise _OddError
            return f"<{piece['raw']}{_valued(piece['held'])}><![CDATA[{piece['inside']}]]></{piece['raw']}>"
        case "of_void":
            return f"<{piece['void']}{_valued(piece['of_void'].removesuffix('/'))}/>"
        case "rest":
            bare = piece["rest"].removesuffix("/")
            ends = "/" if bare != piece["rest"] else ""
            if ends and piece["tag"] not in _DRAWN - _KNOWN:
                raise _OddError
            return f"<{piece['tag']}{piece['valued']}{_valued(bare)}{ends}>"
    return piece[0]


def _valued(attributes: str) -> str:
    """Return attributes with a value for each."""
    return _ATTRIBUTE.sub(lambda each: each[0] if each[2] else f'{each[0]}=""', attributes)


def _read(xml: str) -> "ET.Element":
    """Return the root element of XML, without a word on namespaces."""
    builder, parser = ET.TreeBuilder(insert_comments=True), expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler, parser.CommentHandler = builder.data, builder.comment
    parser.Parse(xml, True)  # noqa: FBT003 - expat has no name for it
    return builder.close()


# What is open around an element and would be ended by another of its kind, and a paragraph by any block.
_PARAGRAPH, _LINK, _BUTTON = 1, 2, 4
_OPENS = {"p": _PARAGRAPH, "a": _LINK, "button": _BUTTON}


def _look_over(root: "ET.Element") -> None:
    """Look whether each element stands where it stays, and give those of drawings the names that HTML gives them.

    Raises:
        _OddError: one does not, or HTML would name it otherwise.
    """
    if root.tag != "html" or [child.tag for child in root if isinstance(child.tag, str)] != ["head", "body"]:
        raise _OddError
    waiting = [(root, "", 0)]
    while waiting:
        element, parent, open_ = waiting.pop()
        tag = element.tag
        if not all(map(str.islower, element.attrib)) or (tag in _NO_TEXT and _has_text(element)):
            raise _OddError
        open_ |= _OPENS.get(tag, 0)
        for child in element:
            name = child.tag
            if not isinstance(name, str):
                if tag == "title":
                    raise _OddError
            elif name == "svg" and _fits("span", tag):
                _look_into(child)
            elif _fits(name, tag) and not _ends(name, tag, parent, open_):
                waiting.append((child, tag, open_))
            else:
                raise _OddError


def _has_text(element: "ET.Element") -> bool:
    return any(text and text.strip(_WHITE) for text in (element.text, *(child.tail for child in element)))


def _ends(tag: str, parent: str, grandparent: str, open_: int) -> bool:
    """Return whether an element would end one that is open around what it stands in."""
    if open_ and ((open_ & _PARAGRAPH and tag in _BLOCKS) or open_ & _OPENS.get(tag, 0)):
        return True
    # In a list of terms, a group of them is straight in it.
    return tag in _TERMS and parent == "div" and grandparent != "dl"


def _look_into(drawing: "ET.Element") -> None:
    """Give the elements of a drawing their namespace, and its attributes the names that HTML gives them.

    Raises:
        _OddError: an element is not known here, or HTML would write a name otherwise.
    """
    for element in drawing.iter():
        if not isinstance(element.tag, str):
            continue
        # What is in a title may be of HTML again.
        if element.tag not in _DRAWN or (element.tag in {"title", "desc"} and len(element)):
            raise _OddError
        element.tag = f"{SVG}{element.tag}"
        for key in [key for key in element.attrib if not _as_it_is(key)]:
            if key not in _FOREIGN:
                raise _OddError
            element.set(_FOREIGN[key], element.attrib.pop(key))


@cache
def _as_it_is(attribute: str) -> bool:
    """Return whether an attribute of a drawing is named as it is written."""
    if attribute in _CAPITALS:
        return True
    small = attribute.islower() and attribute not in _WITHOUT_CAPITALS
    return small and ":" not in attribute and attribute != "xmlns"


def _as_placed(root: "ET.Element", after: str) -> None:
    """Move spaces to where HTML has them: none before the head, those after the body at its end."""
    root.text = None
    head, body = (next(child for child in root if child.tag == name) for name in ("head", "body"))
    children = list(root)
    for comment in children[: children.index(head)]:
        comment.tail = None
    for child in children[children.index(body) :]:
        _append(body, child.tail)
        child.tail = None
    _append(body, after)
    for element in root.iter("pre"):
        if element.text and element.text.startswith("\n"):
            element.text = element.text[1:]


def _append(body: "ET.Element", text: str | None) -> None:
    if len(body):
        body[-1].tail = (body[-1].tail or "") + (text or "")
    else:
        body.text = (body.text or "") + (text or "")
