"""Room on the pages for what differs from copy to copy: elements with the attribute `data-copy`.

The page is laid out once, with words that hold the place. Here they are taken off the finished pages, and what is left
of each is a slot: where its text begins, how wide it may be, in which type, and what it is. Text that the structure
tree holds keeps its number (ISO 32000-1, 14.7.4.3), so whoever writes it puts it where a listener hears it; the same
on the pages after is an artifact, as a running foot is (ISO 32000-1, 14.8.2.2; ISO 14289-1, 7.8).
"""

from typing import Any

from nkru_brief.sheet import Slot
from nkru_brief.tags.pieces import PT, Held
from nkru_brief.values import replace

ATTRIBUTE = "data-copy"
_SENTINEL = b"%slot "


def hold(held: list[Held], streams: list[Any]) -> list[Slot]:
    """Take the words that hold a place off their pages, leave a comment in their stead, and return the slots."""
    slots = []
    for number, each in enumerate(held):
        operators = streams[each.page].stream
        start = next(
            index + 1
            for index, item in enumerate(operators)
            if item == b"BDC"
            and isinstance(operators[index - 1], dict)
            and operators[index - 1].get("MCID") == each.mcid
        )
        operators[start : operators.index(b"EMC", start)] = [_SENTINEL + str(number).encode()]
        slots.append(_slot(each))
    return slots


def take(slots: list[Slot], streams: list[Any]) -> tuple[Slot, ...]:
    """Take what is left of each slot off its page, and return the slots with the numbers the tree knows them by."""
    found = list(slots)
    for stream in streams:
        operators = stream.stream
        places = [at for at, item in enumerate(operators) if isinstance(item, bytes) and item.startswith(_SENTINEL)]
        for at in reversed(places):
            number = int(operators[at].removeprefix(_SENTINEL))
            entries = operators[at - 2]
            found[number] = replace(found[number], mcid=entries.get("MCID"), tag=str(operators[at - 3]).lstrip("/"))
            # Tag, properties, BDC; the comment; EMC.
            del operators[at - 3 : at + 2]
    return tuple(found)


def _slot(held: Held) -> Slot:
    box, holder = held.box, held.holder
    style = box.style
    left, width = holder.content_box_x(), holder.width
    aligned = {"right": "right", "end": "right", "center": "center"}.get(holder.style["text_align_all"], "left")
    red, green, blue = (round(float(value), 6) for value in style["color"].to("srgb").coordinates)
    return Slot(
        page=held.page,
        columns=tuple(held.element.get(ATTRIBUTE).split()),
        says=held.element.get(f"{ATTRIBUTE}-says", "{value}"),
        x=round(left * PT, 3),
        y=round((held.height - box.position_y - box.baseline) * PT, 3),
        width=round(width * PT, 3),
        size=round(style["font_size"] * PT, 3),
        align=aligned,
        families=tuple(style["font_family"]),
        weight=int(style["font_weight"]),
        colour=(red, green, blue),
        foot=box.position_y > held.height / 2,
    )
