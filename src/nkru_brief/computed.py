"""The value of a property that a style sheet says nothing of, found at once; `repairs` puts it into the engine.

A page asks for some five thousand values, and nine of ten are nowhere written: they are the parent's or the initial
ones (CSS Cascading and Inheritance 4, 7). WeasyPrint takes each through every case there is, a tenth of a short paper's
press.
"""

from collections.abc import Callable
from typing import Any

# These hang on one another, or on the parent in a way of their own.
_OTHERS = frozenset({"display", "float", "page", "position"})
_OWN_WAYS = ("__", "text_decoration_")


def quick(css: Any) -> Callable[[Any, str], Any]:
    """Return what finds the value of a property for a style, in place of `ComputedStyle.__missing__`.

    Args:
        css: the engine's own module of styles.
    """
    whole, initial = css.nkru_brief_missing, css.INITIAL_VALUES
    plain = {key for key in initial if key not in _OTHERS and not key.startswith(_OWN_WAYS)}
    inherited = frozenset(plain & set(css.INHERITED))
    at_once = frozenset(plain - inherited - set(css.INITIAL_NOT_COMPUTED))
    # What another property may say in its place: `margin-inline-start` for `margin-left`.
    sides = css.PHYSICAL_FUNCTIONS
    logical = frozenset(of(block="ttb", inline=way) for of in sides.values() for way in ("ltr", "rtl"))

    def missing(style: Any, key: str) -> Any:
        written, parent = style.cascaded, style.parent_style
        if parent is None or key in written or (key in sides and not logical.isdisjoint(written)):
            return whole(style, key)
        if key in inherited:
            value = style[key] = parent[key]
        elif key in at_once:
            value = style[key] = initial[key]
        else:
            return whole(style, key)
        return value

    return missing
