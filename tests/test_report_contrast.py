"""The colours of the pages: every text can be read, in light and in dark (WCAG 2.2, 1.4.3: a contrast of 4.5 to 1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[1] / "templates"
LEAST = 4.5
TONES = ("open", "money", "soon", "good", "calm")
SCREENS = ("light", "dark")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def audit_colours(screen: str) -> dict[str, str]:
    """The named colours of the audit page; those of the dark screen lie over the light ones."""
    text = (TEMPLATES / "audit.html").read_text("utf-8").split("* {")[0]  # below, the colours of paper
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", half)) for half in text.split("color-scheme: dark"))
    return light | (dark if screen == "dark" else {})


def digest_colours(screen: str) -> dict[str, str]:
    """The colours of the digest as a mail: set where they are used, and put over in dark by their class."""
    text = (TEMPLATES / "digest.html").read_text("utf-8")
    light = dict(re.findall(r'{% set (ink|muted) = "(#[0-9a-f]{6})"', text)) | dict(
        re.findall(r'"(\w+)": "(#[0-9a-f]{6})"', text)
    )
    dark = dict(re.findall(r"\.(\w+) { color: (#[0-9a-f]{6})", text))
    (sheet,) = set(re.findall(r'class="sheet"[^>]*background:(#[0-9a-f]{6})', text))
    (dark_sheet,) = re.findall(r"\.sheet { background: (#[0-9a-f]{6})", text)
    return {"sheet": sheet, **light} if screen == "light" else {"sheet": dark_sheet, **dark}


def warning_colours(screen: str) -> tuple[str, str]:
    text = (TEMPLATES / "digest.html").read_text("utf-8")
    form = (
        r'class="warning"[^>]*background:(#\w{6})[^>]*;color:(#\w{6})'
        if screen == "light"
        else (r"\.warning { background: (#\w{6}) !important; color: (#\w{6})")
    )
    ((ground, ink),) = re.findall(form, text)
    return ground, ink


@pytest.mark.parametrize("screen", SCREENS)
def test_the_audit_page_can_be_read(screen: str) -> None:
    """Ink and muted ink on every ground, each tone on the sheet and on its own wash."""
    named = audit_colours(screen)
    pairs = [(ink, ground) for ink in ("ink", "muted") for ground in ("paper", "sheet")]
    pairs += [(tone, ground) for tone in TONES for ground in ("sheet", f"{tone}-wash")]
    pairs += [(ink, f"{tone}-wash") for ink in ("ink", "muted") for tone in TONES]
    assert [(*pair, screen) for pair in pairs if contrast(named[pair[0]], named[pair[1]]) < LEAST] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_the_digest_can_be_read(screen: str) -> None:
    named = digest_colours(screen)
    assert {"ink", "muted", *TONES} <= named.keys()
    assert [name for name in ("ink", "muted", *TONES) if contrast(named[name], named["sheet"]) < LEAST] == []
    assert contrast(*warning_colours(screen)) >= LEAST


def test_contrast_is_measured() -> None:
    """Black on white is 21 to 1; grey that is too light fails."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#999999", "#ffffff") < LEAST
