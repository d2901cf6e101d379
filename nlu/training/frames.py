"""Sentences of the training corpus, sampled from the templates and word pools of nlu/training/<language>/*.yaml."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from nlu.templates import Sentence
from nlu.training.tags import TAG_OF

MOST_NESTED = 12
_VOWEL = re.compile(r"[aeiou]")
_DIGITS = re.compile(r"digits(\d)")
_SYLLABLES = tuple(consonant + vowel for consonant in "bdfgjklmnprstvz" for vowel in "aeiou")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled utterance."""

    words: tuple[str, ...]
    tags: tuple[str, ...]
    """'O', 'B-item', 'I-item' ... for each word; empty where only the intent is known."""
    intent: str
    asked: str
    """What the conversation asked; see nlu.types.Expectation.asked."""
    language: str

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Tables:
    """One language's templates and pools."""

    language: str
    pools: Mapping[str, tuple[Sentence, ...]]
    intents: Mapping[tuple[str, str], tuple[Sentence, ...]]
    """(intent, asked) -> sentences; asked is '' where it does not matter."""
    plurals: tuple[tuple[re.Pattern[str], str], ...]
    """Ending and its replacement, first match wins: the plural of the last word of a pool's entry."""


@cache
def load_tables(language: str) -> Tables:
    """Every table of nlu/training/<language>. Raises ValueError where there is none."""
    folder = files("nlu.training") / language
    if not folder.is_dir():
        raise ValueError(f"there is no folder nlu/training/{language} with sentences to train on")
    pools: dict[str, tuple[Sentence, ...]] = {}
    intents: dict[tuple[str, str], tuple[Sentence, ...]] = {}
    plurals: list[tuple[re.Pattern[str], str]] = []
    paths = sorted((path for path in folder.iterdir() if path.name.endswith(".yaml")), key=lambda path: path.name)
    tables = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]
    shared = {name: rule for table in tables for name, rule in table.get("rules", {}).items()}
    for path, table in zip(paths, tables, strict=True):
        rules = {**shared, **table.get("rules", {})}
        pools |= {name: _read(block, rules, path.name) for name, block in table.get("pools", {}).items()}
        for name, block in table.get("intents", {}).items():
            intent, _, asked = name.partition("@")
            intents[intent, asked] = (*intents.get((intent, asked), ()), *_read(block, rules, path.name))
        plurals += [(re.compile(match), replacement) for match, replacement in table.get("plurals", {}).items()]
    return Tables(language, pools, intents, tuple(plurals))


def _read(block: str, rules: Mapping[str, str], name: str) -> tuple[Sentence, ...]:
    lines = [line.strip() for line in str(block).splitlines() if line.strip()]
    if not lines:
        raise ValueError(f"{name}: an entry without a template")
    return tuple(Sentence.read(line, rules) for line in lines)


class Sampler:
    """Draws sentences of one language."""

    def __init__(self, language: str, chooser: random.Random) -> None:
        self.tables = load_tables(language)
        self.chooser = chooser
        self._depth = 0

    def sentence(self, intent: str, asked: str = "") -> list[tuple[str, str]]:
        """(word, tag) pairs of one sentence; tags are 'O', 'B-...', 'I-...'."""
        template = self.chooser.choice(self.tables.intents[intent, asked])
        return tagged(self._tidy(template.sample(self._fill, self.chooser)))

    def words(self, pool: str) -> list[str]:
        """One entry of a pool, as plain words."""
        return [word for word, _ in tagged(self._tidy(self._plain(pool)))]

    def _fill(self, kind: str) -> str:
        tag = TAG_OF.get(kind.removesuffix("_s"))
        if tag is None:
            return self._plain(kind, self._fill)
        return f"<{tag} {self._plain(kind)} >"

    def _plain(self, kind: str, fill: object = None) -> str:
        chooser = self.chooser
        if kind == "invented":
            return "".join(chooser.choice(_SYLLABLES) for _ in range(chooser.choice((2, 2, 3)))) + chooser.choice(
                ("", "", "n", "x", "l", "r", "s")
            )
        digits = _DIGITS.fullmatch(kind)
        if digits:
            return "".join(chooser.choice("0123456789") for _ in range(int(digits[1])))
        if kind == "mash":
            return " ".join(
                "".join(
                    chooser.choice("asdfghjklqwertyuiopzxcvbnm1234567890#%&?") for _ in range(chooser.randint(1, 9))
                )
                for _ in range(chooser.choice((1, 1, 2, 3, 6)))
            )
        if kind.endswith("_s") and kind not in self.tables.pools:
            return self._plural(self._plain(kind.removesuffix("_s")))
        if self._depth > MOST_NESTED:
            raise ValueError(f"pools refer to each other in a circle at {{{kind}}}")
        self._depth += 1
        template = chooser.choice(self.tables.pools[kind])
        drawn = template.sample(fill if callable(fill) else self._plain, chooser)
        self._depth -= 1
        return drawn

    def _plural(self, phrase: str) -> str:
        for pattern, replacement in self.tables.plurals:
            changed, count = pattern.subn(replacement, phrase)
            if count:
                return changed
        return phrase

    def _tidy(self, text: str) -> str:
        """Contractions and currency signs joined; "a" before a vowel as people say it."""
        text = re.sub(r" '(s|ll|m|d|re|ve)\b", r"'\1", text)
        text = re.sub(r"([$£€#]) (\d)", r"\1\2", text)
        if self.tables.language == "en":
            text = re.sub(r"\b(a) ((?:<\w+ )?[aeio])", r"an \2", text)
            text = re.sub(r"\ban ((?:<\w+ )?[^aeiou<])", r"a \1", text)
        return text


def tagged(text: str) -> list[tuple[str, str]]:
    """ "put <item two apples > in" -> (put, O), (two, B-item), (apples, I-item), (in, O)."""
    pairs: list[tuple[str, str]] = []
    tag, begins = "", False
    for token in text.split():
        if token.startswith("<") and len(token) > 1:
            tag, begins = token[1:], True
        elif token == ">":
            tag = ""
        elif tag:
            pairs.append((token, f"{'B' if begins else 'I'}-{tag}"))
            begins = False
        else:
            pairs.append((token, "O"))
    return pairs


def asked_for(tables: Tables, intent: str) -> Sequence[str]:
    """What may have been asked before sentences of `intent`, where the tables say so."""
    return [asked for name, asked in tables.intents if name == intent and asked]
