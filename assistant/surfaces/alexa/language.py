"""The skill's words in one language, read from <language>.toml here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

SLOT = re.compile(r"\{(\w+)\}")
"""A slot in a sample."""
TABLES = (
    "samples",
    "option_samples",
    "prompts",
    "answers",
    "free",
    "built_in",
    "meant",
    "positions",
    "superlatives",
)
"""Tables of a language's file whose rows are lists of words."""


@dataclass(frozen=True, slots=True)
class SkillLanguage:
    """What is said to the skill and by its prompts."""

    code: str
    locales: tuple[str, ...]
    """Where Alexa speaks it."""
    samples: Mapping[str, tuple[str, ...]]
    """Intent -> sentences with {slots}."""
    option_samples: Mapping[str, tuple[str, ...]]
    """The same, for each option of the catalogue as {option}."""
    prompts: Mapping[str, tuple[str, ...]]
    """Slot -> how Alexa asks for it."""
    answers: Mapping[str, tuple[str, ...]]
    """Slot -> how that is answered."""
    free: Mapping[str, tuple[str, ...]]
    """Intent -> words before {words}, which is anything; the first stands for all of them."""
    built_in: Mapping[str, tuple[str, ...]]
    """Amazon's own intents -> what is said for them beside what Amazon knows."""
    meant: Mapping[str, tuple[str, ...]]
    """Handla's intent -> how it is said, for Amazon's own intents."""
    positions: Mapping[str, tuple[str, ...]]
    """Place in a list -> how it is said."""
    superlatives: Mapping[str, tuple[str, ...]]
    ampersand: str
    """How "&" is said."""
    store: Mapping[str, Any]
    """How the skill is shown to those who look for one."""


@cache
def languages() -> tuple[str, ...]:
    """Codes of the languages the skill is made for."""
    found = (entry.name for entry in files("assistant.surfaces.alexa").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def skill_language(code: str) -> SkillLanguage:
    """The words of a language. Raises ValueError where the skill is not made for it."""
    if code not in languages():
        raise ValueError(f"no Alexa skill in language {code!r}; there are: {', '.join(languages())}")
    file = files("assistant.surfaces.alexa") / f"{code}.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    rows = {name: {key: tuple(said) for key, said in table[name].items()} for name in TABLES}
    locales, ampersand, store = tuple(table["locales"]), table["ampersand"], table["store"]
    return SkillLanguage(code=code, locales=locales, ampersand=ampersand, store=store, **rows)


def slots_of(sample: str) -> tuple[str, ...]:
    """Names of the slots in a sample, in order."""
    return tuple(SLOT.findall(sample))


def filled(sample: str, values: Mapping[str, str]) -> str:
    """The sample with its slots filled."""
    return SLOT.sub(lambda slot: values.get(slot[1], ""), sample)
