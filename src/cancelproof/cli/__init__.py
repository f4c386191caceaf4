"""The command line: data on stdout, talk on stderr; each command is a module, loaded only when it is called.

Exit codes: 0 fine, 1 something needs the owner (with --exit-code), 2 usage, and those of `errors`.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import sys
from collections.abc import Sequence

import click

from cancelproof import __version__
from cancelproof.errors import CancelproofError

#: Command, the module below `cli` that holds it under the same name, and its help in a line.
COMMANDS = {
    "demo": ("demo", "The whole job on a bundled mailbox; no account needed."),
    "init": ("init", "Set up an account, step by step."),
    "scan": ("scan", "Read what is new in every mailbox (nightly)."),
    "digest": ("digest", "Which cancellations still lack written proof? (weekly)"),
    "audit": ("audit", "Read archives of mail once, without a set-up."),
    "add": ("add", "Tell of a cancellation, or read many from a CSV file."),
    "charges": ("charges", "Read bank statements: what was charged, and after which end."),
    "cases": ("cases", "List every contract and where it stands."),
    "show": ("show", "Show one case whole."),
    "import": ("imports", "Take over a list of Wallos, or an export of cancelproof."),
    "export": ("export", "Write the whole ledger as JSON lines."),
    "correct": ("correct", "Say how a mail is to be read; it stands over every scan."),
    "edit": ("edit", "Merge or split cases, or tell what no mail tells."),
    "close": ("close", "Say that nothing more is to be done about a case."),
    "calendar": ("calendar", "Write the coming days of all cases as an .ics file."),
    "explain": ("explain", "Why a mail was read so."),
    "classify": ("classify", "Read mails alone: kind, facts, grade."),
    "doctor": ("doctor", "What is not as it should be, and what to do about it."),
    "verify": ("verify", "Check that the evidence kept is whole."),
    "backup": ("backup", "Write ledger and evidence into one file."),
    "restore": ("backup", "Bring ledger and evidence back from such a file."),
    "rules": ("rules", "Check and test the rule files."),
}


class _Commands(click.Group):
    """Loads a command's module when it is called, so that --help and --version start at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # as click calls it
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002  # as click calls it
        if name not in COMMANDS:
            return None
        module = importlib.import_module(f"cancelproof.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, f"{name}_command", module.command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # likewise
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="cancelproof")
@click.option("--settings", "settings_file", type=click.Path(), help="Use this settings file.")
@click.pass_context
def root(ctx: click.Context, settings_file: str | None) -> None:
    """You cancelled it. Can you prove it?

    Reads a mailbox, finds what vendors wrote about your contracts, and says which cancellations still lack written
    proof.
    """
    ctx.obj = settings_file


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. The one place where an error becomes a line of text."""
    stdout = sys.stdout
    atexit.register(gc.freeze)  # where a process ends, to look for garbage among all that it imported is time lost
    try:
        code = root.main(args=None if argv is None else list(argv), prog_name="cancelproof", standalone_mode=False)
    except CancelproofError as error:
        from cancelproof.cli.terminal import say  # noqa: PLC0415
        from cancelproof.report.escape import shown  # noqa: PLC0415  # 40 ms that --version need not pay

        say(f"cancelproof: {shown(str(error))}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("cancelproof: stopped; what was done is kept", err=True)
        return 130
    except SystemExit as stop:
        # Where the reader of our pipe has gone, click wraps stdout and ends with 1; that is no failure of ours.
        return 0 if sys.stdout is not stdout else int(stop.code or 0)
    return code if isinstance(code, int) else 0
