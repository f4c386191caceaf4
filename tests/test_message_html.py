"""HTML as a person sees it."""

from __future__ import annotations

import pytest

from cancelproof.message import read, sheets, style
from cancelproof.model import Manner
from message_fixture import MARKS, mail, page

SEEN = [
    ("<p>One.</p><p>Two</p>", ["One.", "Two"]),
    ("One<br>Two<br/>Three", ["One", "Two", "Three"]),
    ("<b>can</b>celled &amp; <i>paid</i>", ["cancelled & paid"]),
    ("can&shy;cel&#8203;led&nbsp;&nbsp;now", ["cancelled now"]),
    ("<ul><li>One<li>Two</ul>", ["One", "Two"]),
    ("<table><tr><td>Plan</td><td>Gold</td></tr></table>", ["Plan | Gold"]),
    ("4&#150;5", ["4–5"]),
    (
        "On 3 May 2026 at ten past nine in the morning X wrote:<br>Hello",
        ["On 3 May 2026 at ten past nine in the morning X wrote:", "Hello"],
    ),
    ("<h1>Gone</h1>Text", ["Gone", "Text"]),
    ("<p>a</p><![if !mso]><p>b</p><![endif]>", ["a", "b"]),
    ("<span style='display:inline-block'>Status</span><span style='display:inline-block'>Off</span>", ["Status Off"]),
    ("<span style='display:block'>Status</span><span style='display:block'>Off</span>", ["Status", "Off"]),
    ("<font color=white>kept</font>", ["kept"]),
    ("<?xml version='1.0'?><html><body>x</body></html>", ["x"]),
    ("<noscript>seen</noscript>", ["seen"]),
    ("unclosed <b>bold <p>and more", ["unclosed bold", "and more"]),
    ("a\x00b", ["a\ufffdb"]),
]

