"""Which kind a mail is, and why: what does it assert as fact about the owner's contract?

Rules match statements, not mails. A guard in the same clause (negation, condition, question, …) turns a match off; the
strongest kind that is asserted wins (the handbook's order), unless all signs of the mail together speak for another;
everything that matched is kept for the explanation.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import chain

from cancelproof.classify import tongue
from cancelproof.classify.matcher import Looked
from cancelproof.classify.matches import Line, Match, all_matches, matches_of
from cancelproof.classify.reader import Reader
from cancelproof.classify.signs import Signs, signs
from cancelproof.classify.spoken import of_pairs, spoken_of
from cancelproof.classify.strongest import decide, heard, is_near, put_together, silenced_by, without_requests
from cancelproof.classify.weighing import may_be_weighed, weigh
from cancelproof.model import Decision, Hit, Kind, Message, Voice, readable
from cancelproof.rules.values import Rules, Together
from cancelproof.words import cut

__all__ = ["Classifier", "Line", "Read"]

# What a vendor writes about a contract is short; a mail made to keep the program busy is read as far as this.
_MOST_STATEMENTS = 600
_MOST_QUOTED = 30  # a request is short
_LONGEST = 4000  # characters of a statement


@dataclass(frozen=True, slots=True)
class Read:
    """What `classify` hands to `extract`: the decision, and the statements as they were looked at."""

    decision: Decision
    lines: tuple[Line, ...]
    topics: frozenset[str] = frozenset()
    ends: frozenset[int] = frozenset()  # the statements that name the day of the end
    goes_on: frozenset[int] = frozenset()  # … and those that tell what stays as it is, or comes after
    left: int = 0  # the mail's own statements that were not looked at: there were too many


@dataclass(frozen=True, slots=True)
class Classifier:
    """The rules made ready; build it once, use it for every mail."""

    rules: Rules
    tongues: tongue.Tongues = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tongues", tongue.tongues(self.rules.common))

    def reader(self, code: str, vendor_id: str = "") -> Reader:
        """The reader of a language, with a vendor's own rules on top where it has some."""
        return Reader(self.rules.compiled[code], vendor_id)

    def read(self, message: Message, *, vendor_id: str = "", by_owner: bool = False) -> Read:
        """Classify a mail. `by_owner` says that the owner wrote it: then it is a request or nothing."""
        read, kinds, found = self._strongest(message, vendor_id, by_owner=by_owner)
        if not (found and self.rules.weights):
            return read
        barred = self._barred(read, {match.hit.kind for match in kinds if not match.hit.off})
        return replace(read, decision=weigh(read.decision, found, kinds, self.rules.weights, barred))

    def _barred(self, read: Read, said: AbstractSet[Kind]) -> list[Kind]:
        """The kinds that no signs make beside what the mail speaks of; `said` are those that a statement says."""
        never, unsaid = self.rules.together.never, self.rules.together.unsaid
        bars = {kind: [*never.get(kind, ()), *(unsaid.get(kind, ()) if kind not in said else ())] for kind in Kind}
        return [kind for kind, topics in bars.items() if not read.topics.isdisjoint(topics)]

    def signs(self, message: Message) -> Signs:
        """What `read` would weigh of a mail that the owner did not write; nothing where it weighs nothing."""
        return self._strongest(message, "", by_owner=False)[2]

    def far_signs(self, message: Message) -> Signs:
        """The signs of a mail as if no rule came near it: what it speaks of, and how it is made."""
        return signs(self._lines(message, "")[0], (), (), frozenset(), Kind.OTHER, near=False)

    def pair_signs(self, message: Message) -> frozenset[str]:
        """Of the signs of a mail those that tell what it speaks of together; no rule has a part in them."""
        lines, _, _ = self._lines(message, "")
        return frozenset(name for name, _ in of_pairs(lines, spoken_of(lines)))

    def _strongest(self, message: Message, vendor_id: str, *, by_owner: bool) -> tuple[Read, list[Match], Signs]:
        """A mail as its strongest statement has it, what matched for kinds, and its signs where it is to be weighed."""
        lines, language, left = self._lines(message, vendor_id)
        together = self.rules.together
        asked = together.quoted_request if self._quotes_request(message) else ""
        written = together.by_owner if by_owner else ""
        if by_owner:  # who asks for the end asks: "could you take me off the list?"
            together = replace(together, askable=together.unguarded)
        matches = heard(all_matches(lines, together))
        kinds, raised = put_together(matches, together, (asked, written))
        if not by_owner and message.header("received"):  # of what is forwarded nobody knows who wrote it
            kinds = without_requests(kinds, lines)
        decision = decide(kinds, language, by_owner=by_owner)
        ends = raised.get(together.names_end, frozenset())
        goes_on = frozenset(chain.from_iterable(raised.get(topic, ()) for topic in together.goes_on))
        read = Read(decision, lines, frozenset(raised), ends, goes_on, left)
        if by_owner or not may_be_weighed(kinds, decision):
            return read, kinds, {}
        near = any(is_near(match, raised.keys()) for match in kinds)
        if not (near or _tells(lines, matches)):
            return read, kinds, {}
        return read, kinds, signs(lines, matches, kinds, raised.keys(), decision.kind, near=near)

    def hits(self, message: Message, code: str, vendor_id: str = "") -> tuple[Hit, ...]:
        """Every hit in a mail that is known to be in one language."""
        lines, _, _ = self._lines(message, vendor_id, code)
        return tuple(match.hit for match in put_together(heard(all_matches(lines, Together())), Together())[0])

    def _quotes_request(self, message: Message) -> bool:
        """Whether the mail answers a request that it quotes: then what it says is about that."""
        quoted, _, _ = self._lines(message, "", voices=(Voice.QUOTED,), most=_MOST_QUOTED)
        return any(
            m.rule.kind is Kind.REQUEST and not m.hit.off for line in quoted for m in matches_of(line, Together())
        )

    def _lines(
        self,
        message: Message,
        vendor_id: str,
        code: str = "",
        voices: tuple[Voice, ...] = (Voice.OWN,),
        most: int = _MOST_STATEMENTS,
    ) -> tuple[tuple[Line, ...], str, int]:
        """The statements looked at, the language of the mail, and how many more there are."""
        said = [(i, s) for i, s in enumerate(message.statements) if s.voice in voices]
        own = [said[place] for place in readable([s for _, s in said], most)]
        different = {text: cut(text[:_LONGEST]) for text in dict.fromkeys(s.text for _, s in own)}
        cuts = [different[s.text] for _, s in own]
        codes = (code,) * len(own) if code else tongue.of_statements(cuts, self.tongues)
        lines = []
        looked: dict[tuple[str, str], Looked] = {}  # mails that sell repeat themselves
        for (index, statement), spoken in zip(own, codes, strict=True):
            if spoken:
                reader, key = self.reader(spoken, vendor_id), (spoken, statement.text)
                if key not in looked:
                    looked[key] = reader.look(reader.cut(statement.text[:_LONGEST]))
                lines.append(Line(index, statement, reader, looked[key]))
        return tuple(lines), tongue.of_mail(codes, cuts), len(said) - len(own)


def _tells(lines: Sequence[Line], matches: Sequence[Match]) -> bool:
    """Whether a mail that no rule comes near is to be weighed: it names a contract, and something in it tells."""
    if silenced_by(matches) or not any(line.reader.notion(line.looked, "contract") for line in lines):
        return False
    return any(line.reader.tells(line.looked) for line in lines)
