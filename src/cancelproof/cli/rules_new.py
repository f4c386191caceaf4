"""`cancelproof rules new`: from a mail that was misread to a rule with its golden mail, for a person to mend."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cancelproof.cli import golden
from cancelproof.cli.common import mailroom, settings, today
from cancelproof.cli.named import find
from cancelproof.errors import UsageError
from cancelproof.model import Correction, Kind, Reading

if TYPE_CHECKING:
    from cancelproof.cli.rules_draft import Tried
    from cancelproof.drafts import Draft
    from cancelproof.run import Mailroom
    from cancelproof.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Home:
    """Where the draft goes: `path` below `folder`, and what stands there already: the owner's (`taken`), or ours."""

    folder: Path
    path: Path
    original: str = ""
    taken: bool = False


@click.command(name="new")
@click.argument("mail")
@click.option("--kind", type=click.Choice([kind.value for kind in Kind]), help="What the mail is, if you did not say.")
@click.option("--sentence", type=int, help="The number of the sentence that says it, as `explain` counts.")
@click.option("--hide", multiple=True, metavar="WORDS", help="Further names to replace; may be given again.")
@click.option(
    "--into",
    type=click.Path(),
    metavar="FOLDER",
    help="Your rules folder; else that of the settings, else the folder `rules` beside them.",
)
@click.pass_context
def new(  # one a command-line option
    ctx: click.Context, mail: str, kind: str | None, sentence: int | None, hide: tuple[str, ...], into: str | None
) -> None:
    """Draft a rule and a golden mail from one mail, with its people and numbers replaced, and try them.

    MAIL is a file, or a mail of the ledger: its Message-ID, or its key in `show --all` (of its SHA-256).
    """
    from cancelproof.drafts import redacted  # noqa: PLC0415
    from cancelproof.settings import own_rules  # noqa: PLC0415

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
    seen = _seen(reading)
    home = _home(room, seen, Path(into) if into else own_rules(own, os.environ))
    numbers = [fact.value for fact in (reading.facts.number, reading.facts.reference) if fact]
    raw = redacted(
        reading.message.judged,
        kept=(seen.vendor, seen.domain),
        hide=(*hide, *own.owner),
        numbers=numbers,
        genuine=reading.verdict.word.authentic is True,
    )
    tried = _tried(room, reading, seen, raw, home, sentence)
    _write(tried, home, raw, _golden(raw, reading, tried))
    _say(tried, home, own, mail, reading)


def _seen(reading: Reading) -> Draft:
    """What the mail tells of its vendor."""
    from cancelproof.drafts import Draft  # noqa: PLC0415

    judged, facts = reading.message.judged, reading.facts
    return Draft(
        vendor=facts.vendor.value if facts.vendor else judged.sender.name or judged.sender.domain,
        domain=facts.vendor_domain.value if facts.vendor_domain else judged.sender.domain,
        service=facts.service.value if facts.service else "",
        number=facts.number.value if facts.number else "",
        language=reading.decision.language or "en",
        kind=reading.decision.kind,
    )


def _home(room: Mailroom, seen: Draft, folder: Path) -> _Home:
    """The vendor's file in the owner's folder: a new one, the owner's own, or one of ours that it is to replace."""
    from cancelproof.drafts import slug  # noqa: PLC0415
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    known = room.rules.by_domain.get(seen.domain)
    below = "platforms" if known and known.platform else "vendors"
    name = Path(below, f"{known.id if known else slug(seen.vendor)}.yaml")
    path, ours = folder / name, rules_folders(None)[0] / name
    if path.is_file():
        return _Home(folder=folder, path=path, original=path.read_text(encoding="utf-8"), taken=True)
    return _Home(folder=folder, path=path, original=ours.read_text(encoding="utf-8") if ours.is_file() else "")


def _tried(room: Mailroom, reading: Reading, seen: Draft, raw: bytes, home: _Home, sentence: int | None) -> Tried:
    from cancelproof.cli.rules_draft import Trial, drafted, texts  # noqa: PLC0415
    from cancelproof.report import classify_json  # noqa: PLC0415
    from cancelproof.rules import files  # noqa: PLC0415
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    said = classify_json(reading)
    folders = rules_folders(home.folder if home.folder.is_dir() else None)
    trial = Trial(
        texts=texts([files(folder) for folder in folders], folders, seen.language),
        name=home.path.relative_to(home.folder).as_posix(),
        original=home.original,
        raw=raw,
        told={name: said[name] for name in reading.corrected if name in golden.KEPT and name != "kind"},
    )
    return drafted(seen, trial, room, reading, sentence)


