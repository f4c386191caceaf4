"""The rules of the project, and small rules made of text, for tests of the stages that read by them."""

from __future__ import annotations

import fcntl
import os
from copy import copy
from functools import lru_cache
from pathlib import Path

from cancelproof import rulebook
from cancelproof.classify import Classifier
from cancelproof.cli.common import unhurried
from cancelproof.rules import Rules, load, parse
from cancelproof.run import Mailroom
from cancelproof.settings import cache_folder, rules_folders

RULES = Path(__file__).parents[1] / "rules"

SMALL = """
language: en
name: small
common: the your a is was has been not if you can
conjunctions: but
endings: [s]
conjugation:
  "": {inf: "~", done: ~ed}
irregular:
  cancel: {inf: cancel, done: cancelled canceled}
things: {contract: [subscription, phone plan], order: [order]}
verbs: {end: [cancel, end, shut down]}
guards:
  negation: {words: [not, wasn't]}
  condition: {reach: sentence, words: [if]}
topics:
  goodbye: ["sorry to see you go"]
  press: {silences: yes, say: [newspaper]}
statements:
  closure:
    - id: ended
      say: ["<contract> & <end.done>"]
      examples: ["Your subscription has been cancelled."]
      silent: ["Your order was cancelled."]
    - id: dated
      say: ["<contract> ends {date}"]
      needs: [goodbye]
      reach: sentence
      silent: ["It ends."]
  receipt:
    - {id: paid, say: ["you paid {money}"], firm: no, examples: ["You paid $5"], silent: ["You paid."]}
dates:
  order: mdy
  months: [january, february, march, april, may, june, july, august, september, october, november, december]
"""


@lru_cache(maxsize=1)
def project_rules() -> Rules:
    """With the files as read: patterns, examples and silent lines."""
    with unhurried():
        return load((RULES,))


@lru_cache(maxsize=1)
def compiled_rules() -> Rules:
    """The same in compiled form, kept from one run of the tests to the next: without the files as read.

    Of several processes that run tests one compiles, and the others wait for it.
    """
    cache = cache_folder(os.environ)  # that of the program, so that those which tests start find it too
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock, unhurried():
        fcntl.flock(lock, fcntl.LOCK_EX)
        return rulebook.load(rules_folders(), cache)


@lru_cache(maxsize=1)
def project_classifier() -> Classifier:
    return Classifier(compiled_rules())


@lru_cache(maxsize=1)
def mailroom() -> Mailroom:
    """Reads mails by the rules of the project; made ready once for all tests, as one scan makes it for all mails."""
    return Mailroom(compiled_rules())


def mailroom_of(owner: frozenset[str]) -> Mailroom:
    """The same for a mailbox whose owner's addresses are known; nothing of what was made ready depends on them."""
    other = copy(mailroom())
    object.__setattr__(other, "owner", owner)
    return other


def small(text: str = SMALL, **files: str) -> Rules:
    """The rules of one language given as text; every fault fails the test."""
    rules, faults = parse({"lang/en.yaml": text, "currencies.yaml": "currencies: {USD: [$]}", **files})
    assert not faults, faults
    return rules
