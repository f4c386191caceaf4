"""The compiled rules, kept in a file of the owner's cache folder that is named by the content of every rule file.

Nothing depends on it: where it is missing, damaged or cannot be written, the files are read anew.
"""

from __future__ import annotations

import hashlib
import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cancelproof import __version__, atomic, rules
from cancelproof.rules.packing import pack, unpack
from cancelproof.rules.values import Rules

log = logging.getLogger(__name__)

_KEPT = 3  # files of other rules: the owner's own folder, the version before
_MAKERS = ("errors.py", "words.py", "model/*.py", "rules/*.py")  # `rules` and all that it imports
_DIGEST = 32  # bytes of a SHA-256


def load(folders: Sequence[Path], cache: Path, slow: Callable[[], None] = lambda: None) -> Rules:
    """The rules of the folders, in compiled form (without `languages`) where the files are those of the last time.

    Where they are not, which takes seconds, `slow` is called first.

    Raises RulesInvalid with every fault of every file.
    """
    read = [rules.files(folder) for folder in folders]
    name = _key(read)
    kept = _kept(cache, name)
    if kept is None:
        slow()
        kept = rules.checked(folders, read)
        _keep(cache, name, kept)
    return kept


def make_ready(folders: Sequence[Path], cache: Path, slow: Callable[[], None] = lambda: None) -> None:
    """See that the compiled rules are kept, before several processes ask for them at once. Raises as `load`."""
    if not _file(cache, _key([rules.files(folder) for folder in folders])).exists():
        load(folders, cache, slow)


def _key(read: Sequence[Mapping[Path, bytes]]) -> str:
    """What these rule files, read by this program on this Python, are kept under."""
    digest = hashlib.sha256(f"{__version__} {sys.implementation.cache_tag}".encode())
    for source in makers():
        digest.update(source.read_bytes())
    for files in read:
        for path, content in files.items():
            digest.update(f"\n{path}\n{len(content)}\n".encode("utf-8", "surrogateescape"))
            digest.update(content)
    return digest.hexdigest()[:32]


def makers() -> list[Path]:
    """The modules that read, compile and pack the rules: a change of one makes other patterns of the same files."""
    package = Path(rules.__file__).parent.parent
    return sorted(path for name in _MAKERS for path in package.glob(name))


def _kept(folder: Path, name: str) -> Rules | None:
    """The rules kept under a name; None where there are none that are whole."""
    try:
        whole = _file(folder, name).read_bytes()
    except OSError:
        return None
    digest, packed = whole[:_DIGEST], whole[_DIGEST:]
    if hashlib.sha256(packed).digest() != digest:
        log.warning("the compiled rules in %s are damaged; reading the rule files instead", folder)
        return None
    return unpack(packed)


def _keep(folder: Path, name: str, book: Rules) -> None:
    """Keep the rules under a name, and drop the oldest of the others. A folder that cannot be written is no fault."""
    packed = pack(book)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        atomic.write(_file(folder, name), hashlib.sha256(packed).digest() + packed)
        others = sorted(folder.glob("rules-*.bin"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in others[_KEPT:]:
            old.unlink()
    except OSError as error:
        log.warning("the compiled rules cannot be kept in %s, so each start takes seconds: %s", folder, error.strerror)


def _file(folder: Path, name: str) -> Path:
    return folder / f"rules-{name}.bin"
