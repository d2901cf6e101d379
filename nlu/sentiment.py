"""How a customer feels, from the words."""

from __future__ import annotations

from nlu.heard import Heard
from nlu.language import Language
from nlu.meanings import load_meanings, phrases_in
from nlu.types import Sentiment

PLAIN = 0.4
"""A feeling weaker than this is none."""
NEAR = 2
"""How many words a denial may stand before a feeling."""
SHOUTED = 0.15
"""What capitals or several exclamation marks add to words of feeling."""


def read_sentiment(heard: Heard, language: Language) -> tuple[Sentiment, float]:
    """'frustrated', 'neutral' or 'pleased' with how plainly the words show it, 0..1 (0 where neutral).

    Each word of feeling counts with its weight, 1 minus the product of what is left; "not happy" counts as frustrated,
    "not bad" as nothing.
    """
    meanings = load_meanings(language.code)
    words = range(len(heard.words))
    unfelt = {at for first, last, _ in phrases_in(heard, words, meanings.unfelt) for at in range(first, last)}
    calm = {"frustrated": 1.0, "pleased": 1.0}
    for first, last, value in phrases_in(heard, words, meanings.feelings):
        if unfelt & set(range(first, last)):
            continue
        name, weight = value.split(":")
        denied = any(heard.words[at].norm in meanings.denials for at in range(max(0, first - NEAR), first))
        if denied and name == "frustrated":
            continue
        calm["frustrated" if denied else name] *= 1 - float(weight)
    score = {name: 1 - left for name, left in calm.items()}
    if max(score.values()) > 0 and _shouted(heard.text):
        score = {name: min(1.0, value + SHOUTED) if value else 0.0 for name, value in score.items()}
    if score["frustrated"] >= max(PLAIN, score["pleased"]):
        return "frustrated", round(score["frustrated"], 3)
    if score["pleased"] >= PLAIN and score["pleased"] > score["frustrated"]:
        return "pleased", round(score["pleased"], 3)
    return "neutral", 0.0


def read_haste(heard: Heard, language: Language) -> bool:
    """Whether the words say that there is no time."""
    return any(phrases_in(heard, range(len(heard.words)), load_meanings(language.code).haste))


def _shouted(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    return text.count("!") > 1 or (len(letters) >= 8 and capitals > 0.7 * len(letters))
