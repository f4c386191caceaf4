"""`cancelproof correct`: the owner's word on one mail. It stands over every scan, until it is taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cancelproof import __version__
from cancelproof.cli.common import mailroom, renderer, settings
from cancelproof.cli.named import find
from cancelproof.corrections import FACTS, value_of
from cancelproof.errors import UsageError
from cancelproof.model import Correction, Kind, RawMail
from cancelproof.words import fold

if TYPE_CHECKING:
    from cancelproof.evidence import Evidence


class _Kind(click.ParamType[str]):
    """A kind of mail, by the handbook's word or by the one that people are shown."""

    name = "KIND"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        words = {kind.value: kind.value for kind in Kind}
        if value not in words:
            own = settings(ctx) if ctx else None
            for language in dict.fromkeys((own.language if own else "", "en")):
                say = renderer(language, own.templates if own else None).words.say
                words |= {fold(say(f"kind.{kind}")): kind.value for kind in Kind}
        found = words.get(fold(str(value)).replace("-", "_"))
        if found is None:
            self.fail(f"{value!r} is no kind; one of {', '.join(words)}", param, ctx)
        return found


@click.command(name="correct")
@click.argument("mail", required=False)
@click.option("--kind", type=_Kind(), help="What the mail is, as `show` calls it, or closure, receipt …")
@click.option("--fact", "facts", multiple=True, metavar="NAME=VALUE", help=f"One of {', '.join(FACTS)}; NAME= is none.")
@click.option("--undo", is_flag=True, help="Take your word back; the mail is read by the rules again.")
@click.option("--list", "listing", is_flag=True, help="List your words on mails.")
@click.pass_context
def command(  # one a command-line option
    ctx: click.Context, mail: str | None, kind: str | None, facts: tuple[str, ...], *, undo: bool, listing: bool
) -> None:
    """Say how a mail is to be read: cancelproof correct mail.eml --kind closure --fact effective_on=2026-03-31.

    MAIL is a file, or a mail of the ledger: its Message-ID, or its key in `show --all` (of its SHA-256).
    """
    if listing:
        _list(ctx)
    if not mail:
        if listing:
            return
        raise UsageError("which mail?", remedy="`cancelproof correct --help`")
    said = dict(map(_fact, facts))
    if not (kind or said or undo):
        raise UsageError("nothing to correct", remedy="--kind closure, --fact effective_on=2026-03-31, or --undo")
    mails = find(ctx, mail).mails
    if len(mails) != 1:
        raise UsageError(
            f"{mail} holds {len(mails)} mails", remedy="name one by its Message-ID or its key in `show --all`"
        )
    _keep(ctx, mails[0], None if undo else _correction(mails[0], kind, said))
    if kind or said:
        click.echo(f"To teach it for all such mails: cancelproof rules new {mail}", err=True)


def _fact(written: str) -> tuple[str, str | None]:
    name, equals, value = written.partition("=")
    name, value = name.strip(), value.strip()
    if not equals:
        raise UsageError(f"{written!r} is no NAME=VALUE", where="--fact", remedy="effective_on=2026-03-31")
    if name not in FACTS:
        raise UsageError(f"there is no fact {name!r}", where="--fact", remedy=f"known: {', '.join(FACTS)}")
    try:
        if value:
            value_of(name, value)
    except ValueError as error:
        raise UsageError(str(error), where="--fact") from None
    return name, value or None


def _correction(mail: RawMail, kind: str | None, said: dict[str, str | None]) -> Correction:
    return Correction(sha256=mail.sha256, kind=Kind(kind) if kind else None, facts=said)


def _keep(ctx: click.Context, mail: RawMail, correction: Correction | None) -> None:
    """Keep the word, the mail's bytes and how it reads now; print what changed."""
    from cancelproof.cli.again import tell  # noqa: PLC0415
    from cancelproof.entries import entry_of  # noqa: PLC0415
    from cancelproof.evidence import Evidence  # noqa: PLC0415
    from cancelproof.ledger import open_ledger  # noqa: PLC0415
    from cancelproof.run import Change  # noqa: PLC0415

    own = settings(ctx)
    with open_ledger(own.ledger) as ledger:
        words = ledger.corrections()
        earlier = words.pop(mail.sha256, None)
        if correction is None and earlier is None:
            raise UsageError("you said nothing about this mail", remedy="`cancelproof correct --list`")
        if correction and earlier:  # what was said before stands, unless it is said anew
            kind, facts = correction.kind or earlier.kind, {**earlier.facts, **correction.facts}
            correction = Correction(sha256=mail.sha256, kind=kind, facts=facts)
        before = next((e for e in ledger.entries() if e.sha256 == mail.sha256), None)
        plain = mailroom(own.owner, own.trusted_authserv, own.rules)
        if before is None:
            before = entry_of(plain.read(mail))
        if correction:
            words[mail.sha256] = correction
            ledger.correct(correction)
        else:
            ledger.uncorrect(mail.sha256)
        after = entry_of(plain.with_corrections(words).read(mail))
        _log(Evidence(own.evidence), mail, correction)
        ledger.put_again([after])
        if not tell(Change(before, after)):
            same = "that is how it was read" if correction else "your word is taken back, and the rules say the same"
            click.echo(f"nothing is read differently: {same}", err=True)


def _log(evidence: Evidence, mail: RawMail, correction: Correction | None) -> None:
    """Keep the mail's bytes, and note in the chained log that its reading is the owner's word, or no longer is."""
    now = datetime.now(UTC)
    evidence.keep(mail, at=now, version=__version__)
    said = {"kind": correction.kind, "facts": dict(correction.facts)} if correction else None
    evidence.record("corrected", at=now, details={"identity": mail.sha256, "said": said})


def _list(ctx: click.Context) -> None:
    from cancelproof.ledger import open_ledger  # noqa: PLC0415
    from cancelproof.report import shown  # noqa: PLC0415

    with open_ledger(str(settings(ctx).ledger)) as ledger:
        entries = {entry.sha256: entry for entry in ledger.entries()}
        for sha256, correction in ledger.corrections().items():
            said = [*([f"kind={correction.kind}"] if correction.kind else [])]
            said += [f"{name}={value or ''}" for name, value in correction.facts.items()]
            mail = entries.get(sha256)
            about = f"{mail.day}  {mail.sender}  {mail.subject}" if mail else ""
            click.echo(shown(f"{sha256[:12]}  {' '.join(said)}  {about}"))
