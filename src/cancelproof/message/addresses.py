"""Addresses as their fields give them (RFC 5322 section 3.4), read in one pass without recursion.

The bytes are read before any encoded word is decoded, so an address that only stands in a display name, a quoted
string or a comment is never taken for the mailbox. What is ambiguous yields more than one address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cancelproof.message import headers
from cancelproof.model import Address

MAX_ADDRESSES = 500
_ENCODED_WORD = re.compile(r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?]{0,2000}\?=")


@dataclass(slots=True)
class _Reading:
    """The address being read: words, comments, what stood between < and >."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    mailboxes: list[str] = field(default_factory=list)

    @property
    def holds_mailbox(self) -> bool:
        return bool(self.mailboxes) or any("@" in word for word in self.words)

    def addresses(self) -> list[Address]:
        name = " ".join(self.words)
        mailboxes = list(self.mailboxes)
        if not mailboxes:
            mailboxes = [word for word in self.words if "@" in word and not word.startswith('"')]
            name = " ".join(self.comments) if mailboxes else name
        decoded = headers.decode_words(name.replace("\\", "").replace('"', "").replace(" ,", ","))
        if not mailboxes:
            return [Address(name=decoded)] if decoded else []
        return [Address(name=decoded, mailbox=_mailbox(text)) for text in mailboxes]


def read(value: str) -> tuple[list[Address], list[str]]:
    """Read the addresses of a field, and what is odd about it. A group's name is an address without mailbox."""
    found: list[Address] = []
    odd: list[str] = []
    reading = _Reading()
    for kind, text in _tokens(value):
        if kind == "comment":
            reading.comments.append(text)
        elif kind == "angle":
            reading.mailboxes.append(text)
        elif kind == "word":
            reading.words.append(text)
        elif text == "," and reading.words and not reading.holds_mailbox:
            reading.words.append(",")  # a name like `Doe, John` that lacks its quotes
        else:
            if text == ":":
                odd.append("group syntax")
            found += reading.addresses()
            reading = _Reading()
        if len(found) >= MAX_ADDRESSES:
            odd.append("too many addresses")
            break
    found += reading.addresses()
    return found[:MAX_ADDRESSES], odd


def _tokens(value: str) -> list[tuple[str, str]]:
    """(kind, text) pairs: word, comment, angle, or mark for `,` `;` and the `:` of a group."""
    tokens: list[tuple[str, str]] = []
    position, length = 0, len(value)
    while position < length:
        char = value[position]
        if char == '"':
            end = _end_of_quoted(value, position)
            tokens.append(("word", value[position:end]))
        elif char == "(":
            end = _end_of_comment(value, position)
            tokens.append(("comment", value[position + 1 : end - 1].strip()))
        elif char == "<":
            closing = value.find(">", position)
            end = length if closing < 0 else closing + 1
            tokens.append(("angle", value[position + 1 : end].rstrip(">")))
        elif char in ",;:":
            end = position + 1
            tokens.append(("mark", char))
        elif char in " \t\r\n":
            end = position + 1
        else:
            end = _end_of_word(value, position)
            _add_word(tokens, value[position:end], glued=position > 0 and value[position - 1] == '"')
        position = end
    return tokens


def _add_word(tokens: list[tuple[str, str]], text: str, *, glued: bool) -> None:
    if glued and text.startswith("@") and tokens and tokens[-1][0] == "word":  # a quoted local part
        tokens[-1] = ("word", " " + tokens[-1][1] + text)
    else:
        tokens.append(("word", text))


def _end_of_quoted(value: str, start: int) -> int:
    position = start + 1
    while position < len(value):
        if value[position] == "\\":
            position += 1
        elif value[position] == '"':
            return position + 1
        position += 1
    return len(value)


def _end_of_comment(value: str, start: int) -> int:
    depth, position = 0, start
    while position < len(value):
        char = value[position]
        if char == "\\":
            position += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if not depth:
                return position + 1
        position += 1
    return len(value) + 1


def _end_of_word(value: str, start: int) -> int:
    encoded = _ENCODED_WORD.match(value, start)
    if encoded:  # it may hold a comma or a bracket, which are then no marks
        return encoded.end()
    position = start
    while position < len(value) and value[position] not in '",;:<( \t\r\n':
        if value[position] == "[":  # a domain literal may hold colons
            closing = value.find("]", position)
            position = closing if closing > 0 else position
        position += 1
    return max(position, start + 1)


def _mailbox(text: str) -> str:
    """`local@domain` in lower case, without a source route (RFC 5322 section 4.4), blanks and control characters."""
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]
    return "".join(char for char in headers.one_line(text) if not char.isspace() and char != "\ufffd").lower()
