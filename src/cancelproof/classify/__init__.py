"""Which kind a mail is, and why: what does it assert as fact about the owner's contract?

Rules match statements, not mails. A guard in the same clause (negation, condition, question, …) turns a match off; the
strongest kind that is asserted wins (the handbook's order); everything that matched is kept for the explanation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cancelproof.classify import tongue
from cancelproof.classify.matcher import Found, Looked
from cancelproof.classify.reader import Reader
from cancelproof.model import Decision, Hit, Kind, Manner, Message, Place, Statement, Voice
from cancelproof.rules.values import Guard, Rule, Rules, Saying, Together
from cancelproof.words import Words, cut

__all__ = ["Classifier", "Read"]

_QUOTED = re.compile('«[^»]{1,300}»|“[^”]{1,300}”|„[^“”]{1,300}[“”]|"[^"]{1,300}"|「[^」]{1,300}」')
# What a vendor writes about a contract is short; a mail made to keep the program busy is read as far as this.
_MOST_STATEMENTS = 600
_MOST_QUOTED = 30  # a request is short
_LONGEST = 4000  # characters of a statement
_FEWEST_AROUND = 3  # words; fewer only introduce what is quoted
_STRONG, _WEAK = 3, 4  # tiers of what topics say together: as near as a statement of a language, or behind it
_QUESTIONS = ("?", "？", ";?")


@dataclass(frozen=True, slots=True)
class Line:
    """A statement looked at in its language."""

    index: int
    statement: Statement
    reader: Reader
    looked: Looked


@dataclass(frozen=True, slots=True)
class Read:
    """What `classify` hands to `extract`: the decision, and the statements as they were looked at."""

    decision: Decision
    lines: tuple[Line, ...]
    topics: frozenset[str] = frozenset()
    ends: frozenset[int] = frozenset()  # the statements that name the day of the end


@dataclass(frozen=True, slots=True)
class _Match:
    rule: Rule
    tier: int
    hit: Hit


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
        lines, language = self._lines(message, vendor_id)
        asked = self.rules.together.quoted_request if self._quotes_request(message) else ""
        together = self.rules.together
        if by_owner:  # who asks for the end asks: "could you take me off the list?"
            together = replace(together, askable=together.unguarded)
        kinds, raised = _matched(lines, together, asked)
        ends = raised.get(self.rules.together.names_end, frozenset())
        return Read(_decide(kinds, language, by_owner=by_owner), lines, frozenset(raised), ends)

    def hits(self, message: Message, code: str, vendor_id: str = "") -> tuple[Hit, ...]:
        """Every hit in a mail that is known to be in one language."""
        lines, _ = self._lines(message, vendor_id, code)
        return tuple(match.hit for match in _matched(lines, Together())[0])

    def _quotes_request(self, message: Message) -> bool:
        """Whether the mail answers a request that it quotes: then what it says is about that."""
        quoted, _ = self._lines(message, "", voices=(Voice.QUOTED,), most=_MOST_QUOTED)
        return any(
            m.rule.kind is Kind.REQUEST and not m.hit.guard for line in quoted for m in _matches(line, Together())
        )

    def _lines(
        self,
        message: Message,
        vendor_id: str,
        code: str = "",
        voices: tuple[Voice, ...] = (Voice.OWN,),
        most: int = _MOST_STATEMENTS,
    ) -> tuple[tuple[Line, ...], str]:
        own = [(i, s) for i, s in enumerate(message.statements) if s.voice in voices][:most]
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
        return tuple(lines), tongue.of_mail(codes, cuts)


# ---------------------------------------------------------------- one statement


def _matches(line: Line, together: Together) -> list[_Match]:
    found = list(line.reader.rules(line.looked))
    if not found:
        return []
    guards = line.reader.guards(line.looked)
    matches: dict[str, _Match] = {}
    for rule, tier, where in found:
        known = matches.get(rule.id)
        if _stands(rule, line) and (known is None or known.hit.guard):
            match = _Match(rule, tier, _hit(line, rule, where, guards, together))
            if known is None or not match.hit.guard:
                matches[rule.id] = match
    return list(matches.values())


def _stands(rule: Rule, line: Line) -> bool:
    return not rule.where or line.statement.place in rule.where


def _hit(line: Line, rule: Rule, found: Found, guards: Sequence[tuple[Guard, int, int]], together: Together) -> Hit:
    return Hit(
        rule=rule.id,
        kind=rule.kind or Kind.OTHER,
        statement=line.index,
        words=line.looked.words.between(found.first, found.last),
        guard=_unsaid(line, rule, found, together)
        or ("" if rule.topic in together.unguarded else _guard(line, rule, found, guards)),
        firm=rule.firm,
        experimental=rule.experimental,
    )


def _unsaid(line: Line, rule: Rule, found: Found, together: Together) -> str:
    """What turns a match off that is not said: a link is an instruction, a reply's subject is an earlier mail's."""
    words, manner = line.looked.words, line.statement.manner
    if manner is Manner.LINK and (rule.topic or str(rule.kind)) in together.not_by_link:
        return "link"
    if manner is Manner.REPLY and rule.kind:
        return "reply"
    askable = "question" in rule.despite or rule.topic in together.askable
    if not askable and words.text.rstrip(" )»”\"'").endswith(_QUESTIONS):
        return "question"
    return "quoted" if _is_quoted(words, found) else ""


def _guard(line: Line, rule: Rule, found: Found, guards: Sequence[tuple[Guard, int, int]]) -> str:
    """The name of the first guard that turns the match off, or ""."""
    words = line.looked.words
    clauses = range(words.clauses[found.first], words.clauses[found.last - 1] + 1)
    for guard, first, last in guards:
        if guard.name in rule.despite or _in_a_date(line, first, last) or (rule.topic and not guard.topics):
            continue
        if (guard.sentence_wide and rule.sentence_wide) or words.clauses[first] in clauses:
            return guard.name
    return ""


def _is_quoted(words: Words, found: Found) -> bool:
    """Whether the match stands between quotation marks while the sentence says something of its own around them."""
    start, end = words.starts[found.first], words.ends[found.last - 1]
    for quote in _QUOTED.finditer(words.text):
        inside = quote.start() <= start and end <= quote.end()
        around = sum(1 for place in words.starts if not quote.start() <= place < quote.end())
        if inside and around >= _FEWEST_AROUND:
            return True
    return False


def _in_a_date(line: Line, first: int, last: int) -> bool:
    """Whether a guard's words are part of a date: May is a month before it is a verb."""
    dates = line.looked.mentions["date"].items()
    return any(a <= first and last <= max(ends) for a, ends in dates)