def _golden(raw: bytes, reading: Reading, tried: Tried) -> Mapping[str, Any]:
    """How the redacted mail is to be read: as the draft reads it, but for what the owner said.

    A fact that was told and that the draft does not find is left out: no rule could be held to it.
    """
    from cancelproof.report import classify_json  # noqa: PLC0415

    found = golden.facts(tried.reading) if tried.reading else golden.read("draft", raw, mailroom())
    found["kind"] = reading.decision.kind.value
    said = classify_json(reading)
    told = {name: said[name] for name in reading.corrected if name in found}
    return {name: value for name, value in (found | told).items() if name not in tried.missing}


def _write(tried: Tried, home: _Home, raw: bytes, wanted: Mapping[str, Any]) -> None:
    """The vendor file and the golden mail; what would go into the owner's own file is printed instead."""
    from cancelproof.drafts import in_file  # noqa: PLC0415

    eml = next(path for path in _names(home, tried.draft.kind) if not path.exists() or path.read_bytes() == raw)
    if eml.exists():
        raise UsageError("is there already", where=str(eml), remedy="move it away, or name another --into")
    if not home.taken:
        _new_file(home.path, in_file(tried.draft, home.original, today()))
        _schema(home)
    elif tried.draft.rules:
        click.echo(f"# into {home.path}, at `reads`:\n{tried.draft.statements('  ')}", nl=False)
    _new_file(eml, raw)
    _new_file(eml.with_suffix(".json"), golden.text(wanted))


def _schema(home: _Home) -> None:
    """What the vendor file's first line names, for editors; beside the owner's files, where it is not there yet."""
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    name = Path("schema", "vendor.json")
    ours, path = rules_folders(None)[0] / name, home.folder / name
    if ours.is_file() and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(ours.read_bytes())


def _names(home: _Home, kind: Kind) -> Iterator[Path]:
    for number in count(1):
        yield home.folder / "mails" / f"{home.path.stem}-{kind}{f'-{number}' if number > 1 else ''}.eml"


def _new_file(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("xb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
    except FileExistsError:
        raise UsageError("is there already", where=str(path), remedy="move it away, or name another --into") from None
    click.echo(path)


def _say(tried: Tried, home: _Home, own: Settings, mail: str, reading: Reading) -> None:
    """What the rules are made of, how they fared, and what is left to do."""
    from cancelproof.report import shown  # noqa: PLC0415

    for rule in tried.draft.rules:
        click.echo(f"made of: {shown(rule.sentence, 400)}", err=True)
        click.echo(f"finds:   {shown(rule.pattern, 400)}", err=True)
    right = tried.kind is reading.decision.kind
    outcome = f"the golden mail is {'' if right else 'still '}read as {tried.kind}"
    if right and tried.missing:
        outcome += f", but without {', '.join(tried.missing)}: for this mail your word goes on telling that"
    click.echo(f"tried:   {outcome}", err=True)
    for number, step in enumerate(_steps(tried, home, own, mail, reading, right=right), 1):
        click.echo(f"{number}. {step}", err=True)


def _steps(tried: Tried, home: _Home, own: Settings, mail: str, reading: Reading, *, right: bool) -> Sequence[str]:
    steps = ["look through the files: no real name or number may be left, and the pattern should fit other mails too"]
    if home.taken and tried.draft.rules:
        steps.append(f"put the rule into {home.path}")
    if not right:
        steps.append(
            f"mend the pattern, or name another sentence: cancelproof rules new {shlex.quote(mail)} --sentence 3"
        )
    default = own.rules is None or own.rules.resolve() != home.folder.resolve()
    if default and not _is_beside(own, home.folder):
        steps.append(f'put rules = "{home.folder.resolve()}" into the settings')
    steps += ["cancelproof rules check", "cancelproof rules test", "cancelproof scan --again"]
    if right and reading.corrected and not tried.missing:
        steps.append(f"cancelproof correct {shlex.quote(mail)} --undo, as the rule now says it")
    return steps


def _is_beside(own: Settings, folder: Path) -> bool:
    """Whether this is the folder that is used where the settings name none."""
    from cancelproof.settings import own_rules  # noqa: PLC0415

    return own.rules is None and own_rules(own, os.environ).resolve() == folder.resolve()
