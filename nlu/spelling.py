"""The forms of words: tokens opened into plain words, and words cut down to what names are compared by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlu.numbers import NumberWords

SHORTEST_PART = 3
"""Letters of a part of a compound."""
LONGEST_COMPOUND = 30


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one language writes its words together and bends them. Its tables are in words.yaml and names.yaml."""

    numbers: NumberWords
    contractions: Mapping[str, tuple[str, ...]]
    """ "i'd" -> i, would."""
    endings: tuple[tuple[re.Pattern[str], str], ...]
    """What is taken off a word; the first that fits."""
    translations: Mapping[str, str]
    """A word of this language, as it is and bent back -> the word that catalogues use: 'jackan', 'jack' -> 'jacket'."""
    catalogue: Mapping[str, str]
    """The catalogue's words, bent back in its own language, to themselves; empty where the languages are the same."""
    catalogue_endings: tuple[tuple[re.Pattern[str], str], ...]
    parts: frozenset[str]
    """Bent-back words that compounds are made of; empty for languages that write them apart."""
    unrelated: frozenset[str] = frozenset()
    """Words that only look like a form of a translated one: "borde" is no table."""
    link: str = ""
    """Letters between the parts of a compound."""
    _stems: dict[str, str] = field(default_factory=dict, repr=False)
    _spelled: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    @staticmethod
    def from_tables(words: Mapping[str, Any], names: Mapping[str, Any], numbers: NumberWords) -> Spelling:
        """`words` is words.yaml with contractions and plurals; `names` is names.yaml, its `plurals` the catalogue's."""
        endings = tuple((re.compile(entry["match"]), entry["replace"]) for entry in words["plurals"])
        theirs = tuple((re.compile(entry["match"]), entry["replace"]) for entry in names.get("plurals", ()))
        said = {str(form): str(label) for label, forms in names["words"].items() for form in forms}
        labels = {_bent_back(label, theirs) for label in said.values()}
        bare = {_bent_back(form, endings): label for form, label in said.items()}
        bare = {form: label for form, label in bare.items() if form not in labels or form == _bent_back(label, theirs)}
        compound = names.get("compounds", {})
        parts = [*said, *bare, *compound.get("parts", ())] if compound else []
        return Spelling(
            numbers=numbers,
            contractions={short: tuple(full.split()) for short, full in words["contractions"].items()},
            endings=endings,
            translations={**bare, **said},
            catalogue={stem: stem for stem in labels},
            catalogue_endings=theirs,
            parts=frozenset(part for part in parts if len(part) >= SHORTEST_PART - 1),
            unrelated=frozenset(names.get("unrelated", ())),
            link=compound.get("link", ""),
        )

    def spell(self, token: str) -> tuple[str, ...]:
        """A token in lower case as one or more plain words: "i'd" -> i, would; "vinterjacka" -> vinter, jacka."""
        known = self._spelled.get(token)
        if known is None:
            known = self.contractions.get(token) or self._number(token) or self._compound(token) or (token,)
            self._remember(self._spelled, token, known)
        return known

    def stem(self, word: str) -> str:
        """The form names are compared by: endings off, number words as digits, in the catalogue's language."""
        known = self._stems.get(word)
        if known is None:
            known = self._stem(word)
            self._remember(self._stems, word, known)
        return known

    def translate(self, word: str) -> str | None:
        """The word catalogues use for this one, where the language is not the catalogue's."""
        if word in self.unrelated:
            return None
        said = self.translations.get(word)
        if said or _bent_back(word, self.catalogue_endings) in self.catalogue:
            return said  # "blue" is the catalogue's own word, not a form of "blus"
        return self.translations.get(_bent_back(word, self.endings))

    def _stem(self, word: str) -> str:
        digits = self.numbers.simple.get(word)
        if digits is not None:
            return str(digits)
        if self.catalogue:
            said = self.translate(word)
            theirs = _bent_back(said or word, self.catalogue_endings)
            if said or theirs in self.catalogue:
                return theirs
        return _bent_back(word, self.endings)

    def _number(self, token: str) -> tuple[str, ...] | None:
        """ "tvåhundrafemtio" as två, hundra, femtio."""
        if token in self.numbers.simple or token in self.numbers.scales or not token.isalpha():
            return None
        parts: list[str] = []
        at = 0
        while at < len(token) and len(token) <= LONGEST_COMPOUND:
            part = next((word for word in self.numbers.longest_first if token.startswith(word, at)), None)
            if part is None:
                return None
            parts.append(part)
            at += len(part)
        return tuple(parts) if len(parts) > 1 and any(part in self.numbers.scales for part in parts) else None

    def _compound(self, token: str) -> tuple[str, ...] | None:
        """The two known parts of a compound, the later one as long as can be."""
        if not self.parts or len(token) > LONGEST_COMPOUND or self._part(token):
            return None
        for at in range(SHORTEST_PART, len(token) - SHORTEST_PART + 1):
            before, after = token[:at], token[at:]
            if not self._part(after):
                continue
            linked = self.link and before.endswith(self.link)
            if self._part(before) or (linked and self._part(before[: -len(self.link)])):
                return before if self._part(before) else before[: -len(self.link)], after
        return None

    def _part(self, word: str) -> bool:
        return len(word) >= SHORTEST_PART and (word in self.parts or _bent_back(word, self.endings) in self.parts)

    @staticmethod
    def _remember(memory: dict[str, Any], key: str, value: object) -> None:
        if len(memory) < 200_000:
            memory[key] = value


def _bent_back(word: str, endings: Sequence[tuple[re.Pattern[str], str]]) -> str:
    word = word.replace("'", "")
    for pattern, replacement in endings:
        shorter, changed = pattern.subn(replacement, word)
        if changed:
            return shorter
    return word
