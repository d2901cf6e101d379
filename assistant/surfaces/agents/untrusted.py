"""Text that other people wrote, on its way to a model: one line, bounded, nothing in it unseen. Pure."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 120
"""Characters of a title, a brand, a label."""
LONGEST_TEXT = 1_000
"""Characters of a description or a review."""
LONGEST_SPEECH = 600
"""Characters that can be read out in one breath, more or less."""
CUT = "…"


def clean(text: str, most: int = LONGEST_NAME) -> str:
    """One line of at most so many characters, without any that are not seen.

    What is not seen is Unicode's category C: controls, marks of direction, zero-width and tag characters, in which
    instructions can be hidden from people.
    """
    seen = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_seen(char))
    line = " ".join(seen.split())
    return line if len(line) <= most else line[: most - 1] + CUT


def _is_seen(char: str) -> bool:
    return not unicodedata.category(char).startswith("C")
