"""Is a recogniser's text plausible? Pure checks on words; no sound, no model."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Sequence

_DRAWN_OUT = re.compile(r"([^\W\d_])\1{3}")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words(text: str) -> list[str]:
    """Lower-case words without punctuation; a hyphen separates."""
    return _WORD.findall(text.lower())


def is_loop(text: str, most_compression: float = 4.0) -> bool:
    """Whether the text says the same over and over, as a recogniser does when it is stuck.

    True when a letter stands four times in a row, one to three words five times, four to twelve words four times, or
    when the text compresses by more than `most_compression` (zlib). That ratio as a sign of loops is from Radford et
    al., Robust Speech Recognition via Large-Scale Weak Supervision, 2022; their limit of 2.4 refuses a spoken list of a
    dozen sentences that differ in one word (3.3), so ours is higher.
    """
    raw = text.encode()
    if raw and len(raw) / len(zlib.compress(raw)) > most_compression:
        return True
    if _DRAWN_OUT.search(text):
        return True
    said = words(text)
    return any(_repeats(said, size, 5 if size < 4 else 4) for size in range(1, 13))


def is_said_twice(text: str) -> bool:
    """Whether the text is three words or more and then the same again: on a short window a sign of a stuck decoder."""
    said = words(text)
    half = len(said) // 2
    return half >= 3 and said[:half] == said[half : 2 * half] and len(said) == 2 * half


def said_once(text: str, least: int = 3, shortest: int = 3) -> str | None:
    """What the text says over and over, once; None where it does not say the same `least` times and nothing else.

    The last time may break off, as where a stuck decoder was stopped. What is shorter than `shortest` words does not
    count: "no no no" may have been made of any sound.
    """
    found = list(_WORD.finditer(text))
    said = [word.group().lower() for word in found]
    for size in range(shortest, len(said) // least + 1):
        if all(one == other for one, other in zip(said, said[size:], strict=False)):
            return text[: found[size].start()].strip()
    return None


def _repeats(said: list[str], size: int, times: int) -> bool:
    """Whether some `size` words stand `times` times in a row."""
    in_row = 0
    for one, other in zip(said, said[size:], strict=False):
        in_row = in_row + 1 if one == other else 0
        if in_row == size * (times - 1):
            return True
    return False


def hint_prompt(hints: Sequence[str], count: Callable[[str], int], most: int) -> str:
    """The hints as one text of at most `most` tokens as `count` counts them; '' for none.

    Sentences (they end in . ? or !) come first, each as it is; then the phrases as one list. Whole entries only: one
    that no longer fits is skipped, and a shorter one after it may still come. The sentences may take half of the
    tokens, and of the other half what the phrases leave. Repeats are left out. The full stop after the list matters:
    after an open list the recogniser takes the last phrase for the beginning of what is said and leaves it out.
    """
    once: dict[str, str] = {}
    for entry in (" ".join(hint.split()) for hint in hints):
        once.setdefault(entry.lower(), entry)
    sentences = [entry for entry in once.values() if entry.endswith((".", "?", "!"))]
    phrases = [entry for entry in once.values() if entry and not entry.endswith((".", "?", "!"))]
    listed = _fitting(phrases, _listed, count, most)
    room = max(most // 2, most - count(_listed(listed))) if listed else most
    opening = " ".join(_fitting(sentences, " ".join, count, room))
    if not opening:
        return _listed(listed)
    return f"{opening} {_listed(_fitting(phrases, lambda kept: f'{opening} {_listed(kept)}', count, most))}".strip()


def _fitting(
    entries: Iterable[str], joined: Callable[[Sequence[str]], str], count: Callable[[str], int], most: int
) -> list[str]:
    kept: list[str] = []
    for entry in entries:
        if count(joined([*kept, entry])) <= most:
            kept.append(entry)
    return kept


def _listed(phrases: Sequence[str]) -> str:
    return f"{', '.join(phrases)}." if phrases else ""
