"""Is a recogniser's text plausible? Pure checks on words; no sound, no model."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Sequence

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words(text: str) -> list[str]:
    """Lower-case words without punctuation; a hyphen separates."""
    return _WORD.findall(text.lower())


def is_loop(text: str, most_repeats: int = 4, most_compression: float = 2.4) -> bool:
    """Whether the text says the same over and over, as a recogniser does when it is stuck.

    True when a phrase of one to eight words stands more than `most_repeats` times in a row, or when the text
    compresses by more than `most_compression` (zlib; the measure and its limit are from Radford et al., Robust Speech
    Recognition via Large-Scale Weak Supervision, 2022).
    """
    raw = text.encode()
    if raw and len(raw) / len(zlib.compress(raw)) > most_compression:
        return True
    said = words(text)
    for size in range(1, 9):
        for start in range(len(said) - size * most_repeats):
            phrase = said[start : start + size]
            if all(said[start + size * n : start + size * (n + 1)] == phrase for n in range(1, most_repeats + 1)):
                return True
    return False


def only_hints(text: str, hints: Iterable[str]) -> bool:
    """Whether every word of `text` is a word of the hints; such a text may be an echo of the prompt."""
    hinted = {word for hint in hints for word in words(hint)}
    said = words(text)
    return bool(said) and all(word in hinted for word in said)


def hint_prompt(hints: Sequence[str], count: Callable[[str], int], most: int) -> str:
    """The first hints, joined by commas, that stay within `most` tokens as `count` counts them; '' for none.

    Whole phrases only; a phrase that no longer fits is skipped and a shorter one after it may still come. Repeats are
    left out.
    """
    kept: list[str] = []
    seen: set[str] = set()
    for hint in hints:
        phrase = " ".join(hint.split())
        if not phrase or phrase.lower() in seen:
            continue
        seen.add(phrase.lower())
        if count(", ".join([*kept, phrase])) <= most:
            kept.append(phrase)
    return ", ".join(kept)
