"""Where the rules and the templates lie: ours first, the owner's own last, which wins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cancelproof.errors import UsageError


def rules_folders(own: Path | None = None) -> tuple[Path, ...]:
    """Give the rules folders in the order in which they lie upon each other; UsageError where `own` is no folder."""
    return _folders("rules", own)


def templates_folders(own: Path | None = None) -> tuple[Path, ...]:
    """Give the template folders in the order in which they lie upon each other; UsageError as above."""
    return _folders("templates", own)


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Where files lie that can be made anew (XDG Base Directory Specification 0.8: only absolute paths count)."""
    named = Path(environ.get("XDG_CACHE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".cache") / "cancelproof"


def _folders(name: str, own: Path | None) -> tuple[Path, ...]:
    from importlib.resources import files  # noqa: PLC0415 12 ms that only those pay who need rules

    package = Path(str(files("cancelproof")))
    # The wheel holds them inside the package; an editable install leaves them at the root of the project.
    ours = next((folder for folder in (package / "data" / name, package.parents[1] / name) if folder.is_dir()), None)
    if ours is None:
        raise UsageError(f"the folder {name} is missing from this installation", remedy="install cancelproof again")
    if own is None:
        return (ours,)
    if not own.is_dir():
        raise UsageError("no such folder", where=str(own), remedy=f"set `{name}` in the settings to your own folder")
    return (ours, own)
