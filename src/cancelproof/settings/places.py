"""Where things lie: paths in the settings, and the folders of the XDG Base Directory Specification."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cancelproof.errors import UsageError
from cancelproof.settings.reader import Section


def path_of(section: Section, key: str, file: Path, environ: Mapping[str, str]) -> Path | None:
    """Read a path: `~` is the home folder, and a relative one starts at the folder of the settings file."""
    found = section.text(key)
    if not found:
        return None
    start, _, rest = found.partition("/")
    return _user_home(environ) / rest if start == "~" else file.parent / found


def data_folder(environ: Mapping[str, str]) -> Path:
    return home(environ, "XDG_DATA_HOME", ".local/share")


def home(environ: Mapping[str, str], variable: str, below_home: str) -> Path:
    if environ.get("CANCELPROOF_HOME"):
        return Path(environ["CANCELPROOF_HOME"])
    # A relative path is to be ignored (XDG Base Directory Specification).
    named = Path(environ.get(variable, ""))
    return (named if named.is_absolute() else _user_home(environ) / below_home) / "cancelproof"


def _user_home(environ: Mapping[str, str]) -> Path:
    home = environ.get("HOME") or environ.get("USERPROFILE")
    if not home:
        raise UsageError("there is no home folder", remedy="set CANCELPROOF_HOME")
    return Path(home)
