"""What a page says to programs: JSON-LD and microdata of schema.org, as plain values, bounded, with nothing evaluated.

Mail programs read `Invoice`, `Order` and the like so (Google's "Email Markup"); numbers stay the text that they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from bs4 import BeautifulSoup
from bs4.element import Tag

from cancelproof.model import Item

MAX_SCRIPTS = 10
MAX_SCRIPT = 50_000  # characters
MAX_ITEMS = 20
MAX_VALUES = 100  # of an item
MAX_PROPERTIES = 400  # of a page's microdata
MAX_DEPTH = 6
MAX_CLIMB = 60  # elements above a property that are looked at for its item
MAX_VALUE = 300  # characters

_JSON_LD = "application/ld+json"
_CONTENT_OF = {"meta": "content", "a": "href", "link": "href", "time": "datetime", "data": "value", "meter": "value"}


def items(markup: str) -> tuple[Item, ...]:
    """Return the items of a page, JSON-LD first, each flat: `seller.name` is the name of the seller."""
    soup = BeautifulSoup(markup, "lxml", multi_valued_attributes=None)
    found = [*_json_ld(soup), *_microdata(soup)]
    return tuple(found[:MAX_ITEMS])


# ---------------------------------------------------------------- JSON-LD


def _json_ld(soup: BeautifulSoup) -> Iterator[Item]:
    for script in soup.find_all("script", limit=MAX_SCRIPTS):
        if str(script.get("type", "")).split(";")[0].strip().lower() != _JSON_LD:
            continue
        text = script.get_text()
        if len(text) > MAX_SCRIPT:
            continue
        try:
            loaded = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            continue
        yield from (item for thing in _things(loaded) if (item := _item(thing)))


def _things(loaded: Any) -> Iterable[Any]:
    if isinstance(loaded, list):
        return loaded[:MAX_ITEMS]
    graph = loaded.get("@graph") if isinstance(loaded, dict) else None
    return graph[:MAX_ITEMS] if isinstance(graph, list) else [loaded]


def _item(thing: Any) -> Item | None:
    if not isinstance(thing, dict):
        return None
    values: list[tuple[str, str]] = []
    open_things: list[tuple[str, Any, int]] = [("", thing, 0)]
    while open_things and len(values) < MAX_VALUES:
        path, value, depth = open_things.pop(0)
        if isinstance(value, str):
            values.append((path, _short(value)))
        elif isinstance(value, dict) and depth < MAX_DEPTH:
            inner = [(key, v) for key, v in list(value.items())[:MAX_VALUES] if not key.startswith("@")]
            open_things += [(f"{path}.{key[:60]}".strip("."), v, depth + 1) for key, v in inner]
        elif isinstance(value, list) and depth < MAX_DEPTH:
            open_things += [(path, v, depth + 1) for v in value[:1]]  # of several the first
    return Item(type=_type(thing.get("@type")), values=tuple(values)) if values else None


# ---------------------------------------------------------------- microdata (HTML section 5)


def _microdata(soup: BeautifulSoup) -> Iterator[Item]:
    found: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for element in soup.find_all(itemprop=True, limit=MAX_PROPERTIES):
        if element.has_attr("itemscope"):
            continue  # its own properties are read
        path, root = _place(element)
        if root is not None:
            values = found.setdefault(id(root), (_type(root.get("itemtype")), []))[1]
            if len(values) < MAX_VALUES:
                values.append((path, _short(_content(element))))
    for kind, values in list(found.values())[:MAX_ITEMS]:
        yield Item(type=kind, values=tuple(values))


def _place(element: Tag) -> tuple[str, Tag | None]:
    """Return a property's path from its outermost item, and that item."""
    path, root = [_name(element)], None
    for height, above in enumerate(element.parents):
        if height >= MAX_CLIMB or len(path) > MAX_DEPTH:
            break
        if above.has_attr("itemscope"):
            root = above
            if not above.has_attr("itemprop"):
                break
            path.insert(0, _name(above))
    return ".".join(path), root


def _name(element: Tag) -> str:
    return (str(element.get("itemprop", "")).split() or [""])[0][:60]


def _content(element: Tag) -> str:
    attribute = _CONTENT_OF.get(element.name)
    if element.has_attr("content"):
        return str(element["content"])
    if attribute and element.has_attr(attribute):
        return str(element[attribute])
    return element.get_text(" ", strip=True)


def _type(named: Any) -> str:
    """`http://schema.org/Invoice` and `Invoice` are the same."""
    first = named[0] if isinstance(named, list) and named else named
    return first.split()[0].rstrip("/").rpartition("/")[2][:60] if isinstance(first, str) and first.strip() else ""


def _short(value: str) -> str:
    return " ".join(value[: 2 * MAX_VALUE].split())[:MAX_VALUE]
