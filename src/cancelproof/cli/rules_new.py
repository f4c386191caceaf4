"""`cancelproof rules new`: from a mail that was misread to a rule with its golden mail, for a person to mend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cancelproof.cli import golden
from cancelproof.cli.common import mailroom, settings, today
from cancelproof.cli.named import find
from cancelproof.errors import UsageError
from cancelproof.model import Correction, Kind, Message, Place, Reading, Voice

if TYPE_CHECKING:
    from cancelproof.drafts import Draft
    from cancelproof.run import Mailroom
    from cancelproof.settings import Settings

_FOLDER = "cancelproof-rules"


@click.command(name="new")
@click.argument("mail")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="What the mail is, if you did not say.")
@click.option("--sentence", type=int, help="The number of the sentence that says it, as `explain` counts.")
@click.option("--hide", multiple=True, metavar="WORDS", help="Further names to replace; may be given again.")
@click.option(
    "--into",
    type=click.Path(),
    metavar="FOLDER",
    help=f"Your rules folder; else that of the settings, else ./{_FOLDER}.",
)
@click.pass_context
def new(  # one a command-line option
    ctx: click.Context, mail: str, kind: str | None, sentence: int | None, hide: tuple[str, ...], into: str | None
) -> None:
    """Draft a vendor file and a golden mail from one mail, with its people and numbers replaced.

    MAIL is a file, or a mail of the ledger: its Message-ID, or six or more characters of its SHA-256.
    """
    own = settings(ctx)
    named = find(ctx, mail)
    if len(named.mails) != 1:
        raise UsageError(f"{mail} holds {len(named.mails)} mails", remedy="name one by its Message-ID or its SHA-256")
    (one,) = named.mails
    words = dict(named.corrections)
    if kind:
        said = words.get(one.sha256, Correction(sha256=one.sha256))
        words[one.sha256] = replace(said, kind=Kind(kind))
    room = mailroom(own.owner, own.trusted_authserv, own.rules, words)
    reading = room.read(one)
    if reading.decision.kind is Kind.OTHER and not words.get(one.sha256):
        raise UsageError("it is read as `other`: say what it is", remedy="--kind closure")
    folder = Path(into) if into else own.rules or Path(_FOLDER)
    _write(own, room, reading, folder, sentence, (*hide, *own.owner))


def _write(  # what the files are made of
    own: Settings,
    room: Mailroom,
    reading: Reading,
    folder: Path,
    sentence: int | None,
    hide: Sequence[str],
) -> None:
    from cancelproof.drafts import redacted, slug  # noqa: PLC0415

    judged = reading.message.forwarded or reading.message
    facts = reading.facts
    vendor = facts.vendor.value if facts.vendor else judged.sender.name or judged.sender.domain
    domain = facts.vendor_domain.value if facts.vendor_domain else judged.sender.domain
    numbers = [fact.value for fact in (facts.number, facts.reference) if fact]
    genuine = reading.verdict.word.authentic is True
    raw = redacted(judged, kept=(vendor, domain), hide=hide, numbers=numbers, genuine=genuine)
    seen = _draft(room, raw, reading, vendor, domain, _index(judged, reading, room, sentence))
    path = folder / "vendors" / f"{slug(vendor)}.yaml"
    if path.exists() or reading.decision.kind is Kind.OTHER:
        _say_rule(room, seen, reading, path)
    else:
        _new_file(path, _vendor_text(room, seen, path))
    eml = folder / "mails" / f"{slug(vendor)}-{reading.decision.kind}.eml"
    _new_file(eml, raw)
    _new_file(eml.with_suffix(".json"), golden.text(_golden(own, eml, raw, reading)))
    _next_steps(seen, own, folder)


def _index(judged: Message, reading: Reading, room: Mailroom, sentence: int | None) -> int:
    """What the rule is made of: the statement asked for, that which decided, the first of a contract, the longest."""
    if sentence is not None:
        if not 1 <= sentence <= len(judged.statements):
            raise UsageError(f"the mail has no sentence {sentence}", remedy="`cancelproof explain --json` lists them")
        return sentence - 1
    hit = reading.decision.hit
    if hit and hit.statement >= 0 and "kind" not in reading.corrected:
        return hit.statement
    lines = room.classifier.read(judged).lines
    speaking = [line.index for line in lines if line.reader.notion(line.looked, "contract")]
    own = [i for i, s in enumerate(judged.statements) if s.voice is Voice.OWN and s.place is not Place.SUBJECT]
    longest = max(own, key=lambda index: len(judged.statements[index].text), default=0)
    return next((index for index in speaking if index in own), longest)


def _draft(room: Mailroom, raw: bytes, reading: Reading, vendor: str, domain: str, index: int) -> Draft:
    from cancelproof.drafts import Draft  # noqa: PLC0415
    from cancelproof.drafts.vendorfile import pattern_of  # noqa: PLC0415
    from cancelproof.message import read as read_message  # noqa: PLC0415

    facts, kind = reading.facts, reading.decision.kind
    code = reading.decision.language or "en"
    service = facts.service.value if facts.service else ""
    seen = Draft(vendor=vendor, domain=domain, service=service, language=code, kind=kind,
                 number=facts.number.value if facts.number else "")  # fmt: skip
    if kind is Kind.OTHER or code not in room.rules.compiled:
        return seen
    own = [s for s in (reading.message.forwarded or reading.message).statements if s.voice is Voice.OWN]
    original = (reading.message.forwarded or reading.message).statements[index]
    same = read_message(raw, room.rules.marks).statements
    place = own.index(original)
    text = same[place].text if place < len(same) else original.text
    return replace(seen, sentence=text, pattern=pattern_of(text, room.rules.compiled[code], (vendor, service)))


def _vendor_text(room: Mailroom, seen: Draft, path: Path) -> str:
    """A new vendor file; of a vendor on file ours, with the rule to be put in, as a remark."""
    from cancelproof.drafts import draft  # noqa: PLC0415
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    known = room.rules.by_domain.get(seen.domain)
    for below in ("vendors", "platforms"):
        ours = rules_folders(None)[0] / below / f"{known.id if known else path.stem}.yaml"
        if ours.is_file():
            remark = "".join(
                f"# {line}\n" for line in ["draft, to be put here:", "reads:", *seen.statements("  ").splitlines()]
            )
            return ours.read_text(encoding="utf-8") + (remark if seen.sentence else "")
    return draft(seen, today())


def _say_rule(room: Mailroom, seen: Draft, reading: Reading, path: Path) -> None:
    """Where there is a file already, or a rule that reads too much: what to write, and where."""
    from cancelproof.report import shown  # noqa: PLC0415

    if seen.sentence:
        click.echo(f"# into {path}, at `reads`:\n{seen.statements('  ')}", nl=False)
        return
    judged = reading.message.forwarded or reading.message
    for hit in room.classifier.read(judged).decision.hits:
        if not hit.guard and 0 <= hit.statement < len(judged.statements):
            sentence = shown(judged.statements[hit.statement].text)
            click.echo(f"# into `silent` of {hit.rule}, redacted, or as a guard:\n- {sentence}")


def _golden(own: Settings, path: Path, raw: bytes, reading: Reading) -> dict[str, Any]:
    """How the redacted mail is to be read: as it is, but for what the owner said."""
    found = golden.read(path, raw, mailroom(own.owner, own.trusted_authserv, own.rules))
    found["kind"] = reading.decision.kind.value
    from cancelproof.report import classify_json  # noqa: PLC0415

    said = classify_json(reading)
    return found | {name: said[name] for name in reading.corrected if name in found}


def _new_file(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
    except FileExistsError:
        raise UsageError("is there already", where=str(path), remedy="move it away, or name another --into") from None
    click.echo(path)


def _next_steps(seen: Draft, own: Settings, folder: Path) -> None:
    from cancelproof.report import shown  # noqa: PLC0415

    if seen.pattern:
        click.echo(shown(f"made of: {seen.sentence}"), err=True)
        click.echo(shown(f"finds:   {seen.pattern}"), err=True)
    steps = ["look through both files: no real name or number may be left"]
    if own.rules is None or own.rules.resolve() != folder.resolve():
        steps.append(f'put rules = "{folder.resolve()}" into the settings')
    steps += ["cancelproof rules check", "cancelproof rules test", "cancelproof scan --again"]
    for number, step in enumerate(steps, 1):
        click.echo(f"{number}. {step}", err=True)
