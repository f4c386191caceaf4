"""The fixed words: kinds of mail, statuses of a case, grades, the ladder of authenticity, next steps."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a mail asserts, strongest first (but for `request`, which is decided by who wrote it)."""

    REFUSAL = "refusal"
    REACTIVATION = "reactivation"
    CLOSURE = "closure"
    ACKNOWLEDGEMENT = "acknowledgement"
    REQUEST = "request"
    PAYMENT_FAILED = "payment_failed"
    REFUND = "refund"
    RECEIPT = "receipt"
    RENEWAL = "renewal"
    DATA_EXPORT = "data_export"
    RETENTION = "retention"
    OTHER = "other"


class Channel(StrEnum):
    """How the owner asked for an end; the days of the law differ by it."""

    WEB = "web"
    APP = "app"
    MAIL = "mail"
    LETTER = "letter"
    FAX = "fax"
    PHONE = "phone"
    CHAT = "chat"
    SHOP = "shop"


#: What a law on buttons and forms of a page speaks of, and what goes by post or as a copy of a letter.
ONLINE = frozenset({Channel.WEB, Channel.APP})
WRITTEN = frozenset({Channel.LETTER, Channel.FAX})


class Status(StrEnum):
    """Where a case stands on a day."""

    RUNNING = "running"
    STOPPED_SILENTLY = "stopped_silently"
    AWAITING_PROOF = "awaiting_proof"
    REFUSED = "refused"
    ENDING = "ending"
    PROVEN = "proven"
    CHARGED_AFTER_END = "charged_after_end"
    RESUMED = "resumed"


#: The statuses that answer the digest's question: which cancellations still lack written proof?
LACKING_PROOF = frozenset({Status.AWAITING_PROOF, Status.REFUSED, Status.STOPPED_SILENTLY})


class Grade(StrEnum):
    """How strong a proof is; X is contradicted or forged (docs/proof.md)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    X = "X"


class Authenticity(StrEnum):
    """The ladder of who really sent a mail."""

    VERIFIED = "verified"
    ATTESTED = "attested"
    NOT_CHECKABLE = "not_checkable"
    UNAUTHENTICATED = "unauthenticated"
    SUSPECT = "suspect"

    @property
    def authentic(self) -> bool | None:
        """True, False (forged) or None (nothing speaks for or against)."""
        if self in (Authenticity.VERIFIED, Authenticity.ATTESTED):
            return True
        return False if self is Authenticity.SUSPECT else None


class Place(StrEnum):
    """Where in a mail a statement stands."""

    SUBJECT = "subject"
    BODY = "body"
    LETTER = "letter"  # the text of an attached document, which counts as the mail's own words


class Voice(StrEnum):
    """Whose words a statement is: the writer's own, or quoted from an earlier mail."""

    OWN = "own"
    QUOTED = "quoted"


class Manner(StrEnum):
    """How a statement is said beside its words."""

    PLAIN = "plain"
    LINK = "link"  # the whole text of a link or button: an instruction, in whose name soever
    REPLY = "reply"  # a subject that repeats the one of the mail which this one answers or forwards


class Step(StrEnum):
    """What the owner should do next about a case; the words for it are `report`'s."""

    NONE = "none"
    WAIT_FOR_PROOF = "wait_for_proof"  # asked lately; a confirmation may still come
    ASK_FOR_PROOF = "ask_for_proof"
    ASK_AGAIN_WEAK_PROOF = "ask_again_weak_proof"  # a closure that nothing authenticates
    ANSWER_REFUSAL = "answer_refusal"
    DISPUTE_CHARGE = "dispute_charge"
    WATCH_BILLING = "watch_billing"  # ended lately: see that no bill follows
    FIND_OUT = "find_out"  # the bills stopped and nobody said why
    SAVE_DATA = "save_data"  # confirmed, and the end is still to come
    ASK_RENEWAL = "ask_renewal"  # confirmed, and yet a renewal is announced
    DECIDE = "decide"  # it runs, and a day comes until which it can be cancelled


class Act(StrEnum):
    """What the owner ruled about cases."""

    MERGE = "merge"  # they are one contract
    SPLIT = "split"  # these mails are a contract of their own
    CLOSE = "close"  # nothing more is to be done
    REOPEN = "reopen"
    NOTE = "note"  # names and days that no mail tells


class Due(StrEnum):
    """What a day in a case's calendar is about."""

    CHASE = "chase"  # ask for written confirmation
    CHASE_AGAIN = "chase_again"
    FORMAL_LETTER = "formal_letter"
    ANSWER = "answer"  # answer a refusal
    ASK_BACK = "ask_back"  # ask for what was charged after the end, now that no usual right puts it off
    DISPUTE = "dispute"  # a right to dispute a charge comes near its end
    CANCEL_BY = "cancel_by"  # the last day on which a running contract can be cancelled before it goes on
    RENEWAL = "renewal"  # it renews, or is charged
    COMMITMENT = "commitment"  # the minimum term ends
    SAVE_DATA = "save_data"  # the end comes: what is wanted must be saved before
    WATCH = "watch"  # until then bills are watched
