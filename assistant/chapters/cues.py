"""Words of customers that mean something here and that the understanding has no slot for; each language has its own."""

from __future__ import annotations

import re
from typing import Literal

from assistant.phrases.book import read_phrases
from assistant.scene import Scene
from nlu.types import HeardLine

CUE = "cue."
"""Phrases under this key are words of customers: the cue stands behind the dot. "^" before one: it begins the text."""
ASKS = "asks."
"""The same for what they ask about a product; here a word counts with whatever ending."""

WORDS = re.compile(r"[\w']+")
APOSTROPHE = "\u2019"


def cue(scene: Scene, name: str) -> bool:
    """Whether one of the cue's words was said."""
    said = plain(scene.heard.text)
    words = read_phrases(scene.session.language).get(CUE + name, ())
    return any(said.startswith(f" {word[1:]} ") if word[0] == "^" else f" {word} " in said for word in words)


def denied(scene: Scene, place: int, name: Literal["without", "none"] = "without") -> bool:
    """Whether a cue's words stand right before this place: "not the eggs"; "no sugar", but not "no, sugar"."""
    text, words = scene.heard.text[:place], read_phrases(scene.session.language).get(CUE + name, ())
    return text.rstrip()[-1:] not in (",", ".") and any(plain(text).endswith(f" {word} ") for word in words)


def unwanted(scene: Scene, line: HeardLine) -> bool:
    """Whether a line names what is not wanted, the "not" before it or among its words."""
    said, words = plain(line.said), read_phrases(scene.session.language).get(f"{CUE}without", ())
    return denied(scene, line.span[0]) or any(said.startswith(f" {word} ") for word in words)


def said_just(scene: Scene, name: str) -> bool:
    """Whether the cue's words are all that was said."""
    return is_cue(scene, name, scene.heard.text)


def is_cue(scene: Scene, name: str, words: str) -> bool:
    """Whether these words are the cue's."""
    return plain(words).strip() in read_phrases(scene.session.language).get(CUE + name, ())


def asked_about(scene: Scene) -> str:
    """The attribute, 'price', 'rating' or 'reviews' that the words stand for; empty where they name none."""
    said = plain(scene.heard.text)
    for key, words in read_phrases(scene.session.language).items():
        if key.startswith(ASKS) and any(f" {word}" in said for word in words):
            return key.removeprefix(ASKS)
    return ""


def plain(text: str) -> str:
    """The words in lower case between single spaces, without punctuation."""
    return f" {' '.join(WORDS.findall(text.casefold().replace(APOSTROPHE, chr(39))))} "
