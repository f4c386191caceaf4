"""Colours of CSS and of HTML attributes (CSS Color Module Level 4), as far as hidden text is written in them."""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass

_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$")
_BARE_HEX = re.compile(r"[0-9a-f]{6}$")
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]{1,80})\)$")
_SPLIT = re.compile(r"[\s,/]+")
_TRANSPARENT = 0.02  # an alpha that nobody sees
_ALIKE = 8  # of 255: so little a difference in every channel is none to the eye
_NAMED = {
    "white": "#ffffff", "black": "#000000", "red": "#ff0000", "lime": "#00ff00", "blue": "#0000ff",
    "yellow": "#ffff00", "silver": "#c0c0c0", "gray": "#808080", "grey": "#808080", "whitesmoke": "#f5f5f5",
    "snow": "#fffafa", "ivory": "#fffff0", "navy": "#000080", "green": "#008000", "orange": "#ffa500",
    "ghostwhite": "#f8f8ff", "azure": "#f0ffff", "mintcream": "#f5fffa", "floralwhite": "#fffaf0",
    "honeydew": "#f0fff0", "aliceblue": "#f0f8ff", "seashell": "#fff5ee", "gainsboro": "#dcdcdc",
    "lightgray": "#d3d3d3", "lightgrey": "#d3d3d3", "darkgray": "#a9a9a9", "darkgrey": "#a9a9a9",
    "dimgray": "#696969", "dimgrey": "#696969", "maroon": "#800000", "purple": "#800080", "teal": "#008080",
    "olive": "#808000", "aqua": "#00ffff", "cyan": "#00ffff", "fuchsia": "#ff00ff", "magenta": "#ff00ff",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Colour:
    """Channels 0-255, alpha 0-1."""

    red: int
    green: int
    blue: int
    alpha: float = 1.0

    @property
    def is_clear(self) -> bool:
        return self.alpha <= _TRANSPARENT

    def is_like(self, other: Colour) -> bool:
        """Whether nobody can tell the two apart."""
        pairs = ((self.red, other.red), (self.green, other.green), (self.blue, other.blue))
        return all(abs(mine - theirs) <= _ALIKE for mine, theirs in pairs)


CLEAR = Colour(0, 0, 0, 0.0)


def of_attribute(text: str) -> str:
    """Return the value of a `bgcolor` or `color` attribute as CSS writes it (HTML section 2.3.6)."""
    text = text.strip().lower()
    return f"#{text}" if _BARE_HEX.match(text) else text


def read(text: str) -> Colour | None:
    """Read a colour in lower case; None for what is none, or is known only to the browser."""
    if text == "transparent":
        return CLEAR
    text = _NAMED.get(text, text)
    if _HEX.match(text):
        digits = text[1:] if len(text) > 5 else "".join(c * 2 for c in text[1:])
        red, green, blue, *alpha = (int(digits[at : at + 2], 16) for at in range(0, len(digits), 2))
        return Colour(red, green, blue, alpha[0] / 255 if alpha else 1.0)
    found = _FUNCTION.match(text)
    return _of_function(found.group(1), _SPLIT.split(found.group(2).strip())) if found else None


def _of_function(name: str, parts: list[str]) -> Colour | None:
    try:
        alpha = _share(parts[3], 1) if len(parts) > 3 else 1.0
        if name == "rgb":
            red, green, blue = (_share(part, 255) for part in parts[:3])
        else:
            hue = float(parts[0].removesuffix("deg")) / 360
            red, green, blue = colorsys.hls_to_rgb(hue % 1, _share(parts[2], 100), _share(parts[1], 100))
    except (ValueError, IndexError, OverflowError):
        return None
    return Colour(round(red * 255), round(green * 255), round(blue * 255), alpha)


def _share(text: str, whole: int) -> float:
    """Read a number of `whole`, or per cent, as 0-1."""
    share = float(text.removesuffix("%")) / (100 if text.endswith("%") else whole)
    if not share <= 1e9:  # also what is no number
        raise ValueError(text)
    return min(1.0, max(0.0, share))