UNSEEN = [
    "<!-- gone -->",
    "<!--[if mso]><p>gone</p><![endif]-->",
    "<script>gone</script>",
    "<style>gone</style>",
    "<title>gone</title>",
    "<template>gone</template>",
    "<p hidden>gone</p>",
    "<p style='display:none'>gone</p>",
    "<p style='DISPLAY : None !important'>gone</p>",
    "<p style='visibility:hidden'>gone</p>",
    "<p style='font-size:0'>gone</p>",
    "<p style='font-size:1px'>gone</p>",
    "<p style='opacity:0'>gone</p>",
    "<p style='max-height:0;overflow:hidden'>gone</p>",
    "<p style='height:0px;overflow:hidden'>gone</p>",
    "<p style='mso-hide:all'>gone</p>",
    "<p style='text-indent:-9999px'>gone</p>",
    "<p style='position:absolute;left:-9999px'>gone</p>",
    "<p style='position:absolute;clip:rect(0 0 0 0)'>gone</p>",
    "<p style='color:#fff;background-color:white'>gone</p>",
    "<td style='color:rgb(255,255,255);background:#FFFFFF'>gone</td>",
    "<p style='color:transparent'>gone</p>",
    "<style>.x{display:none}</style><p class='x y'>gone</p>",
    "<style>#x, p.z {visibility:hidden}</style><p id=x>gone</p><p class=z>gone</p>",
    "<style><!-- .x{display:none} --></style><p class=x>gone</p>",
    "<style>/* } */ .a.b{display:none}</style><p class='b a'>gone</p>",
    "<div style='display:none'><p style='display:block'>gone</p></div>",
    # rules of style elements are judged as style attributes are
    "<style>.x{max-height:0;overflow:hidden}</style><div class=x>gone</div>",
    "<style>.x{opacity:0}</style><p class=x>gone</p>",
    "<style>#x{font-size:0}</style><p id=x>gone</p>",
    "<style>.x{position:absolute;left:-9999px}</style><p class=x>gone</p>",
    "<style>.x{overflow:hidden}.y{height:0}</style><p class='x y'>gone</p>",
    "<style>i{opacity:0}</style><i>gone</i>",
    "<style>@media screen{.x{opacity:0}}</style><p class=x>gone</p>",
    "<style>.x{display:none!important}</style><p class=x style='display:block'>gone</p>",
    "<style>#x{display:none} .x{display:block} p{display:block}</style><p class=x id=x>gone</p>",
    "<style>.a\\:b{display:none}</style><p class='a:b'>gone</p>",
    "<style>.\\78{display:none}</style><p class=x>gone</p>",
    # escapes, comments, strings, invalid declarations
    "<p style='d\\69splay:n\\6fne'>gone</p>",
    "<p style='d\\000069 splay:none'>gone</p>",
    "<p style='display/**/:/* ; */none'>gone</p>",
    "<p style='font-family:\";/*\";display:none'>gone</p>",
    "<p style='display:none;display:bogus'>gone</p>",
    "<p style='display:none;display:block !imporant'>gone</p>",
    "<p style='background:url(;x);opacity:0'>gone</p>",
    "<p style='background:url(\";x\");opacity:0'>gone</p>",
    # shorthands and other ways to hide
    "<p style='font:0/0 a'>gone</p>",
    "<p style='margin:0 0 0 -9999px'>gone</p>",
    "<p style='position:fixed;inset:-9999px auto auto -9999px'>gone</p>",
    "<p style='position:relative;left:-9999px'>gone</p>",
    "<p style='position:absolute;left:9999px'>gone</p>",
    "<p style='transform:scale(0)'>gone</p>",
    "<p style='transform:translateX(-9999px)'>gone</p>",
    "<p style='scale:0'>gone</p>",
    "<p style='filter:opacity(0)'>gone</p>",
    "<p style='clip-path:circle(0)'>gone</p>",
    "<p style='opacity:1%'>gone</p>",
    "<p style='font-size:0'><b style='font-size:1em'>gone</b></p>",
    "<p style='visibility:hidden'><b style='visibility:inherit'>gone</b></p>",
    "<p style='-webkit-text-fill-color:transparent'>gone</p>",
    "<svg><desc>gone</desc></svg>",
    "<svg><title>gone</title></svg>",
    "<svg>gone<g>gone</g></svg>",
    "<dialog>gone</dialog>",
    # colours
    "<table bgcolor=white><tr><td><font color=white>gone</font></td></tr></table>",
    "<table bgcolor=ffffff><tr><td><font color=#FFFFFE>gone</font></td></tr></table>",
    "<div style='background:#fff'><p><b style='color:hsl(0,0%,100%)'>gone</b></p></div>",
    "<div style='color:#fff'><p style='background:white none'>gone</p></div>",
    "<style>.x{background:#eee}.y{color:#eee}</style><div class=x><p class=y>gone</p></div>",
    "<p style='color:rgba(0,0,0,0)'>gone</p>",
]

#: A browser shows these, struck out: a reader takes them as no longer said.
STRUCK = [
    "<del>gone</del>",
    "<s>gone</s>",
    "<strike>gone</strike>",
    "<p style='text-decoration:line-through red'>gone</p>",
    "<style>.x{text-decoration-line:line-through}</style><p class=x>gone</p>",
]

