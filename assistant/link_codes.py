"""Codes by which a customer of a shop without sign-in proves once who they are. Pure; it keeps no code."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

LASTS = timedelta(minutes=15)
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Without letters and figures that are taken for each other."""
LENGTH = 8
"""31 to the power of 8 is 8.5e11: with five tries an hour from one address nobody guesses one in its 15 minutes."""


def new_code() -> str:
    """A code as it is given out: two groups of four."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{drawn[:4]}-{drawn[4:]}"


def hashed_code(said: str) -> str:
    """What is kept of a code, however it is written.

    scrypt (RFC 7914) with N = 2^14, r = 8, p = 1, some tens of milliseconds: it is short enough to be tried out by who
    gets hold of its hash. The salt is the same for all, because a code is looked up by its hash.
    """
    plain = "".join(said.split()).replace("-", "").upper()
    return hashlib.scrypt(plain.encode(), salt=b"handla link code", n=2**14, r=8, p=1, dklen=32).hex()
