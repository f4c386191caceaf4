"""What CSS says about whether text is seen (CSS 2.2; only what mail programs honour and hiders use)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

MAX_STYLE = 4_000  # characters of one style attribute
MAX_SHEET = 200_000
MAX_RULES = 200

_NUMBER = re.compile(r"([+-]?\d{0,6}(?:\.\d{1,6})?)\s?(px|pt|em|rem|%|cm|mm|in|ex|ch|vw|vh)?$")
_RGB = re.compile(r"rgba?\(\s?(\d{1,3})\s?[, ]\s?(\d{1,3})\s?[, ]\s?(\d{1,3})\s?(?:[,/]\s?([\d.]{1,6}))?\s?\)$")
_SELECTOR = re.compile(r"([a-z][a-z0-9]{0,10})?((?:[.#][\w-]{1,100}){1,4})$", re.IGNORECASE)
_BRACE = re.compile(r"[{}]")
_NAMED = {"white": "#ffffff", "black": "#000000", "red": "#ff0000", "lime": "#00ff00", "blue": "#0000ff",
          "yellow": "#ffff00", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "whitesmoke": "#f5f5f5",
          "snow": "#fffafa", "ivory": "#fffff0", "navy": "#000080", "green": "#008000"}  # fmt: skip
_BLOCKS = frozenset({"block", "flex", "grid", "table", "table-row", "table-cell", "list-item", "flow-root"})
_FAR = -400  # pixels: text moved so far out is off the screen
_TINY = {"px": 1.0, "pt": 1.0, "em": 0.1, "rem": 0.1, "%": 10.0, "": 1.0}


@dataclass(frozen=True, slots=True)
class Look:
    """What an element's own style says. None: it says nothing, and what is inherited holds.

    `hidden` takes the element out with all that is in it; `invisible`, `tiny` and `unreadable` (text colour equal to
    the background) are inherited until an element inside says otherwise.
    """

    hidden: bool = False
    invisible: bool | None = None
    tiny: bool | None = None
    unreadable: bool | None = None
    preformatted: bool | None = None
    is_block: bool = False
    is_spaced: bool = False


PLAIN = Look()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a style sheet for one simple selector: what it declares about being seen."""

    tag: str
    classes: frozenset[str]
    id: str
    declarations: Mapping[str, str]
    order: int = 0


def declarations(style: str) -> dict[str, str]:
    """Property and value in lower case; a later one wins, `!important` first of all."""
    found: dict[str, str] = {}
    important: set[str] = set()
    for declaration in style[:MAX_STYLE].lower().split(";"):
        name, colon, value = declaration.partition(":")
        if not colon:
            continue
        value, bang, _ = value.partition("!")
        name = name.strip()
        if bang or name not in important:
            found[name] = " ".join(value.split())
        if bang:
            important.add(name)
    return found


def look(given: Mapping[str, str]) -> Look:
    """Say what declarations (`bgcolor` and `color` attributes among them) mean for being seen."""
    display = given.get("display", "")
    colour, background = _colour(given.get("color", "")), _background(given)
    unreadable = (
        None if not colour and not background else (colour == "none" or (bool(colour) and colour == background))
    )
    size = given.get("font-size")
    white_space = given.get("white-space", "")
    return Look(
        hidden=display == "none" or given.get("mso-hide") == "all" or _is_removed(given),
        invisible=given["visibility"] in ("hidden", "collapse") if "visibility" in given else None,
        tiny=None if size is None else _is_tiny(size),
        unreadable=unreadable,
        preformatted=white_space.startswith(("pre", "break-spaces")) if white_space else None,
        is_block=display in _BLOCKS,
        is_spaced=display.startswith("inline-") or given.get("float", "none") != "none",
    )


def _is_removed(given: Mapping[str, str]) -> bool:
    """Transparent, clipped to nothing, or moved off the screen."""
    opacity = _number(given.get("opacity", ""))
    if opacity is not None and opacity[0] <= 0.02:
        return True
    if "hidden" in given.get("overflow", "") or "hidden" in given.get("overflow-y", ""):
        for side in ("max-height", "height", "max-width", "width"):
            length = _number(given.get(side, ""))
            if length is not None and length[0] <= (1 if length[1] == "px" else 0):
                return True
    return _is_off_screen(given)