STILL_SEEN = [
    "<td style='font-size:0px'><p style='font-size:14px'>kept</p></td>",
    "<div style='visibility:hidden'><b style='visibility:visible'>kept</b></div>",
    "<p style='color:#fff;background:#fff url(x.png)'>kept</p>",
    "<p style='color:#fff;background:#fff'><b style='color:#000'>kept</b></p>",
    "<style>@media (max-width:600px){.x{display:none}}</style><p class=x>kept</p>",
    "<style>.x{display:none}</style><p class=x style='display:block'>kept</p>",
    "<style>.x{display:none}.x{display:block}</style><p class=x>kept</p>",
    "<style>.x .y{display:none}</style><p class=y>kept</p>",
    "<style>.a.b{display:none}</style><p class=a>kept</p>",
    "<div style='overflow:hidden'>kept</div>",
    "<div style='max-height:0'>kept</div>",
    "<span style='max-height:0;overflow:hidden'>kept</span>",
    "<span style='transform:scale(0)'>kept</span>",
    "<span style='text-indent:-9999px'>kept</span>",
    "<style>.x{max-height:0}</style><p class=x>kept</p>",
    "<style>.x{display:block} p{display:none}</style><p class=x>kept</p>",
    "<style media=print>p{display:none}</style><p>kept</p>",
    "<style>.x:hover{display:none}</style><p class=x>kept</p>",
    "<p style='dis/**/play:none'>kept</p>",
    "<p style='display:no/**/ne'>kept</p>",
    "<p style='font-size:0/**/px'>kept</p>",
    "<p style='opacity:\\30'>kept</p>",
    "<p style='display\\3a none'>kept</p>",
    "<p style='x:(;display:none;)'>kept</p>",
    "<p style='x:\";display:none;\"'>kept</p>",
    "<p style='display:none !imporant'>kept</p>",
    "<p hidden style='display:block'>kept</p>",
    "<svg><text y=15>kept</text></svg>",
    "<s style='text-decoration:none'>kept</s>",
    "<div style='color:#fff;background:#fff'><a href='https://a.example/'>kept</a></div>",
    "<div style='background:#fff'><p style='background:#333;color:#fff'>kept</p></div>",
    "<style>.x p{background:#333}</style><div class=x style='background:#fff;color:#fff'><p>kept</p></div>",
    "<p style='opacity:0;opacity:1'>kept</p>",
    "<noscript><p>kept</p></noscript>",
    "<p style='text-indent:-10px'>kept</p>",
    "<p style='opacity:0.9'>kept</p>",
    "<p style='margin:0;padding:0;font-size:100%'>kept</p>",
]

ROWS = [
    ("<tr><td>Status:</td><td>Cancelled</td></tr>", [("Status", "Cancelled")]),
    ("<tr><td><p>Status</p></td><td><div><b>Cancelled</b></div></td></tr>", [("Status", "Cancelled")]),
    ("<tr><th>A</th><th>B</th><th>C</th></tr><tr><td>1<td>2<td></tr>", [("A", "B", "C"), ("1", "2")]),
    ("<tr><td>Plan<br>yearly</td><td>9.99</td></tr>", [("Plan, yearly", "9.99")]),
    ("<tr><td>Plan:<br>Ends:</td><td>Gold<br>3 May</td></tr>", [("Plan", "Gold"), ("Ends", "3 May")]),
    ("<tr><td><table><tr><td>Plan<td>Gold</table></td><td>Hi</td></tr>", [("Plan", "Gold"), ()]),
    ("<tr><td>Date: 3 May</td><td>No: 7</td></tr>", [("Date", "3 May"), ("No", "7")]),
    ("<tr><td>We ended it all today. You will pay nothing more.</td><td>Menu</td></tr>", [(), (), ()]),
    ("<tr><td>App</td><td>TrailLark: hiking maps</td></tr>", [("App", "TrailLark: hiking maps")]),
    ("<tr><td>Only one cell</td><td></td></tr>", [()]),
    ("<tr><td>Renews on 3 sept. 2026</td><td>9.99</td></tr>", [("Renews on 3 sept. 2026", "9.99")]),
]


def texts(markup: str) -> list[str]:
    return [statement.text for statement in read(page(markup), MARKS).statements[1:]]


@pytest.mark.parametrize(("markup", "expected"), SEEN)
def test_seen(markup: str, expected: list[str]) -> None:
    """Lines, items and cells are apart; inline elements are not."""
    assert texts(markup) == expected


@pytest.mark.parametrize("markup", [*UNSEEN, *STRUCK])
def test_unseen(markup: str) -> None:
    """What a person cannot see is not read, and what stands around it is."""
    assert texts(f"<p>before</p>{markup}<p>after</p>") == ["before", "after"]


def test_background_of_the_body() -> None:
    """White letters on a body that is white are not seen."""
    assert texts("<body bgcolor=white><p>kept</p><font color=white>gone</font></body>") == ["kept"]


def test_too_many_rules() -> None:
    """Style sheets that would cost the square of their length are followed to a bound, and that is said."""
    rules = "".join(f".x.y{n}{{opacity:0}}" for n in range(900))
    markup = "".join(f"<p class='x z{n}'>kept</p>" for n in range(2_000))
    found = read(page(f"<style>{rules}</style>{markup}"), MARKS)
    assert "style sheets have too many rules: not all were followed" in found.defects


