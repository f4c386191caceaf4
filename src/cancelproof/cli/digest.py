"""`cancelproof digest`: which cancellations still lack written proof? On the terminal, as files, or by mail."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from cancelproof.cli.common import Day, imap_account, known, password_of, renderer, settings, today
from cancelproof.cli.terminal import print_digest
from cancelproof.errors import UsageError

if TYPE_CHECKING:
    from cancelproof.delivery import SmtpSettings
    from cancelproof.model import Report
    from cancelproof.report import Renderer
    from cancelproof.settings import AppendTo, Settings, Smtp


@click.command(name="digest")
@click.option("--send", is_flag=True, help="Send it as the settings say: by SMTP, or into a folder.")
@click.option("--html", "page", type=click.Path(), metavar="FILE", help="Write it as a page.")
@click.option("--json", "as_json", is_flag=True, help="Print the cases as one JSON object.")
@click.option("--today", "day", type=Day(), help="Judge as on this day.")
@click.option("--language", default="", help="Language of the digest: en, fr.")
@click.option("--exit-code", is_flag=True, help="Exit 1 where something needs the owner.")
@click.pass_context
def command(
    ctx: click.Context, page: str | None, day: date | None, language: str, *, send: bool, as_json: bool, exit_code: bool
) -> int:
    """Say which cancellations lack proof, what was charged after the end, what comes up, and what was not seen."""
    from cancelproof.delivery import write_file  # noqa: PLC0415
    from cancelproof.report import json_text, needs_owner  # noqa: PLC0415

    own = settings(ctx)
    report = known(own, day or today())
    words = renderer(language or own.language, own.templates)
    if page:
        write_file(Path(page), words.digest_html(report))
        click.echo(f"The digest stands in {page}", err=True)
    if send:
        _send(own, report, words)
    elif as_json:
        click.echo(json_text(words.audit_json(report)))
    elif not page:
        print_digest(words, report)
    return 1 if exit_code and needs_owner(report) else 0


def _send(own: Settings, report: Report, words: Renderer) -> None:
    """Send the digest by SMTP, or put it into the folder that the owner named."""
    from cancelproof import delivery  # noqa: PLC0415

    way, now = own.digest, datetime.now(UTC).astimezone()
    recipients = way.to or own.owner[:1]
    if not recipients or not (way.smtp or way.append_to):
        raise UsageError("the settings do not say where the digest goes", remedy="fill in [digest]")
    sender = way.sender or recipients[0]
    mails = [
        delivery.digest_mail(
            sender=sender,
            recipient=recipient,
            subject=words.subject(report),
            text=words.digest_text(report),
            html=words.digest_html(report),
            now=now,
            message_id=f"<{uuid4().hex}@{sender.rpartition('@')[2]}>",
        )
        for recipient in recipients
    ]
    if way.smtp:
        for recipient, mail in zip(recipients, mails, strict=True):
            delivery.send_smtp(_smtp(way.smtp, sender, recipient), mail)
        click.echo(f"The digest was sent to {', '.join(recipients)}", err=True)
    elif way.append_to:
        _append(own, way.append_to, mails[0], now)


def _smtp(server: Smtp, sender: str, recipient: str) -> SmtpSettings:
    from cancelproof.delivery import SmtpSettings  # noqa: PLC0415

    return SmtpSettings(
        host=server.host,
        port=server.port,
        sender=sender,
        recipients=(recipient,),
        tls=server.tls,
        user=server.user,
        password=password_of(server) if server.user else "",
        ca_file=server.ca_file,
    )


def _append(own: Settings, to: AppendTo, mail: bytes, now: datetime) -> None:
    """Put the digest into a folder, over a connection that can do nothing else."""
    from cancelproof.delivery import APPENDING, append_imap  # noqa: PLC0415
    from cancelproof.sources.connection import connect, log_out  # noqa: PLC0415

    account = next((a for a in own.accounts if a.name == to.account), None)
    if account is None:
        raise UsageError("digest.append_to names no account of the settings", remedy="name one of [[accounts]]")
    connection = connect(imap_account(account, own), APPENDING)
    try:
        connection.folder_encode = True  # the owner writes the folder's name as people see it
        append_imap(connection, to.folder, mail, now, named=to.folder)
    finally:
        log_out(connection)
    click.echo(f"The digest was put into {to.folder} of {account.name}", err=True)
