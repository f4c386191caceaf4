"""The child: serves document after document, or, on a system without fork, opens one and ends with why it could not."""

from __future__ import annotations

import os
import sys

from cancelproof.letters.limits import limit
from cancelproof.letters.server import open_here, serve


def main(arguments: list[str]) -> None:
    """Serve, where nothing else is asked; else read the kind of document and the limits, then the document."""
    if not arguments:
        serve(sys.stdin.buffer, sys.stdout.buffer)
        return
    kind, seconds, megabytes = arguments[0], int(arguments[1]), int(arguments[2])
    limit(seconds, megabytes)
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the libraries complain there; nobody listens
    sys.stdout.buffer.write(open_here(kind, sys.stdin.buffer.read()))


if __name__ == "__main__":
    main(sys.argv[1:])
