"""The last part of `make weights`: which words everyday mail is made of (rules/everyday.yaml).

The gate waits for the rarest words of a pattern. Counted are the lessons of no contract.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from lessons import lessons

from cancelproof.model import Kind
from cancelproof.words import cut
from rounds import RULES

FILE = RULES / "everyday.yaml"
OF = 1000  # words; what is said less than once in so many is not written down

HEAD = """\
# yaml-language-server: $schema=schema/everyday.json
# Of a thousand words of mail that is of no contract, how many are each of these (rules/waits.py). Counted by
# `make weights` in {count} mails; never edited by hand.
"""


def main() -> None:
    said: dict[str, Counter[str]] = defaultdict(Counter)
    count = 0
    for lesson in lessons():
        if Kind.OTHER in lesson.kinds:
            said[lesson.language].update(cut(lesson.text).folded)
            count += 1
    rows = []
    for code, words in sorted(said.items()):
        shares = {word: OF * times // words.total() for word, times in words.most_common() if word.isalpha()}
        rows.append(f"{json.dumps(code)}: {json.dumps({w: s for w, s in shares.items() if s}, ensure_ascii=False)}\n")
    FILE.write_text(HEAD.format(count=count) + "".join(rows), "utf-8")


if __name__ == "__main__":
    main()
