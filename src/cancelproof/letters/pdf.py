"""The words of a PDF; runs in the child alone."""

from __future__ import annotations

import io

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PdfReadError

from cancelproof.letters.limits import Ending

MAX_PAGES = 40
MAX_TEXT = 400_000  # characters


def text(payload: bytes) -> str:
    """Return the text of the first pages; exits with the code that says why not."""
    try:
        reader = PdfReader(io.BytesIO(payload))
        if reader.is_encrypted and not reader.decrypt(""):
            raise SystemExit(Ending.LOCKED)
        pages = [page.extract_text(extraction_mode="layout") for page in reader.pages[:MAX_PAGES]]
    except DependencyError:
        raise SystemExit(Ending.NO_CIPHER) from None
    except FileNotDecryptedError:
        raise SystemExit(Ending.LOCKED) from None
    except MemoryError:
        raise SystemExit(Ending.TOO_BIG) from None
    except (PdfReadError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        raise SystemExit(Ending.BROKEN) from None  # pypdf raises any of these on malformed files
    found = "\n\n".join(pages)[:MAX_TEXT]
    if not any(map(str.isalpha, found)):
        raise SystemExit(Ending.NO_TEXT)
    return found
