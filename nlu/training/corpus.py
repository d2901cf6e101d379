"""The training corpus: an endless, seeded stream of labelled utterances."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import yaml

from nlu.language import load_language
from nlu.training.frames import Example, Sampler, Tables, asked_for
from nlu.training.mishearings import merged
from nlu.training.noise import around, hesitant, misheard, mistyped, punctuated, restarted
from nlu.types import INTENTS

LANGUAGES: Mapping[str, float] = {"en": 0.62, "sv": 0.38}
"""Share of each language."""
ELSEWHERE = 0.24
"""Share of requests that are out of scope."""
FREQUENT: Mapping[str, float] = {
    "add_to_basket": 2,
    "find_product": 2,
    "affirm": 1.5,
    "deny": 1.5,
    "correct": 1.3,
    "cancel": 1.3,
}
"""Intents that are said more often, or that matter more, than their share of the templates tells."""
PARTICULAR = 0.35
"""The largest share of an intent's examples that answer a particular question."""
RESTARTED = frozenset({"add_to_basket", "find_product", "list_add", "reorder"})
PACK_EXAMPLES = 0.08
"""Share of examples taken from the language packs: their intents are known, their tags are not."""
ASKED: Mapping[str, Mapping[str, float]] = {
    "affirm": {"confirm": 5, "nothing": 3, "anything_else": 1, "choose": 0.5},
    "deny": {"confirm": 4, "nothing": 3, "anything_else": 2, "choose": 0.5, "option": 0.5},
    "select_option": {"choose": 4, "nothing": 3, "anything_else": 1, "option": 0.5, "confirm": 0.5},
    "give_value": {"nothing": 3, "what": 1, "code": 0.3, "name": 0.3, "address": 0.3},
    "correct": {"confirm": 4, "nothing": 3, "anything_else": 2, "option": 0.5},
    "": {
        "nothing": 14,
        "anything_else": 2,
        "confirm": 1,
        "choose": 1,
        "what": 1.5,
        "option": 0.5,
        "date": 0.3,
        "order": 0.3,
    },
}
"""Intent -> what was asked before sentences that do not depend on it, with weights; '' is every other intent."""


def examples(seed: int) -> Iterator[Example]:
    """Labelled utterances without end; the same for the same seed."""
    chooser = random.Random(seed)
    samplers = {language: Sampler(language, chooser) for language in LANGUAGES}
    shares = {language: _shares(sampler) for language, sampler in samplers.items()}
    while True:
        language = chooser.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
        documented = _from_pack(language)
        if documented and chooser.random() < PACK_EXAMPLES:
            yield chooser.choice(documented)
            continue
        names, weights = shares[language]
        yield _example(samplers[language], chooser.choices(names, weights)[0], chooser)


def _shares(sampler: Sampler) -> tuple[list[str], list[float]]:
    """Intents with the square root of how many templates they have: many ways to say it, many examples."""
    counts = {
        name: sum(len(frames) for (intent, _), frames in sampler.tables.intents.items() if intent == name)
        for name in INTENTS
    }
    missing = [name for name, count in counts.items() if not count]
    if missing:
        raise ValueError(f"nlu/training/{sampler.tables.language} has no sentences for: {', '.join(missing)}")
    weights = {name: FREQUENT.get(name, 1) * max(count, 12) ** 0.5 for name, count in counts.items()}
    others = sum(weight for name, weight in weights.items() if name != "out_of_scope")
    weights["out_of_scope"] = others * ELSEWHERE / (1 - ELSEWHERE)
    return list(weights), list(weights.values())


def _example(sampler: Sampler, intent: str, chooser: random.Random) -> Example:
    tables = sampler.tables
    particular = asked_for(tables, intent)
    general = (intent, "") in tables.intents
    asked = ""
    if particular and (not general or chooser.random() < _particular(tables, intent)):
        asked = chooser.choices(particular, [len(tables.intents[intent, one]) for one in particular])[0]
    pairs = sampler.sentence(intent, asked)
    if not asked:
        weights = ASKED.get(intent, ASKED[""])
        asked = chooser.choices(list(weights), list(weights.values()))[0]
    pairs = _said(pairs, sampler, intent, chooser)
    return Example(tuple(word for word, _ in pairs), tuple(tag for _, tag in pairs), intent, asked, tables.language)


def _particular(tables: Tables, intent: str) -> float:
    """Share of an intent's examples that answer a particular question: their share of its sentences, within bounds."""
    counts = {asked: len(frames) for (name, asked), frames in tables.intents.items() if name == intent}
    return min(PARTICULAR, 1 - counts.get("", 0) / sum(counts.values()))


def _said(pairs: list[tuple[str, str]], sampler: Sampler, intent: str, chooser: random.Random) -> list[tuple[str, str]]:
    """The sentence as it may arrive."""
    if intent in RESTARTED and chooser.random() < 0.04:
        pairs = restarted(pairs, sampler, chooser)
    if len(pairs) > 1:
        pairs = around(pairs, sampler, chooser)
    if chooser.random() < 0.1:
        pairs = hesitant(pairs, sampler, chooser)
    if chooser.random() < 0.16:
        pairs = misheard(pairs, confusions(sampler.tables.language), chooser)
    if chooser.random() < 0.05:
        pairs = mistyped(pairs, chooser)
    return punctuated(pairs, chooser) if chooser.random() < 0.35 else pairs


@cache
def confusions(language: str) -> Mapping[str, Sequence[str]]:
    """Words and what a recogniser made of them: nlu/training/confusions.<language>.yaml, which people wrote, and
    heard.<language>.yaml, which `python -m nlu.training mishearings` made; a language may have neither."""
    paths = [files("nlu.training") / f"{name}.{language}.yaml" for name in ("confusions", "heard")]
    tables = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths if path.is_file()]
    return merged(*({str(said): [str(way) for way in ways] for said, ways in table.items()} for table in tables))


@cache
def _from_pack(language: str) -> tuple[Example, ...]:
    """The examples that document a language pack; none for a language that has no pack yet."""
    try:
        pack = load_language(language)
    except ValueError:
        return ()
    found = []
    for intent, entries in pack.examples.items():
        for entry in entries:
            text, asked = (
                (entry["text"], entry.get("asked", "nothing")) if isinstance(entry, dict) else (entry, "nothing")
            )
            found.append(Example(tuple(str(text).lower().split()), (), intent, asked, language))
    return tuple(found)
