"""`cancelproof rules`: are the rule files right, and do they do what they say?"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from cancelproof.cli import golden
from cancelproof.cli.common import counted, settings, today, unhurried
from cancelproof.cli.rules_coverage import coverage
from cancelproof.cli.rules_new import new


@click.group(name="rules")
def command() -> None:
    """Check and test the rule files, see what they reach, begin new ones."""


command.add_command(new)
command.add_command(coverage)


@command.command()
@click.option("--overlaps", is_flag=True, help="Name the rules too whose examples another rule finds as well.")
@click.pass_context
def check(ctx: click.Context, *, overlaps: bool) -> int:
    """Read every rule file; every fault with its file and line, then what is readable but not good."""
    from cancelproof.rules import Laws, load_laws, parse_folders  # noqa: PLC0415
    from cancelproof.rules.review import review  # noqa: PLC0415

    with unhurried():
        rules, faults = parse_folders(_folders(ctx))
    laws = Laws() if faults else load_laws(_folders(ctx))
    issues = [*faults, *(str(issue) for issue in review(rules, today(), laws))]
    for issue in issues:
        click.echo(issue)
    if overlaps and not faults:
        from cancelproof.classify import samples  # noqa: PLC0415

        for failure in samples.overlaps(rules):
            click.echo(f"{failure.where}: {failure.rule}: {failure.what}")
    many = f"{len(rules.languages)} languages, {len(rules.vendors)} vendors and platforms"
    found = f"{counted(len(faults), 'fault')}, {counted(len(issues) - len(faults), 'issue')}"
    click.echo(f"{many}: {found}", err=True)
    return 6 if faults else int(bool(issues))


@command.command()
@click.option(
    "--all", "every", is_flag=True, help="Try the samples of our files too, where you have a folder of yours."
)
@click.pass_context
def test(ctx: click.Context, *, every: bool) -> int:
    """Try every example, silent line and golden mail of your rules folder; without one, the samples of our files."""
    from cancelproof.classify.samples import failures, samples  # noqa: PLC0415
    from cancelproof.extract.samples import vendor_failures, vendor_samples  # noqa: PLC0415
    from cancelproof.rules import load  # noqa: PLC0415
    from cancelproof.run import Mailroom  # noqa: PLC0415

    own = settings(ctx).rules
    with unhurried():
        rules = load(_folders(ctx))
    below = f"{own.as_posix()}/" if own and not every else ""
    failed = [*failures(rules, below), *vendor_failures(rules, below)]
    for failure in failed:
        click.echo(str(failure))
    many = samples(rules, below) + vendor_samples(rules, below)
    click.echo(f"{counted(many, 'sample')}: {len(failed)} failed", err=True)
    mails = list(golden.failures([own], Mailroom(rules))) if own else []
    wrong = [line for line in mails if line]
    for line in wrong:
        click.echo(line)
    if mails:
        click.echo(f"{counted(len(mails), 'golden mail')}: {len(wrong)} failed", err=True)
    return int(bool(failed or wrong))


@command.command()
@click.option("--mails", type=click.Path(exists=True, path_type=Path), help="A folder of golden mails, to be counted.")
@click.pass_context
def vendors(ctx: click.Context, mails: Path | None) -> int:
    """A page on the vendors on file: where they are, what is known of them, how many golden mails prove them."""
    from cancelproof.rules import load  # noqa: PLC0415
    from cancelproof.rules.overview import overview  # noqa: PLC0415

    golden = Counter(json.loads(path.read_bytes())["vendor"] for path in mails.rglob("*.json")) if mails else Counter()
    click.echo(overview(load(_folders(ctx)).vendors, golden), nl=False)
    return 0


def _folders(ctx: click.Context) -> tuple[Path, ...]:
    from cancelproof.settings import rules_folders  # noqa: PLC0415

    return rules_folders(settings(ctx).rules)
