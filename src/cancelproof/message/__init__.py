"""Bytes to a Message: what a person would see of a mail. Pure, and never raises, whatever the bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cancelproof.message import addresses, body, dates, headers, mime, quotes, sentences, text
from cancelproof.message.blocks import Block, visible
from cancelproof.model import Address, Attachment, Loss, Manner, Marks, Message, Place, Statement, Voice, readable

__all__ = ["PDF", "TNEF", "read", "with_contents", "with_letters"]

PDF, TNEF = body.PDF, body.TNEF  # the types of documents that are opened elsewhere

MAX_STATEMENTS = 5_000
MAX_FORWARDS = 5  # mails within mails that are read
MAX_CARRIED = 30  # mails side by side in one that are read
MAX_ID = 500  # characters
MAX_ALONE = 50  # fields
#: What a mail that forwards several says of itself beside each; its Message-ID is no name for one of them.
_OF_THE_WHOLE = frozenset({"from", "to", "cc", "date", "subject", "received", "authentication-results"})


def read(raw: bytes, marks: Marks) -> Message:
    """Return a mail as a person would see it; what could not be read is named in `defects`."""
    raw = _with_line_feeds(raw)
    defects: list[str] = []
    for reading in (_read, _header_alone):
        try:
            message = reading(raw, marks, MAX_FORWARDS)
        except Exception as error:  # noqa: BLE001 - one mail that nobody foresaw may not stop a scan of a hundred thousand
            defects.append(Loss(f"could not be read: {type(error).__name__}"))
        else:
            return replace(message, defects=(*defects, *message.defects))
    return Message(defects=tuple(defects))


def with_letters(message: Message, texts: Sequence[str], marks: Marks | None = None) -> Message:
    """Return the message with the text of its attached documents as statements of Place.LETTER of what is judged."""
    if message.forwarded:
        return replace(message, forwarded=with_letters(message.forwarded, texts, marks))
    marks = marks or Marks()
    letters = [text.read_letter(letter[: body.MAX_TEXT]) for letter in texts]
    added = [statement for blocks in letters for statement in _letter(blocks, marks)]
    return _saying(message, [*message.statements, *added])


def with_contents(message: Message, contents: Sequence[bytes], marks: Marks) -> Message:
    """Return the message with the text and attachments of its unpacked containers, each given as a mail, as its own."""
    if message.forwarded:
        return replace(message, forwarded=with_contents(message.forwarded, contents, marks))
    for content in contents:
        inner = read(content, marks)
        lost = (defect for defect in inner.defects if isinstance(defect, Loss))
        message = _saying(message, [*message.statements, *inner.statements])
        message = replace(
            message,
            attachments=(*message.attachments, *inner.attachments),
            links=tuple(dict.fromkeys((*message.links, *inner.links))),
            items=(*message.items, *inner.items),
            forwarded=message.forwarded or inner.forwarded,
            defects=tuple(dict.fromkeys((*message.defects, *lost))),
        )
    return message


def _saying(message: Message, statements: Sequence[Statement]) -> Message:
    """The message with these statements, as many as are read; with a defect where there are more."""
    kept = tuple(statements[place] for place in readable(statements, MAX_STATEMENTS))
    left = (Loss("too many statements: the rest was not read"),) if len(kept) < len(statements) else ()
    return replace(message, statements=kept, defects=tuple(dict.fromkeys((*message.defects, *left))))


def _with_line_feeds(raw: bytes) -> bytes:
    lines = raw.replace(b"\r\n", b"\n")
    return (lines if b"\n" in lines else lines.replace(b"\r", b"\n")).lstrip(b"\n")


def _read(raw: bytes, marks: Marks, levels: int) -> Message:
    root, defects = mime.tree(raw)
    message = _from_fields(root.fields)
    shown = body.show(root)
    split = quotes.split(shown.blocks, marks, message.subject, message.sender.mailbox)
    forwarded, carried, attached = _forwarded(shown, split, message, marks, levels)
    statements = [*_subject(message, marks), *_statements(split.blocks, marks)]
    statements += [statement for blocks in shown.letters for statement in _letter(blocks, marks)]
    defects += [*message.defects, *shown.defects]
    return replace(
        _saying(replace(message, defects=tuple(dict.fromkeys(defects))), statements),
        attachments=(*shown.attachments, *attached),
        links=tuple(dict.fromkeys(shown.links)),
        items=tuple(shown.items),
        forwarded=forwarded,
        carried=carried,
    )


def _header_alone(raw: bytes, marks: Marks, _levels: int) -> Message:
    fields, _, defects = headers.split(raw)
    message = _from_fields(fields)
    return replace(message, statements=tuple(_subject(message, marks)), defects=(*defects, *message.defects))


def _from_fields(fields: list[tuple[str, str]]) -> Message:
    """All that the header alone says."""
    defects: list[str] = []
    date, wrong = dates.sent(headers.first(fields, "date"), (value for key, value in fields if key == "received"))
    defects += [wrong] if wrong else []
    senders = _addresses(fields, ("from",), defects)
    recipients = _addresses(fields, ("to", "cc", "bcc"), [])
    return Message(
        message_id=headers.one_line(headers.first(fields, "message-id"))[:MAX_ID],
        date=date,
        subject=headers.decode_words(headers.first(fields, "subject")),
        senders=senders,
        reply_to=_addresses(fields, ("reply-to",), []),
        recipients=tuple(address for address in recipients if address.mailbox),
        headers=tuple(fields),
        defects=tuple(defects),
    )


def _addresses(fields: list[tuple[str, str]], names: tuple[str, ...], defects: list[str]) -> tuple[Address, ...]:
    found: list[Address] = []
    for key, value in fields:
        if key in names:
            read_here, odd = addresses.read(value)
            found += read_here
            defects += [f"{key.capitalize()}: {what}" for what in odd]
    return tuple(found[: addresses.MAX_ADDRESSES])


def _subject(message: Message, marks: Marks) -> list[Statement]:
    subject = visible(message.subject)
    repeats = quotes.is_reply(subject, marks)
    manner = Manner.REPLY if repeats else Manner.PLAIN
    return [Statement(text=subject[: sentences.MAX_LENGTH], place=Place.SUBJECT, manner=manner)] if subject else []


def _statements(blocks: Iterable[tuple[Block, bool]], marks: Marks, place: Place = Place.BODY) -> Iterable[Statement]:
    for block, quoted in blocks:
        voice = Voice.QUOTED if quoted else Voice.OWN
        if block.cells:
            yield Statement(text=block.text, place=place, voice=voice, cells=block.cells)
        else:
            manner = Manner.LINK if block.link else Manner.PLAIN
            for sentence in sentences.split(block.text, marks):
                yield Statement(text=sentence, place=place, voice=voice, manner=manner)


def _letter(blocks: Sequence[Block], marks: Marks) -> Iterable[Statement]:
    return _statements(quotes.split(blocks, marks).blocks, marks, Place.LETTER)


def _forwarded(
    shown: body.Shown, split: quotes.Split, message: Message, marks: Marks, levels: int
) -> tuple[Message | None, tuple[bytes, ...], list[Attachment]]:
    """Return the mail that this one forwards, as text or as a part, the further ones, and those that are no forward.

    An attached mail that one of the recipients wrote is what the sender answers to.
    """
    if split.forward:
        forward = replace(_from_text(split.forward, marks), attachments=tuple(shown.attachments))
        return forward, (), [_as_attachment(mail) for mail in shown.mails]
    recipients = {address.mailbox for address in message.recipients}
    forwards: list[bytes] = []
    attached: list[Attachment] = []
    for mail in map(_with_line_feeds, shown.mails):
        sender = _from_fields(headers.split(mail)[0]).sender.mailbox
        if levels and len(forwards) < MAX_CARRIED and sender not in recipients:
            forwards.append(mail)
        else:
            attached.append(_as_attachment(mail))
    first = _read(forwards[0], marks, levels - 1) if forwards else None
    return first, tuple(_alone(message, mail) for mail in forwards[1:]), attached


def _alone(message: Message, mail: bytes) -> bytes:
    """Make the mail that forwards one of several, under the header of the one that forwarded all."""
    fields = [(name, value) for name, value in message.headers if name in _OF_THE_WHOLE][:MAX_ALONE]
    header = "".join(f"{name}: {headers.one_line(value[:MAX_ID])}\n" for name, value in fields)
    return header.encode("utf-8", "replace") + b"Content-Type: message/rfc822\n\n" + mail


def _as_attachment(mail: bytes) -> Attachment:
    return Attachment(name="", content_type="message/rfc822", payload=mail)


def _from_text(forward: quotes.Forward, marks: Marks) -> Message:
    fields = [*forward.fields]
    message = _from_fields(fields)
    date = message.date or dates.shown(headers.first(fields, "date"), marks.months)
    split = quotes.split(forward.blocks, marks)
    statements = [*_subject(message, marks), *_statements(split.blocks, marks)]
    return _saying(replace(message, date=date, defects=()), statements)
