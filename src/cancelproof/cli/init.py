"""`cancelproof init`: a settings file to fill in."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cancelproof.errors import UsageError


@click.command(name="init")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Write a settings file with every setting explained; nothing is overwritten."""
    from cancelproof.delivery import write_file  # noqa: PLC0415
    from cancelproof.settings import default_path, write_example  # noqa: PLC0415

    named = ctx.find_root().obj
    path = Path(named) if named else default_path(os.environ)
    if path.exists():
        raise UsageError("stands there already", where=str(path), remedy="edit it, or remove it first")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_file(path, write_example())
    click.echo(f"Settings to fill in: {path}\nThen: cancelproof scan, cancelproof digest")
