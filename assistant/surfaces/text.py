"""What is typed: words that nobody had to hear."""

from __future__ import annotations

from voice.types import Transcript

LONGEST_TEXT = 2_000
"""Characters of one turn."""


def printable(name: str) -> str:
    """The name itself. Raises ValueError where it holds control characters or halves of characters."""
    if not name.isprintable():
        raise ValueError("give printable characters only")
    return name


def typed(text: str, language: str) -> Transcript:
    """Typed words are heard as they are, but for what is no text at all (halves of characters)."""
    return Transcript(text.encode("utf-8", "ignore").decode(), language, 1.0)
