"""A file is written whole or not at all, for its owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Put a file in place once it is whole on disk (0600). Raises OSError, and leaves nothing behind then."""
    handle, draft = tempfile.mkstemp(prefix=f".{path.name[:50]}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)  # noqa: PTH105 - beside os.fsync; replaces a link itself, never what it points to
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
