"""What declarations of CSS say about whether text is seen (CSS 2.2 and later; what hiders use).

Which of it hides was measured in Chromium 156: the tables of tests/test_message_html.py were rendered there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cancelproof.message import colours, css
from cancelproof.message.colours import Colour
from cancelproof.message.css import Declaration

MAX_STYLE = 4_000  # characters of one style attribute, or of one rule

_NUMBER = re.compile(r"([+-]?(?:\d{1,6}(?:\.\d{0,20})?|\.\d{1,20}))(px|pt|pc|em|rem|%|cm|mm|in|ex|ch|vw|vh)?$")
_PIXELS = {"": 1.0, "px": 1.0, "pt": 1.33, "pc": 16.0, "em": 16.0, "rem": 16.0, "ex": 8.0, "ch": 8.0, "in": 96.0,
           "cm": 37.8, "mm": 3.78, "%": 6.0, "vw": 6.0, "vh": 6.0}  # fmt: skip
_FONT_SIZE = re.compile(r"(?:^| )(0|[\d.]{1,9}(?:px|pt|pc|em|rem|%|cm|mm|in|ex|ch|vw|vh))(?: ?/| )")
_FUNCTION = re.compile(r"([a-z0-9-]{1,20})\(([^()]{0,200})\)")
_SIDES = ("top", "right", "bottom", "left")
_FAR = -400  # pixels: text moved so far to the left or up is off the screen
_FARTHER = 4_000  # to the right or down
_TINY = 1.0  # pixel
_TINY_LETTERS = 2.0  # pixels
_FAINT = 0.02
_EVERYWHERE = frozenset({"inherit", "initial", "unset", "revert"})
_BLOCKS = frozenset({"block", "flex", "grid", "table", "table-row", "table-cell", "list-item", "flow-root"})
#: Where `overflow` and a height mean nothing: these grow with their text, or have no box of their own.
_GROWING = frozenset({"inline", "table", "table-cell", "table-row", "contents"})
_DISPLAYS = _EVERYWHERE | _BLOCKS | _GROWING | {
    "none", "inline-block", "inline-flex", "inline-grid", "inline-table", "table-row-group", "table-header-group",
    "table-footer-group", "table-column", "table-column-group", "table-caption", "ruby", "run-in", "-webkit-box",
    "-webkit-inline-box", "-webkit-flex",
}  # fmt: skip
_WORDS = {"display": _DISPLAYS, "visibility": _EVERYWHERE | {"visible", "hidden", "collapse"}}
_MOVES = frozenset({*_SIDES, "text-indent", "margin-left", "margin-top"})
_SIZES = frozenset({"height", "max-height", "width", "max-width"})
_JUDGED = frozenset({
    "background-color", "background-image", "clip", "clip-path", "color", "content-visibility", "filter", "float",
    "font-size", "mso-hide", "opacity", "overflow-x", "overflow-y", "position", "scale", "text-decoration-line",
    "transform", "white-space", "-webkit-text-fill-color", *_WORDS, *_MOVES, *_SIZES,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Background:
    """What an element paints behind its text; of no colour where nobody can say which."""

    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What an element's own style says. None: it says nothing, and what is inherited holds.

    `hidden` takes the element out with all that is in it, as does `struck`; `invisible`, `tiny`, `colour` and
    `background` are inherited until an element inside says otherwise.
    """

    hidden: bool = False
    struck: bool = False
    invisible: bool | None = None
    tiny: bool | None = None
    colour: Colour | None = None
    background: Background | None = None
    preformatted: bool | None = None
    is_block: bool = False
    is_spaced: bool = False


PLAIN = Look()


def declarations(text: str) -> list[Declaration]:
    """Return what a style attribute declares about being seen."""
    return [*longhands(css.declarations(css.plain(text[:MAX_STYLE])))]


def longhands(given: Iterable[Declaration]) -> Iterator[Declaration]:
    """Yield the declarations that are judged, without shorthands and without those that a browser drops as invalid."""
    for each in given:
        for name, value in _longhands(each.name, each.value):
            if name in _JUDGED and _is_valid(name, value):
                yield Declaration(name, value, each.important)


def _longhands(name: str, value: str) -> list[tuple[str, str]]:
    parts = value.split()[:20]
    if name == "background":
        painted = next((part for part in _FUNCTION.split(value)[0].split() if colours.read(part)), "")
        found = painted or next((f.group() for f in _FUNCTION.finditer(value) if colours.read(f.group())), "")
        return [
            ("background-color", found or ("transparent" if value == "none" else "unknown")),
            ("background-image", value),
        ]
    if name == "font":
        size = _FONT_SIZE.search(value)
        return [("font-size", size.group(1))] if size else []
    if name in ("margin", "inset"):
        sides = zip(_SIDES, _four(parts), strict=True) if len(parts) <= 4 else ()
        return [(side if name == "inset" else f"{name}-{side}", part) for side, part in sides]
    if name == "overflow":
        return [("overflow-x", parts[0]), ("overflow-y", parts[-1])]
    return [("text-decoration-line", value)] if name == "text-decoration" else [(name, value)]


def _four(parts: list[str]) -> list[str]:
    """Spread one to four values over top, right, bottom, left."""
    top, right, bottom, left = ((0, 0, 0, 0), (0, 1, 0, 1), (0, 1, 2, 1), (0, 1, 2, 3))[len(parts) - 1]
    return [parts[top], parts[right], parts[bottom], parts[left]]