# ---------------------------------------------------------------- the whole mail


def _matched(
    lines: Sequence[Line], together: Together, asked: str = ""
) -> tuple[list[_Match], dict[str, frozenset[int]]]:
    """What the rules for kinds match in a mail, and where it raises which topics; `asked` is what its quotes raise."""
    matches = _without_denied(_all_matches(lines, together))
    raised = [m for m in matches if m.rule.topic and not m.hit.guard]
    where: dict[str, frozenset[int]] = {asked: frozenset()} if asked else {}
    for m in raised:
        where[m.rule.topic] = where.get(m.rule.topic, frozenset()) | {m.hit.statement}
    topics = frozenset(where)
    silence = min((m.rule.topic for m in raised if m.rule.silences), default="")
    kinds = [m for m in matches if m.rule.kind] + _said_together(raised, topics, together.sayings)
    return [_with_topics(m, topics, silence, together.never) for m in kinds], where


def _all_matches(lines: Sequence[Line], together: Together) -> list[_Match]:
    """What matches in each line; what is said again in the same place and manner matches the same."""
    known: dict[tuple[int, Place, Manner], list[_Match]] = {}
    matches: list[_Match] = []
    for line in lines:
        key = (id(line.looked), line.statement.place, line.statement.manner)
        if key not in known:
            known[key] = _matches(line, together)
        matches += (replace(match, hit=replace(match.hit, statement=line.index)) for match in known[key])
    return matches


def _without_denied(matches: Sequence[_Match]) -> list[_Match]:
    """A rule of kind `other` says that its sentence asserts nothing: what else matches there is turned off.

    But for what a nearer rule file says.
    """
    denied = {m.hit.statement: m for m in reversed(matches) if m.rule.kind is Kind.OTHER and not m.hit.guard}

    def heard(match: _Match) -> _Match:
        by = denied.get(match.hit.statement)
        if by is None or match.rule.kind is Kind.OTHER or match.hit.guard or match.tier < by.tier:
            return match
        return replace(match, hit=replace(match.hit, guard=f"other by {by.rule.id}"))

    return [heard(match) for match in matches]


def _said_together(raised: Sequence[_Match], topics: frozenset[str], sayings: Sequence[Saying]) -> list[_Match]:
    """What topics assert that are raised together: shown by the statement that raised the first of them."""
    found = []
    for saying in sayings:
        if topics.issuperset(saying.every) and topics.isdisjoint(saying.unless):
            shown = max((m for m in raised if m.rule.topic == saying.every[0]), key=lambda m: m.hit.statement > 0)
            rule = Rule(id=saying.id, kind=saying.kind, patterns=())
            hit = replace(shown.hit, rule=saying.id, kind=saying.kind, firm=True, experimental=True)
            found.append(_Match(rule, _STRONG if saying.strong else _WEAK, hit))
    return found


def _with_topics(match: _Match, topics: frozenset[str], silence: str, never: Mapping[str, frozenset[str]]) -> _Match:
    """A rule that needs a topic which the mail does not raise, or must not raise, is turned off."""
    if match.hit.guard:
        return match
    if silence:
        return replace(match, hit=replace(match.hit, guard=f"silenced by {silence}"))
    if match.rule.needs and not topics.intersection(match.rule.needs):
        return replace(match, hit=replace(match.hit, guard=f"needs {' or '.join(match.rule.needs)}"))
    if against := topics.intersection((*match.rule.unless, *never.get(match.hit.kind, ()))):
        return replace(match, hit=replace(match.hit, guard=f"unless {min(against)}"))
    return match


def _decide(matches: Sequence[_Match], language: str, *, by_owner: bool) -> Decision:
    hits = tuple(match.hit for match in matches)
    asserted = [match for match in matches if not match.hit.guard and match.hit.kind is not Kind.OTHER]
    if by_owner:
        asserted = [match for match in asserted if match.hit.kind is Kind.REQUEST]
    best = min(asserted, key=_rank, default=None)
    if best is None:
        why = "no statement asserts anything about a contract" + (" unguarded" if hits else "")
        return Decision(kind=Kind.OTHER, language=language, hits=hits, why=why)
    others = sorted({m.hit.kind for m in asserted} - {best.hit.kind}, key=list(Kind).index)
    why = f"{best.hit.kind} is asserted" + (f"; it is stronger than {', '.join(others)}" if others else "")
    return Decision(kind=best.hit.kind, language=language, hit=best.hit, hits=hits, why=why)


def _rank(match: _Match) -> tuple[bool, int, int, bool, int]:
    """Firm before hinting, the nearer rule file first, then strength; the body explains better than the subject."""
    hit = match.hit
    return (not hit.firm, match.tier, list(Kind).index(hit.kind), hit.statement == 0, hit.statement)
