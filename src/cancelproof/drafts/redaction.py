"""A mail without its people and numbers: each replaced by an invented one, the same everywhere.

Days, sums and the vendor's own names and domains stay, since reading rests on them. No program can know every name: a
person has to look through what comes out.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage

from cancelproof.domains import registrable
from cancelproof.model import Message, Statement, Voice
from cancelproof.words import fold

RECEIVER = "mx.example.org"
_OWNER = ("Morgan Pell", "morgan.pell@example.org")
_NAMES = ("Morgan", "Pell", "Robin", "Ashe", "Sasha", "Quill", "Noa", "Tarn", "Jules", "Wren")
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[\w-]{2,24}")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{3,2000}")
_LINK_OR_ADDRESS = re.compile(f"{_LINK.pattern}|{_ADDRESS.pattern}")
#: A number in groups (a telephone, a policy), or a word that holds a digit.
_GROUPED = re.compile(r"(?<![\w.,])\+?\d{1,5}(?:[ \u00a0\u202f()./-]{1,2}\d{1,5}){2,8}(?![\w%])")
_NUMBERED = re.compile(r"(?<![\w.,:/-])[\w./:#-]*\d[\w./:-]*")
_DATE = re.compile(r"\d{1,4}([-./ \u00a0])[ ]?\d{1,2}\1[ ]?\d{1,4}\.?")
_TIME = re.compile(r"\d{1,2}[:h.]\d{2}(?::\d{2})?|\d{4}-\d\d-\d\dT.*")
_SUM = re.compile(r"\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3})*(?:[.,]\d{1,2})?")
_YEAR = re.compile(r"(?:19|20)\d\d\.?")
_DAY = re.compile(r"\d{1,2}[./-]\d{1,2}\.?")
_MANY_DIGITS = 4  # so many in a row are a number of somebody's; fewer count
_FEW_DIGITS, _SHORT = 2, 6  # with letters: fewer digits or characters belong to a name (M365, 4K, 2-year)


@dataclass(slots=True)
class Masks:
    """What stands for what; `kept` are domains and words that stay, `numbers` are surely somebody's."""

    hidden: frozenset[str]
    kept: frozenset[str]
    numbers: tuple[str, ...] = ()
    known: dict[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """The text with its people and numbers replaced: links and addresses as a whole, the rest word by word."""
        out, end = [], 0
        for found in _LINK_OR_ADDRESS.finditer(text):
            out += [self._plain(text[end : found.start()]), self._address(found[0]) or self._link(found[0])]
            end = found.end()
        return "".join((*out, self._plain(text[end:])))

    def _plain(self, text: str) -> str:
        for number in self.numbers:
            text = text.replace(number, self._masked(number))
        text = _GROUPED.sub(lambda found: self._grouped(found[0]), text)
        text = _NUMBERED.sub(lambda found: self._numbered(found[0]), text)
        return re.sub(r"[^\W\d_]+", lambda found: self._word(found[0]), text)

    def _link(self, link: str) -> str:
        host = re.sub(r"^(?:https?://)?(?:www\.)?", "", link).split("/")[0].split("?")[0]
        return f"https://{host if registrable(host.lower()) in self.kept else 'www.example.org'}/"

    def _address(self, address: str) -> str:
        """Another address, of a desk where the domain stays; "" for a link."""
        if not _ADDRESS.fullmatch(address):
            return ""
        local, _, domain = address.lower().rpartition("@")
        if registrable(domain) in self.kept:
            return f"{'service' if _is_personal(local, self.hidden) else local}@{domain}"
        number = len([value for value in self.known.values() if value.startswith("person")]) + 1
        return self.known.setdefault(address.lower(), f"person{number}@example.org")

    def _word(self, word: str) -> str:
        if fold(word) not in self.hidden or fold(word) in self.kept:
            return word
        name = _NAMES[len([v for v in self.known.values() if v in _NAMES]) % len(_NAMES)]
        return self.known.setdefault(fold(word), name)

    def _grouped(self, number: str) -> str:
        made = number in self.known.values()
        return number if made or _DATE.fullmatch(number) or _SUM.fullmatch(number) else self._masked(number)

    def _numbered(self, word: str) -> str:
        bare = word.strip(".:/-#")
        plain = any(form.fullmatch(bare) for form in (_DATE, _DAY, _TIME, _YEAR))
        cents = _SUM.fullmatch(bare) and not re.fullmatch(rf"\d{{{_MANY_DIGITS},}}", bare)
        digits = sum(c.isdigit() for c in bare)
        short = digits < _MANY_DIGITS if bare.isdigit() else digits < _FEW_DIGITS or len(bare) < _SHORT
        made = bare in self.known.values()  # it stands for a number already
        return word if plain or cents or short or made else word.replace(bare, self._masked(bare))

    def _masked(self, number: str) -> str:
        """Other digits and letters of the same form, the same for the same number."""
        if number not in self.known:
            noise = hashlib.sha256(number.encode("utf-8", "replace")).digest() * (len(number) // 32 + 1)
            self.known[number] = "".join(map(_other, number, noise))
        return self.known[number]


def _other(character: str, noise: int) -> str:
    if character.isdigit():
        return str(noise % 10)
    if character.isalpha() and character.isascii():
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        return letters[noise % 24] if character.isupper() else letters[noise % 24].lower()
    return character


def _is_personal(local: str, hidden: frozenset[str]) -> bool:
    """Tell a person's local part from a desk's, which is one word."""
    return not local.isalpha() or local in hidden


def redacted(
    message: Message,
    *,
    kept: Iterable[str],
    hide: Iterable[str] = (),
    numbers: Iterable[str] = (),
    genuine: bool = False,
) -> bytes:
    """Return a plain mail that says what this one says, its people and numbers replaced.

    `kept` are the vendor's names and domains, `hide` further words that name people, `numbers`
    those that the mail is known to bear; `genuine` says that its sender was
    authenticated, and so it will be.
    """
    known = tuple(number for number in numbers if any(map(str.isdigit, number)))
    masks = Masks(hidden=_people(message, hide), kept=frozenset(map(fold, _parts(kept))), numbers=known)
    out = EmailMessage()
    domain = message.sender.domain
    date = message.header("date")[0] if message.header("date") else ""
    out["Received"] = (
        f"from out.{domain} by {RECEIVER} with ESMTPS id r1; {date}"  # else it is taken for the owner's own
    )
    if genuine:
        out["Authentication-Results"] = f"{RECEIVER}; dmarc=pass header.from={domain}"
    sender = masks.text(message.sender.mailbox) or "nobody@example.org"
    out["From"] = HeaderAddress(masks.text(message.sender.name), addr_spec=sender)
    out["To"] = HeaderAddress(_OWNER[0], addr_spec=_OWNER[1])
    out["Subject"] = masks.text(message.subject)
    if date:
        out["Date"] = date
    out["Message-ID"] = f"<redacted@{domain or 'example.org'}>"
    own = [masks.text(_line(s)) for s in message.statements if s.voice is Voice.OWN and s.place != "subject"]
    out.set_content("\n\n".join(own) + "\n", charset="utf-8", cte="8bit")
    return out.as_bytes()


def _line(statement: Statement) -> str:
    return " | ".join(statement.cells) if statement.cells else statement.text


def _people(message: Message, hide: Iterable[str]) -> frozenset[str]:
    """The words that name the people written to: their display names, their addresses, and what the owner adds."""
    words = [fold(word) for text in hide for word in re.findall(r"[^\W\d_]+", text.partition("@")[0])]
    for address in message.recipients:
        words += [fold(word) for word in re.findall(r"[^\W\d_]+", f"{address.name} {address.mailbox.split('@')[0]}")]
    return frozenset(word for word in words if len(word) > 1)


def _parts(kept: Iterable[str]) -> Iterable[str]:
    for name in kept:
        yield name
        yield from re.findall(r"[^\W\d_]+", name)
