"""A wake phrase, looked for in what the recogniser wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_WORD = re.compile(r"\w+")
_LONGER = 0.1
"""How much more alike one word more has to make it: the next word belongs to the request."""


@dataclass(frozen=True, slots=True)
class WakePhrase:
    """The words that wake, at the beginning of what is said.

    A recogniser that does not know the name writes it as words it knows ("handler", "Hannah"), so that the letters are
    compared, not the words: all of them run together, by the longest common blocks (difflib's ratio).
    """

    phrase: str = "hey Handla"
    likeness: float = 0.8
    """0..1; from which the beginning counts as the phrase."""

    def __post_init__(self) -> None:
        if len(self._letters(self.phrase)) < 4:
            raise ValueError(
                f"wake phrase {self.phrase!r}: give at least four letters, so that it is not said by chance"
            )

    def rest(self, text: str) -> str | None:
        """What follows the phrase, perhaps nothing; None where `text` does not begin with it."""
        wanted = self._letters(self.phrase)
        words = list(_WORD.finditer(text))
        most = len(_WORD.findall(self.phrase)) + 1
        best, end = 0.0, 0
        for count in range(1, min(most, len(words)) + 1):
            begun = self._letters(text[: words[count - 1].end()])
            alike = SequenceMatcher(None, wanted, begun, autojunk=False).ratio()
            if begun[0] == wanted[0] and alike > best + _LONGER:
                best, end = alike, words[count - 1].end()
        return text[end:].lstrip(" ,.!?;:-") if best >= self.likeness else None

    def hints(self) -> tuple[str, ...]:
        """What tells the recogniser that the phrase is likely."""
        return (f"{self.phrase[0].upper()}{self.phrase[1:]}.",)

    @staticmethod
    def _letters(text: str) -> str:
        return "".join(_WORD.findall(text.lower()))
