"""A mailbox as people have it, generated: short personal mail, newsletters, attachments, and 3 % of vendors' mail.

The same seed gives the same mails. Nothing in it is real.
"""

from __future__ import annotations

import base64
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

DEMO = Path(__file__).parents[1] / "src" / "cancelproof" / "demo" / "household"
DAY = 1_600_000_000  # the first mail, in seconds since 1970

NEWS = """\
The new autumn collection is here, with coats in wool and linen for every kind of weather.
Our bakers tell how they make sourdough with three kinds of flour and a great deal of patience.
Ten walks along the coast that you can do in an afternoon, with a map for each.
This week the museum shows a hundred photographs of the harbour as it was in 1920.
The recipe needs two onions, a tin of tomatoes, some thyme and half an hour.
Save up to forty per cent on garden furniture until Sunday night.
Free delivery on large orders, this weekend only.
Meet the designer behind the lamp that everybody is talking about.
The team won three to one after a slow first half and a fine goal in the rain.
How to choose a tent that is light, dry and quick to put up.
We have added two hundred new titles to the shop, from crime novels to poetry.
Readers ask, we answer: which plants live well in a dark kitchen?
The conference takes place in Lyon from the third to the fifth of June.
Our most popular trainers are back in all sizes and in four new colours.
Discover the islands by bicycle, with small hotels along the way.
Five films to see this month, chosen by our critics.
A warm soup, a good book and a blanket: that is all an evening needs.
What the new rules on packaging mean for small shops.
Photographs of the northern lights, taken from a fishing boat.
The orchestra plays works by Ravel, Sibelius and a young composer from Ghent.
Tips for better sleep, from people who study it.
Your points are worth a cup of coffee in any of our cafés.
Look inside: the workshop where our chairs are made.
The weekly puzzle is harder than it looks; the answer comes on Friday.
Engineers explain why the bridge sways, and why that is good.
We tested twelve kettles and liked the cheapest best.
Learn to knit in six evenings, with others, over tea.
The market opens at eight and has fish, cheese, flowers and bread.
Which laptop is right for school? A guide in plain words.
Twenty years of our magazine in one box, with a foreword by the editor.
The new line of pans can be used on every stove.
A night train now runs from Brussels to Vienna three times a week.
Parents tell how they got through the first year.
The valley in spring, when the cherry trees are white.
Rain jackets for children, made from bottles.
The exhibition closes at six, on Thursdays at nine.
An interview with the woman who maps the sea floor.
Quick dinners for people who come home late.
These headphones keep out the noise of trains and offices.
Read more about how the clay is dug, mixed and fired.
""".splitlines()

PERSONAL = """\
Hello everybody, here are the photographs from Saturday; the one of grandmother with the cake is the best.
Could you bring the big pot and some chairs? We will be about fifteen.
The plumber comes on Tuesday morning, so somebody should be at home.
I have read your draft and like it; my notes are in the margin.
The children had a lovely time and talk of nothing but the donkey.
Shall we take the train at nine or rather the one after lunch?
Thanks again for your help with the shelves, they look splendid.
See you on Thursday, and give my love to Anna.
I have put the minutes of the meeting into the shared folder.
The figures for March look fine, only the second table lacks a column.
The cat from next door slept on our sofa again and would not leave.
We took the long way home through the forest, and it was worth it.
Do you still have the drill that I lent you in spring?
My sister sends her greetings; she is much better now.
The choir sings on the second Sunday, and I would be glad if you came.
I left the keys with the neighbours, the ones with the red door.
It has rained for three days and the garden looks like a lake.
Uncle Jo turns eighty next month, so we thought of a party by the river.
The book that you gave me is wonderful; I read it in two nights.
Tell me which colour you like better and I will paint the fence.
There is a good film on Friday, if you feel like it.
The bread turned out well this time, crisp outside and soft inside.
I found the old photographs in the attic, with all of us at the sea.
Our train was late, but we just caught the ferry.
Let me know when you are back, then we can have coffee.
The little one can ride a bicycle now, with much shouting.
Here is the list of what everybody brings; you have the salad.
I think the second version of the talk is clearer than the first.
The samples came this morning and the blue one looks best.
Please have a look at page four, where the numbers do not add up.
""".splitlines()


def mails(count: int, seed: int = 7) -> Iterator[bytes]:
    """Yield `count` mails with CRLF line ends."""
    rng = random.Random(seed)
    vendors = [path.read_bytes() for path in sorted(DEMO.glob("*.eml"))]
    for number in range(count):
        kind = rng.random()
        if kind < 0.03:
            yield _vendor(rng, number, vendors)
        elif kind < 0.46:
            yield _newsletter(rng, number)
        elif kind < 0.53:
            yield _with_attachment(rng, number)
        else:
            yield _personal(rng, number)


def small_mails(count: int, seed: int = 7) -> Iterator[bytes]:
    rng = random.Random(seed)
    return (_personal(rng, number) for number in range(count))


def maildir(folder: Path, found: Iterator[bytes], owner: tuple[int, int] | None = None) -> int:
    """Write mails into a Maildir as a mail server would; returns their bytes."""
    total = 0
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(found):
        path = folder / "cur" / f"{DAY + 3600 * number}.M{number}P1.bench,S={len(raw)},W={len(raw)}:2,S"
        path.write_bytes(raw)
        total += len(raw)
    if owner:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, *owner)
    return total