def _is_off_screen(given: Mapping[str, str]) -> bool:
    moves = ["text-indent", "margin-left", "margin-top"]
    if given.get("position") in ("absolute", "fixed"):
        moves += ["left", "top", "right", "bottom"]
        clip = (given.get("clip", "") + given.get("clip-path", "")).replace(" ", "")
        if clip.startswith(("rect(0,0,0,0", "rect(000", "rect(1px,1px", "rect(0px,0px,0px", "inset(50%", "inset(100%")):
            return True
    return any(length[0] <= _FAR for side in moves if (length := _number(given.get(side, ""))))


def _number(text: str) -> tuple[float, str] | None:
    """Read a length as (number, unit); ems and the like far outside are taken as given."""
    found = _NUMBER.match(text)
    if found is None or not any(map(str.isdigit, found.group(1))):
        return None
    return float(found.group(1)), found.group(2) or ""


def _is_tiny(size: str) -> bool:
    length = _number(size)
    return length is not None and length[0] <= _TINY.get(length[1], 0.0)


def _background(given: Mapping[str, str]) -> str:
    """Return the background's plain colour; "" where there is none or a picture."""
    if "url(" in given.get("background", "") or "url(" in given.get("background-image", ""):
        return ""
    return _colour(given.get("background-color", "") or given.get("background", "") or given.get("bgcolor", ""))


def _colour(text: str) -> str:
    """Read a colour as #rrggbb, "none" for a transparent one, "" for what is no colour."""
    text = text.strip()
    if text.startswith("#"):
        return "#" + "".join(c * 2 for c in text[1:4]) if len(text) == 4 else text[:7]
    rgb = _RGB.match(text)
    if rgb:
        if rgb.group(4) and rgb.group(4).strip("0.") == "":
            return "none"
        return "#" + "".join(f"{min(int(part), 255):02x}" for part in rgb.groups()[:3])
    return "none" if text == "transparent" else _NAMED.get(text, "")


def rules(sheets: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules of style elements that show or hide by class or id, outside of any at-rule, in order."""
    found: list[Rule] = []
    for sheet in sheets:
        for selectors, body in _top_level(_without_comments(sheet[:MAX_SHEET])):
            if "none" not in body and "hidden" not in body and "visib" not in body and "display" not in body:
                continue
            given = {key: value for key, value in declarations(body).items() if key in ("display", "visibility")}
            if given:
                found += [rule for selector in selectors.split(",")[:50] if (rule := _rule(selector.strip(), given))]
    return tuple(replace(rule, order=order) for order, rule in enumerate(found[:MAX_RULES]))


def by_name(found: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Rules by `#id` or else by one of the classes that they need."""
    index: dict[str, list[Rule]] = {}
    for rule in found:
        index.setdefault(f"#{rule.id}" if rule.id else min(rule.classes), []).append(rule)
    return index


def _rule(selector: str, given: Mapping[str, str]) -> Rule | None:
    simple = _SELECTOR.match(selector)
    if not simple:
        return None
    names = re.findall(r"[.#][\w-]+", simple.group(2))
    ids = [name[1:] for name in names if name[0] == "#"]
    classes = frozenset(name[1:] for name in names if name[0] == ".")
    return Rule((simple.group(1) or "").lower(), classes, ids[0] if ids else "", given) if len(ids) <= 1 else None


def _without_comments(sheet: str) -> str:
    pieces = sheet.replace("<!--", " ").replace("-->", " ").split("/*")
    return " ".join([pieces[0], *(piece.partition("*/")[2] for piece in pieces[1:])])


def _top_level(sheet: str) -> list[tuple[str, str]]:
    """(selectors, declarations) of each rule that stands in no at-rule."""
    out: list[tuple[str, str]] = []
    position = 0
    while len(out) < 20 * MAX_RULES:
        opening = sheet.find("{", position)
        if opening < 0:
            break
        prelude = sheet[position:opening].rpartition(";")[2].strip()
        closing = _closing(sheet, opening) if prelude.startswith("@") else sheet.find("}", opening)
        closing = len(sheet) if closing < 0 else closing
        if not prelude.startswith("@"):
            out.append((prelude, sheet[opening + 1 : closing]))
        position = closing + 1
    return out


def _closing(sheet: str, opening: int) -> int:
    depth = 0
    for brace in _BRACE.finditer(sheet, opening):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return brace.start()
    return len(sheet)
