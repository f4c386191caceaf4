"""HTML as a person sees it: hidden elements left out, lines and rows kept apart. Never rendered, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cancelproof.message import colours, sheets, style, tables, text, tree
from cancelproof.message.blocks import Block, of_line
from cancelproof.message.colours import Colour
from cancelproof.message.css import Declaration
from cancelproof.message.style import Background, Look
from cancelproof.message.tree import Element, Page
from cancelproof.model import Item, Loss

MAX_TAGS = 40_000
MAX_LINKS = 2_000
MAX_BLOCKS = 10_000
MAX_NESTED = 60  # cells within cells
_MAX_SHEETS = 50

#: Not `noscript`: mail programs run no script, and a browser that runs none shows it (HTML section 15.3.1).
_UNSEEN = frozenset({
    "head", "title", "script", "style", "template", "meta", "link", "base", "iframe", "object", "embed", "applet",
    "audio", "video", "canvas", "map", "area", "datalist", "select", "option", "textarea", "noframes", "noembed", "rp",
})  # fmt: skip
#: In a drawing text is painted by these only; HTML elements end the drawing (HTML section 13.2.6.5).
_UNDRAWN = frozenset({"desc", "metadata", "defs", "symbol", "clippath", "mask", "marker", "pattern"})
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_TABLE_PARTS = frozenset({"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption"})
_TEXT_IN_DRAWING = _BLOCKS | {
    "text",
    "foreignobject",
    "b",
    "i",
    "em",
    "strong",
    "span",
    "br",
    "font",
    "u",
    "s",
    "small",
}
_STRUCK = (Declaration("text-decoration-line", "line-through"),)
_GONE = (Declaration("display", "none"),)
#: What browsers say of these elements before any author does (HTML section 15.3).
_BY_NATURE = {
    "del": _STRUCK,
    "s": _STRUCK,
    "strike": _STRUCK,
    "dialog": _GONE,
    "a": (Declaration("color", "#0000ee"),),
    "mark": (Declaration("color", "black"), Declaration("background-color", "yellow")),
}
_XML_DECLARATION = re.compile(r"<\?xml[^>]{0,200}>")
_REPLY_CLASSES = frozenset({"yahoo_quoted", "gmail_attr", "moz-cite-prefix", "tutanota_quote"})
_LINK_SCHEMES = ("http://", "https://", "mailto:")


@dataclass(slots=True)
class Seen:
    """What is seen of a page: its blocks, the targets of its links and the addresses that it shows, what was wrong."""

    blocks: list[Block] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    items: tuple[Item, ...] = ()
    defects: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Context:
    """What is inherited from outside to inside."""

    depth: int = 0
    aside: bool = False
    invisible: bool = False
    tiny: bool = False
    colour: Colour | None = None
    background: Background | None = None
    drawing: bool = False
    preformatted: bool = False
    linked: bool = False

    @property
    def is_seen(self) -> bool:
        return not (self.invisible or self.tiny or self.drawing or (self.colour and self._is_unreadable(self.colour)))

    def _is_unreadable(self, colour: Colour) -> bool:
        behind = self.background.colour if self.background else None
        return colour.is_clear or (behind is not None and colour.is_like(behind))

    def inside(self, tag: Element, look: Look) -> _Context:
        is_usual = tag.name not in ("a", "blockquote", "pre", "svg") and not self.drawing
        if look is style.PLAIN and is_usual and "class" not in tag.attrs:
            return self
        return _Context(
            depth=self.depth + (tag.name == "blockquote"),
            aside=self.aside or _is_reply_container(tag),
            invisible=self.invisible if look.invisible is None else look.invisible,
            tiny=self.tiny if look.tiny is None else look.tiny,
            colour=look.colour or self.colour,
            background=look.background or self.background,
            drawing=tag.name == "svg" or (self.drawing and tag.name not in _TEXT_IN_DRAWING),
            linked=self.linked or (tag.name == "a" and "href" in tag.attrs),
            preformatted=tag.name == "pre" or (self.preformatted if look.preformatted is None else look.preformatted),
        )


def read(markup: str) -> Seen:
    """Return what a person sees of a page. Walked without recursion."""
    seen = Seen()
    markup = markup.lstrip()
    declaration = _XML_DECLARATION.match(markup)
    markup = markup[declaration.end() :] if declaration else markup
    if markup.count("<") > MAX_TAGS:  # unmatched end tags cost the parser the square of their number
        markup = "<".join(markup.split("<", MAX_TAGS)[:MAX_TAGS])
        seen.defects.append(Loss("HTML has too many tags and was cut"))
    markup = f"<html>{markup}"
    _Walk(tree.parse(markup), seen).walk()
    if "ld+json" in markup or "itemprop" in markup:
        from cancelproof.message import structured  # noqa: PLC0415 - with another parser, and for few pages

        seen.items = structured.items(markup)
    return seen


class _Walk:
    """The walk over one page: `sinks` holds the blocks of the page and of each open cell, innermost last."""

    def __init__(self, page: Page, seen: Seen) -> None:
        self.page, self.seen = page, seen
        self.sheets = sheets.Sheets(el.text() for el in page.styles[:_MAX_SHEETS] if _is_for_screens(el))
        self.sheet_rules: dict[tuple[str, str, str], list[Declaration]] = {}
        self.looks: dict[tuple[object, ...], Look] = {}
        self.sinks: list[list[Block]] = [seen.blocks]
        self.rows: list[list[list[Block]]] = []
        self.terms: list[Block] = []
        self.inline: list[str] = []
        self.around_links = False  # whether the line being read has words outside of links
        self.context = _Context()

    def walk(self) -> None:
        open_tags: list[tuple[Iterator[Element | str], Element, _Context, bool]] = []
        children: Iterator[Element | str] = iter(self.page.contents)
        while True:
            node = next(children, None)
            if node is None:
                if not open_tags:
                    break
                children, tag, outer, is_block = open_tags.pop()
                self._leave(tag, is_block=is_block)
                self.context = outer
            elif isinstance(node, str):
                self._text(node)
            elif node.name not in _UNSEEN:
                look = self._look(node)
                if look.hidden or (self.context.drawing and node.name in _UNDRAWN):
                    continue
                if look.struck:  # a reader takes it as no longer said
                    self.inline.append(" ")
                    continue
                is_block = node.name in _BLOCKS or look.is_block
                open_tags.append((children, node, self.context, is_block))
                self._enter(node, look, is_block=is_block)
                children = iter(node.contents)
        self._flush()
        self.sinks[-1].extend(self.terms)
        if self.sheets.cut:
            self.seen.defects.append("style sheets have too many rules: not all were followed")

    def _text(self, node: str) -> None:
        if self.context.is_seen:
            self.inline.append(node if self.context.preformatted else node.replace("\n", " ").replace("\r", " "))
            self.around_links |= not self.context.linked and not node.isspace()

    def _enter(self, tag: Element, look: Look, *, is_block: bool) -> None:
        name = tag.name
        if is_block:
            self._flush()
        elif look.is_spaced:
            self.inline.append(" ")
        self.context = self.context.inside(tag, look)
        if name == "br":
            self.inline.append("\n")
        elif name == "a":
            self._link(tag)
        elif name == "tr":
            self.rows.append([])
        elif name in ("td", "th", "dt", "dd"):
            self.sinks.append([] if len(self.sinks) < MAX_NESTED else self.sinks[-1])

    def _leave(self, tag: Element, *, is_block: bool) -> None:
        name = tag.name
        if is_block:
            self._flush()
        if name in ("td", "th"):
            cell = self._popped()
            if self.rows:
                self.rows[-1].append(cell)
            else:
                self.sinks[-1].extend(cell)
        elif name == "tr":
            self.sinks[-1].extend(tables.row_blocks(self.rows.pop()))
        elif name in ("dt", "dd", "dl"):
            self._leave_definition(name)

    def _leave_definition(self, name: str) -> None:
        """Let a term wait for its description; one that gets none is a line of its own."""
        found = self._popped() if name in ("dt", "dd") else []
        if name == "dd":
            self.sinks[-1].extend(tables.row_blocks([self.terms, found]))
        else:
            self.sinks[-1].extend(self.terms)
        self.terms = found if name == "dt" else []

    def _popped(self) -> list[Block]:
        """Return the blocks of the cell that ends; below `MAX_NESTED` they already are where they belong."""
        cell = self.sinks.pop()
        return [] if cell is self.sinks[-1] else cell

    def _flush(self) -> None:
        """End the line or paragraph being read."""
        raw = "".join(self.inline)
        link = not self.around_links
        self.inline.clear()
        self.around_links = False
        if not raw or raw.isspace() or len(self.sinks[-1]) > MAX_BLOCKS:
            return
        if "://" in raw:
            self.seen.links += text.links(raw)[: MAX_LINKS - len(self.seen.links)]
        context = self.context
        lines = raw.split("\n")
        if not context.preformatted:
            lines = [" ".join(piece.split()) for piece in lines]
        if len(lines) == 1 and not lines[0].startswith(">"):
            found = of_line(text.clean(lines[0]), context.depth, aside=context.aside)
            self.sinks[-1] += [replace(block, link=True) for block in found] if link else found
            return
        for block in text.read_lines(lines):
            self.sinks[-1].append(replace(block, depth=block.depth + context.depth, aside=context.aside, link=link))

    def _link(self, tag: Element) -> None:
        target = str(tag.attrs.get("href") or "").strip()
        if target[:8].lower().startswith(_LINK_SCHEMES) and len(self.seen.links) < MAX_LINKS:
            self.seen.links.append(target[:2000])

    def _look(self, tag: Element) -> Look:
        attributes = tag.attrs
        name = tag.name
        if not attributes and name not in _BY_NATURE and not self.sheets.may_mean(name):
            return style.PLAIN
        inline = str(attributes.get("style") or "")
        names = (name, str(attributes.get("class") or ""), str(attributes.get("id") or "")) if self.sheets else (name,)
        hints = tuple(_hints(tag))
        key = (inline, hints, *names)
        look = self.looks.get(key)
        if look is None:
            given = sheets.cascade((hints, self._of_sheets(*names), style.declarations(inline)))
            look = self.looks[key] = style.look(given, _display(name)) if given else style.PLAIN
        return look

    def _of_sheets(self, tag: str, classes: str = "", element_id: str = "") -> list[Declaration]:
        key = (tag, classes, element_id)
        if key not in self.sheet_rules:
            self.sheet_rules[key] = self.sheets.of(tag, classes, element_id) if self.sheets else []
        return self.sheet_rules[key]


def _hints(tag: Element) -> Iterator[Declaration]:
    """Yield what the element and its attributes mean for being seen where no style says another (HTML section 15)."""
    name, attributes = tag.name, tag.attrs
    if (name != "a" or "href" in attributes) and (name != "dialog" or "open" not in attributes):
        yield from _BY_NATURE.get(name, ())
    if "hidden" in attributes:
        yield from _GONE
    if "bgcolor" in attributes and (name == "body" or name in _TABLE_PARTS):
        yield Declaration("background-color", colours.of_attribute(str(attributes["bgcolor"])))
    if attributes.get("background") and (name == "body" or name in _TABLE_PARTS):
        yield Declaration("background-image", "url()")
    letters = attributes.get({"font": "color", "body": "text"}.get(name, ""))
    if letters:
        yield Declaration("color", colours.of_attribute(str(letters)))


def _display(name: str) -> str:
    if name in _TABLE_PARTS:
        return "table-cell"
    return "block" if name in _BLOCKS else "inline"


def _is_for_screens(sheet: Element) -> bool:
    media = str(sheet.attrs.get("media") or "all").strip().lower()
    return media in ("all", "screen", "only screen")


def _is_reply_container(tag: Element) -> bool:
    return "class" in tag.attrs and not _REPLY_CLASSES.isdisjoint(_classes(tag))


def _classes(tag: Element) -> list[str]:
    return str(tag.attrs.get("class", "")).split()