def mbox(file: Path, count: int, seed: int = 7) -> int:
    """Write mails as an mbox, LF line ends; returns its size."""
    with file.open("wb") as opened:
        for raw in mails(count, seed):
            text = raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
            opened.write(b"From bench@example.org Thu Jan  1 00:00:00 2026\n" + text + b"\n")
    return file.stat().st_size


def _header(rng: random.Random, number: int, sender: str, kind: str) -> str:
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun")[number % 6]
    when = f"{1 + number % 28:02d} {month} 2025"
    return (
        f"Return-Path: <bounce-{number}@{sender}>\r\n"
        f"Received: from mx.{sender} by mx.home.example with ESMTPS id {number:x}; {when} 08:00:00 +0000\r\n"
        f"Authentication-Results: mx.home.example; dkim=pass header.d={sender}; "
        f"dmarc=pass header.from={sender}\r\n"
        f"DKIM-Signature: v=1; a=rsa-sha256; d={sender}; s=s1; h=from:to:subject:date; b={rng.randbytes(96).hex()}\r\n"
        f"Date: {when} 08:00:00 +0000\r\nFrom: {_title(rng)} <info@{sender}>\r\nTo: me@home.example\r\n"
        f"Message-ID: <{number}.{rng.getrandbits(64):x}@{sender}>\r\nSubject: {_title(rng)}\r\n"
        f"MIME-Version: 1.0\r\n{kind}"
    )


def _title(rng: random.Random) -> str:
    return re.sub(r"[^a-z0-9 ]", "", " ".join(rng.choice(NEWS).split()[: rng.randint(3, 7)]), flags=re.IGNORECASE)


def _text(rng: random.Random, size: int, pool: list[str]) -> str:
    """A text of some sentences, over and over: what a mail is about is one thing."""
    lines: list[str] = []
    while size > 0:
        line = rng.choice(pool)
        lines.append(line)
        size -= len(line) + 2
    return "\r\n".join(lines)


def _personal(rng: random.Random, number: int) -> bytes:
    kind = "Content-Type: text/plain; charset=utf-8\r\n\r\n"
    sender = f"friend{rng.randrange(40)}.example"
    return (
        _header(rng, number, sender, kind) + _text(rng, rng.randint(300, 5000), rng.sample(PERSONAL, 6)) + "\r\n"
    ).encode()


def _newsletter(rng: random.Random, number: int) -> bytes:
    """A text and an HTML alternative of 30 to 90 kB: nested tables, inline styles, pictures, long links.

    To the kB some 22 tags and 18 words, as in the newsletters of shops: most of it is style and links.
    """
    sender = f"news{rng.randrange(200)}.example"
    cells: list[str] = []
    pool = rng.sample(NEWS, 12)
    size = rng.randint(28_000, 80_000)
    while size > 0:
        link = f"https://click.{sender}/ls/click?upn={rng.randbytes(70).hex()}"
        cell = (
            f'<tr><td style="padding:0;"><a href="{link}">'
            f'<img src="https://img.{sender}/{rng.randbytes(16).hex()}.png" '
            'width="280" alt="" style="display:block;border:0;"></a></td><td align="left" style="padding:0 24px 16px;">'
            '<table width="100%" cellpadding="0"><tr><td style="font-family:Helvetica,Arial,sans-serif;font-size:15px;'
            f'line-height:22px;color:#333333;"><a href="{link}" style="color:#0a58ca;text-decoration:none;">'
            f"<strong>{_title(rng)}</strong></a><br>{rng.choice(pool)}</td></tr></table></td></tr>\r\n"
        )
        cells.append(cell)
        size -= len(cell)
    head = "<html><head><style>.a{color:#333}@media(max-width:600px){.a{width:100%!important}}</style></head><body>"
    html = f'{head}<table width="100%"><tr><td><table width="600" class="a">\r\n{"".join(cells)}</table>'
    foot = "</td></tr></table><p>You asked for our newsletter. Unsubscribe at any time.</p></body></html>"
    kind = 'Content-Type: multipart/alternative; boundary="alt"\r\n\r\n'
    plain = f"--alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{_text(rng, 1500, pool)}\r\n"
    rest = f"--alt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}{foot}\r\n--alt--\r\n"
    return (_header(rng, number, sender, kind) + plain + rest).encode()


def _with_attachment(rng: random.Random, number: int) -> bytes:
    """A short text with a photo, an archive or a film."""
    sender = f"friend{rng.randrange(40)}.example"
    name, kind = rng.choice([("photo.jpg", "image/jpeg"), ("photos.zip", "application/zip"), ("clip.mp4", "video/mp4")])
    payload = base64.encodebytes(rng.randbytes(rng.randint(40_000, 250_000))).replace(b"\n", b"\r\n")
    head = _header(rng, number, sender, 'Content-Type: multipart/mixed; boundary="mix"\r\n\r\n')
    words = _text(rng, 800, rng.sample(PERSONAL, 6))
    text = f"--mix\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n--mix\r\n"
    part = f"Content-Type: {kind}\r\n"
    part += f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return (head + text + part).encode() + payload + b"--mix--\r\n"


def _vendor(rng: random.Random, number: int, vendors: list[bytes]) -> bytes:
    """A mail of the demo's vendors, made one of its own by its Message-ID."""
    raw = rng.choice(vendors).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return raw.replace(b"Message-ID: <", b"Message-ID: <%d." % number, 1)
