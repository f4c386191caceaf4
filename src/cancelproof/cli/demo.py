"""`cancelproof demo`: the whole job on a bundled mailbox; no account, no settings, no network."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click

from cancelproof.cli.common import mailroom, progress, renderer
from cancelproof.cli.terminal import print_digest
from cancelproof.errors import DeliveryError
from cancelproof.model import Told


@click.command(name="demo")
@click.option("--out", type=click.Path(), default="cancelproof-demo", show_default=True, help="Folder for the pages.")
@click.option("--language", default="", help="Language of the report: en, fr.")
def command(out: str, language: str) -> None:
    """Audit three years of an invented family's mail, as the program would audit yours."""
    from cancelproof import run  # noqa: PLC0415
    from cancelproof.delivery import write_file  # noqa: PLC0415
    from cancelproof.sources import open_path  # noqa: PLC0415

    words, folder = renderer(language), _folder(Path(out))
    with as_file(files("cancelproof") / "demo" / "household") as box:
        asked = json.loads((box / "expect.json").read_text(encoding="utf-8"))
        with progress("reading the demo mailbox") as shown:
            room = mailroom(tuple(asked["owner"]))
            report = run.audit([open_path(str(box))], room, _told(asked), date.fromisoformat(asked["today"]), shown)
    seen = tuple(replace(one, name=words.words.say("seen.demo"), passed_over=0) for one in report.coverage)
    report = replace(report, coverage=seen)  # where it lies, and its file of answers, are nobody's business
    print_digest(words, report)
    click.echo(err=True)
    write_file(folder / "digest.html", words.digest_html(report))
    write_file(folder / "audit.html", words.audit_html(report))
    _next_steps(folder, box)


def _folder(path: Path) -> Path:
    """The folder for the pages, made before anything is read."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = "is a file, not a folder" if path.is_file() else f"cannot be made: {error.strerror}"
        raise DeliveryError(what, where=str(path), remedy="name another folder: --out FOLDER") from error
    return path


def _told(asked: dict[str, Any]) -> tuple[Told, ...]:
    return tuple(
        Told(
            vendor=row["vendor"],
            service=row.get("service", ""),
            requested_on=date.fromisoformat(row["requested_on"]) if row.get("requested_on") else None,
            channel=row.get("channel", ""),
        )
        for row in asked["cancellations"]
    )


def _next_steps(folder: Path, box: Path) -> None:
    closures = sorted(box.glob("*cancelled*")) or sorted(box.glob("*.eml"))
    click.echo("Every mail above is invented. The same as pages, to open in a browser:", err=True)
    click.echo(f"  {folder / 'digest.html'}\n  {folder / 'audit.html'}", err=True)
    click.echo("Try next:", err=True)
    click.echo(f"  cancelproof explain {closures[0]}     why a mail was read so", err=True)
    click.echo("  cancelproof audit ARCHIVE…       your own mbox, Maildir, folder of .eml or Takeout file", err=True)
    click.echo("  cancelproof init                 a settings file for your mailbox, then: cancelproof scan", err=True)
