"""What Handla says word for word to everybody."""

from __future__ import annotations

from assistant.phrases.book import read_phrases
from voice.clauses import sentences


def prepared(language: str) -> list[str]:
    """The sentences of the language pack, as they are spoken, that nothing is filled into. Raises BadPhrases."""
    phrases = read_phrases(language)
    spoken = (phrases.get(f"{key}.speech", variants) for key, variants in phrases.items())
    found = (sentence for variants in spoken for variant in variants for sentence in sentences(variant))
    return sorted({sentence for sentence in found if "{" not in sentence and sentence.endswith((".", "?", "!"))})