@pytest.mark.parametrize("markup", STILL_SEEN)
def test_still_seen(markup: str) -> None:
    """What only looks hidden is read."""
    assert "kept" in texts(markup)


@pytest.mark.parametrize(("rows", "expected"), ROWS)
def test_rows(rows: str, expected: list[tuple[str, ...]]) -> None:
    """Rows of data are read across; rows that lay out a page are not."""
    statements = read(page(f"<table>{rows}</table>"), MARKS).statements[1:]
    assert [statement.cells for statement in statements] == expected


def test_definitions() -> None:
    """A term and its description make a row; a term without one stays."""
    markup = "<dl><dt>Status</dt><dd>Off</dd><dt>Alone</dt><dt>End</dt><dd>3 May</dd></dl>"
    assert texts(markup) == ["Status | Off", "Alone", "End | 3 May"]


def test_preformatted_columns() -> None:
    """Columns set with blanks are read across where blanks count."""
    assert texts("<pre>Plan     Gold\nStatus   Off\n</pre>") == ["Plan | Gold", "Status | Off"]


def test_links() -> None:
    """Targets of http, https and mailto, each once; no others, and none fetched."""
    markup = "<a href=' https://a.example/x '>a</a><a href='javascript:x'>b</a><a href='mailto:c@d.example'>c</a>" * 2
    assert read(page(markup + "<a href='file:///etc/passwd'>d</a>"), MARKS).links == (
        "https://a.example/x",
        "mailto:c@d.example",
    )


BUTTONS = {
    "<a href='https://a.example'><span>Cancel my plan</span></a>": Manner.LINK,
    "<table><tr><td><a href='https://a.example'>Cancel my plan</a></td></tr></table>": Manner.LINK,
    "<p>To end it: <a href='https://a.example'>Cancel my plan</a></p>": Manner.PLAIN,
    "<a name='top'>Cancel my plan</a>": Manner.PLAIN,
}


@pytest.mark.parametrize(("markup", "manner"), BUTTONS.items())
def test_buttons(markup: str, manner: Manner) -> None:
    """What is nothing but a link is marked so; a link within a sentence is part of it."""
    found = read(page(f"<p>Before.</p>{markup}<p>After.</p>"), MARKS).statements[1:]
    assert [statement.manner for statement in found] == [Manner.PLAIN, manner, Manner.PLAIN]


def test_markup_becomes_text_only() -> None:
    """Nothing of a page survives but its words: no scripts, pictures, animations or bases."""
    markup = "<base href=http://e.example><svg><animate attributeName=x /></svg><img src=/i>Hi &lt;script&gt;"
    assert texts(markup) == ["Hi <script>"]


def test_html_called_plain_text_is_read_as_html() -> None:
    """A page that its sender called plain text is still a page."""
    raw = mail("<!DOCTYPE html><html><body><p style='display:none'>gone</p><p>Hi</p></body></html>", "text/plain")
    assert [statement.text for statement in read(raw, MARKS).statements[1:]] == ["Hi"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("color:b; Float : D  E !important; float: x; bad; :", {"color": "b", "float": "d e"}),
        ("", {}),
        (";;;", {}),
        ("display:none;display:bogus", {"display": "none"}),
        ("margin:1px 2px", {"margin-top": "1px", "margin-left": "2px"}),
    ],
)
def test_declarations(text: str, expected: dict[str, str]) -> None:
    """An important declaration is not overruled by a later one, nor a valid one by an invalid one."""
    found = sheets.cascade([style.declarations(text)])
    assert {name: value for name, value in found.items() if name in expected} == expected
    assert expected or not found


def test_addresses_that_a_page_shows_are_links_too() -> None:
    """People see them, wherever a click on them leads; a line of one alone is no statement."""
    page = '<p>Firm Ltd<br>https://www.firm.example/help</p><a href="https://click.example/1">https://firm.example</a>'
    message = read(mail(f"<html><body>{page}</body></html>", "text/html"), MARKS)
    assert set(message.links) == {"https://www.firm.example/help", "https://click.example/1", "https://firm.example"}
    assert [statement.text for statement in message.statements[1:]] == ["Firm Ltd"]
