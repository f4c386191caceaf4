"""The rules of the project, and small rules made of text, for tests of the stages that read by them."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from cancelproof import rulebook
from cancelproof.classify import Classifier
from cancelproof.rules import Rules, load, parse

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
    return load((RULES,))


@lru_cache(maxsize=1)
def compiled_rules() -> Rules:
    """The same in compiled form, kept from one run of the tests to the next: without the files as read."""
    return rulebook.load((RULES,), Path(os.environ["XDG_CACHE_HOME"]))


@lru_cache(maxsize=1)
def project_classifier() -> Classifier:
    return Classifier(compiled_rules())


def small(text: str = SMALL, **files: str) -> Rules:
    """The rules of one language given as text; every fault fails the test."""
    rules, faults = parse({"lang/en.yaml": text, "currencies.yaml": "currencies: {USD: [$]}", **files})
    assert not faults, faults
    return rules
