"""What the domain says in English, said in the language of the page.

The words of an error or of a case's evidence are one for the API, the log and the record, and those are
English. Owns how such a sentence is told again for people who read another language: by its pattern, what
varies in it kept as it came. A sentence that no pattern knows is shown as it is.
"""

import re
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext

from topup import people
from topup.console import columns, sentences, words

PLACE = re.compile(r"%\((\w+)\)s")
SAID_INSIDE: Final = frozenset({"reason", "finding"})
"""Names of what is itself a sentence."""
STATES: Final = frozenset({"state", "said"})
"""Names of what is the state of a recharge."""
PATTERNS: Final = {"number": r"\d+", "place": r"[\w.$\[\]-]*[\w\]]"}
"""How what has a name like these is written; anything else is whatever stands there."""
FIGURE = re.compile(r"\d[\d,]*")
PARTS = re.compile(r", (?=(?:reference|operator's reference|number|amount|time|delivered) )")
AT_A_PATH = re.compile(r"(.*) - at `\$?\.?(.*)`", re.DOTALL)
MAX_DEPTH: Final = 4
"""Sentences within sentences; ours have three."""


def retold(text: str) -> str:
    """The sentence in the page's language."""
    if columns.language() != people.PERSIAN:
        return text
    return told(text) or columns.called(text)


def told(text: str, depth: int = 0) -> str | None:
    """The sentence by its pattern; None where none knows it."""
    if depth > MAX_DEPTH:
        return None
    for template, pattern in (*_all(), _compiled(sentences.PLACED)):
        found = pattern.fullmatch(text)
        if found is not None:
            values = {name: _value(name, value, depth) for name, value in found.groupdict().items()}
            return gettext(template) % values
    return _at_a_path(text, depth)


@lru_cache
def _all() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The patterns, those with the most words of their own first."""
    longest = sorted(sentences.SENTENCES, key=lambda each: -len(PLACE.sub("", each)))
    return tuple(map(_compiled, longest))


@lru_cache
def _compiled(template: str) -> tuple[str, re.Pattern[str]]:
    parts = PLACE.split(template)
    written = (
        f"(?P<{part}>{PATTERNS.get(part, '.+?')})" if place % 2 else re.escape(part)
        for place, part in enumerate(parts)
    )
    return template, re.compile("".join(written), re.DOTALL | re.IGNORECASE)


def _value(name: str, value: str, depth: int) -> str:
    if name == "told":
        return _parts(value, depth)
    if name in SAID_INSIDE:
        return told(value, depth + 1) or columns.called(value)
    states = words.RECHARGE_STATES | words.VERDICTS
    if name in STATES and value in states:
        return str(states[value])
    if name != "id" and FIGURE.fullmatch(value):
        return people.digits(value, columns.language())
    return columns.called(value)


def _at_a_path(text: str, depth: int) -> str | None:
    """What msgspec says of a part: the part goes first, as in our own sentences."""
    found = AT_A_PATH.fullmatch(text)
    return None if found is None else told(f"{found[2]}: {found[1]}", depth + 1)


def _parts(text: str, depth: int) -> str:
    """What a line of a settlement file says, one thing after the other."""
    return "، ".join(told(part, depth + 1) or columns.called(part) for part in PARTS.split(text))
