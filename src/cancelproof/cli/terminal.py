"""The digest on a terminal: the same words as the text, in colour. Into a pipe or a file goes the plain text."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.text import Text

    from cancelproof.model import Report
    from cancelproof.report import Digest, Item, Renderer
    from cancelproof.report.words import Words

_WIDTH = 78
_TONES = {"open": "yellow", "money": "red", "soon": "blue", "good": "green", "calm": "default"}


def say(text: str, *, err: bool = False) -> None:
    """Print a line; on a terminal it breaks between words, in a pipe it stays one line."""
    stream = sys.stderr if err else sys.stdout
    if stream.isatty():
        width = shutil.get_terminal_size().columns
        text = textwrap.fill(
            text, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False, drop_whitespace=True
        )
    click.echo(text, err=err)


def print_digest(words: Renderer, report: Report) -> None:
    """Print the digest to stdout, in colour where stdout is a terminal."""
    if not sys.stdout.isatty():
        click.echo(words.digest_text(report), nl=False)
        return
    from rich.console import Console  # noqa: PLC0415

    console = Console(width=min(_WIDTH, Console().width), highlight=False, markup=False, emoji=False)
    for line in _lines(words.digest(report), words.words):
        console.print(line)


def _lines(digest: Digest, words: Words) -> Iterable[Text]:
    from rich.text import Text  # noqa: PLC0415

    yield Text(f"{words.say('digest.title')}  {digest.day}\n", style="dim")
    yield Text(digest.question, style="bold")
    yield Text(digest.answer)
    if digest.warning:
        yield Text(digest.warning, style="bold red")
    for section in digest.sections:
        if section.title:
            yield Text(f"\n{section.title}", style="bold underline")
        for item in section.items:
            yield from _item(item, _TONES[section.tone], words.say("digest.next"))
    if digest.rest:
        yield Text(f"\n{words.say('digest.rest')}", style="bold underline")
    yield from map(Text, digest.rest)
    yield Text(f"\n{words.say('seen.title')}", style="bold underline")
    for account in digest.seen:
        yield Text(" ".join((*account.lines, *account.faults)), style="bold red" if account.blind else "dim")
    yield Text(digest.creed, style="dim italic")


def _item(item: Item, tone: str, before_action: str) -> Iterable[Text]:
    from rich.text import Text  # noqa: PLC0415

    yield Text(f"\n{item.title}", style=f"bold {tone}")
    yield Text(" ".join(item.lines))
    if item.action:
        yield Text.assemble((before_action, "bold red" if item.overdue else "bold"), item.action)
