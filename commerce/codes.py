"""Codes for buying by voice: which are good enough, and how long wrong ones lock them. Pure; it keeps no code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from commerce.types import Money

TRIES = 3
"""Wrong codes in a row until it is locked, and again until it is locked for longer."""
FIRST_LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(days=1)

VoiceRule = Literal["free", "code", "too_much"]
"""Whether an order may be bought by voice: as it is, with the code, or not at all."""
WeakCode = Literal["not_digits", "too_short", "too_long", "too_simple"]


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What came of trying a code."""

    outcome: Literal["right", "wrong", "locked"]
    left: int = 0
    """Tries left before it is locked, for 'wrong'."""
    until: datetime | None = None
    """UTC, for 'locked': until then not even the right code is taken."""


def plain(code: str) -> str:
    """The code without the spaces and hyphens people put between digits."""
    return code.replace(" ", "").replace("-", "").strip()


def weakness(code: str) -> WeakCode | None:
    """What is wrong with a plain code; None where it is good enough."""
    if not (code.isascii() and code.isdigit()):
        return "not_digits"
    if not 4 <= len(code) <= 8:
        return "too_short" if len(code) < 4 else "too_long"
    steps = {int(after) - int(before) for before, after in pairwise(code)}
    return "too_simple" if steps in ({0}, {1}, {-1}) else None


def rule(has_code: bool, limit: Money | None, total: Money) -> VoiceRule:
    """Raises ValueError where limit and total are of two currencies."""
    if limit is not None and not limit < total:
        return "free"
    if has_code:
        return "code"
    return "free" if limit is None else "too_much"


def lock_after(wrong: int) -> timedelta | None:
    """How long the code is locked after so many wrong ones in a row: after every third, each time twice as long."""
    rounds, rest = divmod(wrong, TRIES)
    if rest or rounds == 0:
        return None
    doubled: int = 2 ** min(rounds - 1, 20)
    return min(LONGEST_LOCK, FIRST_LOCK * doubled)


def tries_left(wrong: int) -> int:
    return TRIES - wrong % TRIES
