"""The style elements of a page: their rules for one simple selector each, and the cascade (CSS Cascade Level 4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cancelproof.message import css, style
from cancelproof.message.css import Declaration

MAX_SHEET = 200_000  # characters
MAX_RULES = 1_000
MAX_SELECTORS = 50  # of one rule
MAX_CLASSES = 50  # of one element
MAX_TRIES = 300_000  # comparisons of a rule with an element, of one page

_NAME = r"[\w\ue000-\ue07f-]{1,100}"
_SELECTOR = re.compile(rf"(\*|[a-z][a-z0-9]{{0,10}})?((?:[.#]{_NAME}){{0,4}})$", re.IGNORECASE)
_PARTS = re.compile(rf"[.#]{_NAME}")
_COMBINATOR = re.compile(r"[\s>+~]+")
#: What is said of a background by a selector that is not followed further: there is one, of unknown colour.
_UNKNOWN = (Declaration("background-color", "unknown"),)


@dataclass(frozen=True, slots=True)
class Rule:
    """What one simple selector declares about being seen. `weight` is its specificity, then its place."""

    tag: str
    classes: frozenset[str]
    id: str
    declarations: tuple[Declaration, ...]
    weight: tuple[int, int, int, int]

    @property
    def key(self) -> str:
        """Say what an element must bear for this rule to be tried on it."""
        return f"#{self.id}" if self.id else f".{min(self.classes)}" if self.classes else self.tag or "*"


class Sheets:
    """All style elements of a page; `cut` once its rules were too many to try on every element."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._index: dict[str, list[Rule]] = {}
        self._tries = 0
        self.cut = False
        for rule in _rules(texts):
            self._index.setdefault(rule.key, []).append(rule)

    def __bool__(self) -> bool:
        return bool(self._index)

    def may_mean(self, tag: str) -> bool:
        """Whether a rule holds for elements of this name without class and id."""
        return tag in self._index or "*" in self._index

    def of(self, tag: str, class_attribute: str, element_id: str) -> list[Declaration]:
        """Return what is declared for an element, the weightiest last."""
        classes = set(class_attribute.split()[:MAX_CLASSES])
        keys = ("*", tag, *(f".{name}" for name in classes), f"#{element_id}")
        candidates = [rule for key in keys for rule in self._index.get(key, ())]
        self._tries += len(candidates)
        if self._tries > MAX_TRIES:
            self.cut = True
            return []
        found = [r for r in candidates if r.tag in ("", tag) and r.classes <= classes and r.id in ("", element_id)]
        return [each for rule in sorted(found, key=lambda rule: rule.weight) for each in rule.declarations]


def cascade(layers: Iterable[Iterable[Declaration]]) -> Mapping[str, str]:
    """Let later declarations win, and important ones before all others."""
    found = [each for layer in layers for each in layer]
    return {each.name: each.value for important in (False, True) for each in found if each.important == important}


def _rules(texts: Iterable[str]) -> list[Rule]:
    found: list[Rule] = []
    for text in texts:
        for selectors, body in css.blocks(css.plain(text[:MAX_SHEET])):
            given = tuple(style.longhands(css.declarations(body[: style.MAX_STYLE])))
            if given and len(found) < MAX_RULES:
                places = selectors.split(",")[:MAX_SELECTORS]
                found += [rule for place in places if (rule := _rule(place.strip(), given, len(found)))]
    return found[:MAX_RULES]


def _rule(selector: str, given: tuple[Declaration, ...], order: int) -> Rule | None:
    *outer, last = _COMBINATOR.split(selector[-500:])
    simple = _SELECTOR.match(last)
    if not simple or not last:
        return None
    if outer:
        given = _UNKNOWN if any(each.name.startswith("background") for each in given) else ()
    names = _PARTS.findall(simple.group(2))
    ids = [css.identifier(name[1:]) for name in names if name[0] == "#"]
    classes = frozenset(css.identifier(name[1:]) for name in names if name[0] == ".")
    if len(ids) > 1 or not given:
        return None
    tag = (simple.group(1) or "").lower().strip("*")
    return Rule(tag, classes, ids[0] if ids else "", given, (len(ids), len(classes), bool(tag), order))
