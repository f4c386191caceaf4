"""Where rule files stand: a file in another place, or with another ending, would be left unread in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path, PurePosixPath

from cancelproof.rules.columns import PATH as COLUMNS
from cancelproof.rules.weights import DAYS, EVERYDAY, KINDS, SERVICES

MONEY, SENDERS, TOGETHER = "currencies.yaml", "senders.yaml", "together.yaml"
#: Folders of rule files, one a language, vendor, platform or country.
FOLDERS = ("lang", "vendors", "platforms", "law")
FILES = (COLUMNS, MONEY, SENDERS, TOGETHER, KINDS, DAYS, SERVICES, EVERYDAY)
_NOT_RULES = frozenset({"schema", "mails"})  # what `rules new` puts beside them
_ENDING = ".yaml"
_ENDINGS = frozenset({_ENDING, ".yml"})


def files(folder: Path) -> dict[Path, bytes]:
    """The YAML files of a folder, in the order of their paths; what is hidden is another program's."""
    found = [path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS]
    shown = [path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts)]
    return {path: path.read_bytes() for path in sorted(shown) if path.is_file()}


def misplaced(paths: Mapping[str, str]) -> Iterator[str]:
    """A fault for each path below the rules folder that is no rule file's. `paths`: to the name that a fault bears."""
    for path, shown in sorted(paths.items()):
        at = PurePosixPath(path)
        if not is_rule_file(path) and at.parts[0] not in _NOT_RULES:
            yield f"{shown}: no rule file stands here, so it is not read{_meant(at)}"


def is_rule_file(path: str) -> bool:
    """Whether a path below the rules folder is one that rules are read from."""
    at = PurePosixPath(path)
    return path in FILES or (len(at.parts) == 2 and at.parts[0] in FOLDERS and at.suffix == _ENDING)


def _meant(at: PurePosixPath) -> str:
    """The path that is nearest to one; a file at the top that is like none of ours may be anything."""
    name = at.with_suffix(_ENDING).name
    if len(at.parts) == 1:
        near = get_close_matches(at.stem, [PurePosixPath(one).stem for one in FILES], 1)
        return f", did you mean '{near[0]}{_ENDING}'?" if near else f"; its folder is one of {', '.join(FOLDERS)}"
    near = get_close_matches(at.parts[0], FOLDERS, 1)
    return f", did you mean '{near[0]}/{name}'?" if near else f"; its folder is one of {', '.join(FOLDERS)}"
