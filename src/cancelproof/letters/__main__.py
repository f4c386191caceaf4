"""The child: a document on standard input, what it holds on standard output, or an exit code that says why not."""

from __future__ import annotations

import os
import sys

from cancelproof.letters.limits import limit


def main(arguments: list[str]) -> None:
    """Read the limits and the kind of document from the arguments, then the document."""
    kind, seconds, megabytes = arguments[0], int(arguments[1]), int(arguments[2])
    limit(seconds, megabytes)
    sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - the libraries complain there; nobody listens
    payload = sys.stdin.buffer.read()
    if kind == "pdf":
        from cancelproof.letters.pdf import text  # noqa: PLC0415 - only the library that is needed

        found = text(payload).encode("utf-8", "replace")
    else:
        from cancelproof.letters.tnef import mail  # noqa: PLC0415

        found = mail(payload)
    sys.stdout.buffer.write(found)


if __name__ == "__main__":
    main(sys.argv[1:])