def _is_valid(name: str, value: str) -> bool:
    if name in _WORDS:
        return value in _WORDS[name]
    if name in _MOVES or name in _SIZES or name in ("font-size", "opacity"):
        return "(" in value or value[:1].isalpha() or _number(value) is not None
    return True


def look(given: Mapping[str, str], display: str = "inline") -> Look:
    """Say what declarations mean for being seen, in an element of that display unless they say another."""
    own = given.get("display", "")
    white_space = given.get("white-space", "")
    visibility = given.get("visibility", "inherit")
    return Look(
        hidden=own == "none" or given.get("mso-hide") == "all" or _is_removed(given, own or display),
        struck="line-through" in given.get("text-decoration-line", ""),
        invisible=None if visibility in ("inherit", "unset") else visibility in ("hidden", "collapse"),
        tiny=_is_tiny(given.get("font-size", "")),
        colour=colours.read(given.get("-webkit-text-fill-color", "") or given.get("color", "")),
        background=_background(given),
        preformatted=white_space.startswith(("pre", "break-spaces")) if white_space else None,
        is_block=own in _BLOCKS,
        is_spaced=own.startswith("inline-") or given.get("float", "none") != "none",
    )


def _is_removed(given: Mapping[str, str], display: str) -> bool:
    """Transparent, shrunk or clipped to nothing, or moved off the screen."""
    opacity = _number(given.get("opacity", ""))
    if opacity is not None and opacity[0] <= _FAINT * (100 if opacity[1] == "%" else 1):
        return True
    if given.get("content-visibility") == "hidden" and display not in _GROWING:
        return True
    is_out = given.get("position") in ("absolute", "fixed")
    is_out_of_line = is_out or given.get("float", "none") != "none"
    return (
        ((is_out_of_line or display not in _GROWING) and _is_closed(given))
        or ((is_out_of_line or display not in ("inline", "contents")) and _is_transformed_away(given))
        or _is_clipped(given, is_out=is_out)
        or _is_off_screen(given, is_line=display == "inline" and not is_out_of_line)
    )


def _is_closed(given: Mapping[str, str]) -> bool:
    """Of no height or width, with what stands out cut off."""
    for sides, overflow in ((("max-height", "height"), "overflow-y"), (("max-width", "width"), "overflow-x")):
        if given.get(overflow, "visible") in ("hidden", "clip", "auto", "scroll"):
            lengths = [length for side in sides if (length := _pixels(given.get(side, ""))) is not None]
            if any(length <= _TINY for length in lengths):
                return True
    return False


def _is_transformed_away(given: Mapping[str, str]) -> bool:
    if any(number and number[0] == 0 for number in map(_number, given.get("scale", "").split())):
        return True
    for name, inside in _FUNCTION.findall(given.get("transform", "")):
        arguments = [part.strip() for part in inside.split(",")]
        if name.startswith("scale") and any(number and number[0] == 0 for number in map(_number, arguments)):
            return True
        if name.startswith("translate") and any(map(_is_far, arguments)):
            return True
    return False


def _is_clipped(given: Mapping[str, str], *, is_out: bool) -> bool:
    clip = given.get("clip", "").replace(" ", "").replace(",", "").replace("px", "")
    path = given.get("clip-path", "").replace(" ", "")
    if is_out and clip.startswith(("rect(0000", "rect(0001", "rect(1111", "rect(1100", "rect(0110")):
        return True
    faint = [number for name, inside in _FUNCTION.findall(given.get("filter", "")) if name == "opacity"
             if (number := _number(inside.strip()))]  # fmt: skip
    return path.startswith(("inset(50%", "inset(100%", "circle(0", "polygon(00,00")) or any(n[0] == 0 for n in faint)


def _is_off_screen(given: Mapping[str, str], *, is_line: bool) -> bool:
    moves = ["margin-left"] if is_line else ["text-indent", "margin-left", "margin-top"]
    if given.get("position") in ("absolute", "fixed", "relative"):
        moves += _SIDES
    return any(_is_far(given.get(side, "")) for side in moves)


def _is_far(move: str) -> bool:
    pixels = _pixels(move)
    return pixels is not None and (pixels <= _FAR or pixels >= _FARTHER)


def _number(text: str) -> tuple[float, str] | None:
    """Read a length as (number, unit)."""
    found = _NUMBER.match(text)
    return (float(found.group(1)), found.group(2) or "") if found else None


def _pixels(text: str) -> float | None:
    """Read a length in pixels, in a page 600 wide with letters of 16."""
    number = _number(text)
    return number[0] * _PIXELS[number[1]] if number else None


def _is_tiny(size: str) -> bool | None:
    """None where the size goes by the one outside and does not shrink it to nothing: 1 em of 0 is 0."""
    number = _number(size)
    if number is None:
        return None if size in ("", "inherit", "unset", "larger", "smaller") else False
    tiny = number[0] * (0.16 if number[1] == "%" else _PIXELS[number[1]]) <= _TINY_LETTERS
    return None if not tiny and number[1] in ("em", "%", "ex", "ch") else tiny


def _background(given: Mapping[str, str]) -> Background | None:
    image = given.get("background-image", "")
    if "url(" in image or "gradient(" in image or "image" in image:
        return Background()
    text = given.get("background-color", "")
    if not text or text in _EVERYWHERE:
        return None
    colour = colours.read(text)
    if colour is not None and colour.is_clear:
        return None
    return Background(colour if colour is not None and colour.alpha > 1 - _FAINT else None)
