"""Language packs: every phrase by its key, in the tone of a brand, with a merchant's own words on top."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from assistant.types import Mood

Phrases = Mapping[str, tuple[str, ...]]
"""Key -> variants."""
LANGUAGES = ("en", "sv")
PLAIN = "plain"
"""The tone of the language pack itself."""
FOR_THE_ANGRY = (PLAIN, "warm", "formal")
"""Tones that are kept when a customer is angry; any other gives way to the plain one."""
FORMS = (".speech", ".frustrated", ".hasty", ".delighted", ".calm", ".zero", ".one", ".two", ".few", ".many", ".other")
"""What a key may end in beside its own name: as it is spoken, in a mood, for a number (CLDR plural categories)."""
OPEN = ("word.", "ear.")
"""Keys under these are the catalogue's words and units: there may be any of them."""
NOT_SAID = ("hint.", "asks.", "cue.")
"""Keys under these are for hearing and understanding."""
READ_BACKS = re.compile(
    r"order\.what(\.\w+)?|change\.what\.\w+|(order|cancel|change|return)\.(ask|again|say_yes)(\.part)?"
)
"""What a yes releases: all of its values must be said, in every tone."""
_OURS = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""LibYAML's where PyYAML was built with it: a tenth of a second sooner. Not for others' files: deep nesting ends it."""


class BadPhrases(ValueError):
    """A language pack that lacks a key, has one too many, or fills a name the dialogue does not give."""


@dataclass(frozen=True, slots=True)
class Brand:
    """How a shop speaks."""

    tone: str = PLAIN
    folder: Path | None = None
    """Words of its own: files `<language>.yaml` and `<language>.<tone>.yaml` of some keys each."""

    def phrases(self, language: str, mood: Mood = "calm") -> Phrases:
        """The phrases of a language in this brand's tone, or in a plainer one for the angry.

        Raises BadPhrases for an unknown language or tone, or a file that cannot be used.
        """
        kept = mood != "frustrated" or self.tone in FOR_THE_ANGRY
        return _merged(language, self.tone if kept else PLAIN, self.folder)

    def sentence(self, language: str, key: str) -> str:
        """A phrase that needs no values, for where there is no turn to word."""
        return self.phrases(language)[key][0]

    def check(self) -> None:
        """Read all of it. Raises BadPhrases."""
        for language in LANGUAGES:
            self.phrases(language)


def read_phrases(language: str) -> Phrases:
    """The phrases of a language pack as it is. Raises BadPhrases where there is no such pack."""
    return _merged(language, PLAIN, None)


@cache
def _merged(language: str, tone: str, folder: Path | None) -> Phrases:
    ours = files("assistant.phrases")
    if not (ours / f"{language}.yaml").is_file():
        raise BadPhrases(f"no phrases for language {language!r}")
    _refuse_unknown(tone, folder)
    base = _read(ours / f"{language}.yaml", _OURS)
    merged = dict(base)
    toned = f"{language}.{tone}.yaml"
    for file in (ours / toned, *((folder / f"{language}.yaml", folder / toned) if folder else ())):
        if file.is_file():
            changed = _read(file, _OURS if file == ours / toned else yaml.SafeLoader)
            for key, variants in changed.items():
                _check(file, key, variants, base)
            merged |= changed
    return merged


def _refuse_unknown(tone: str, folder: Path | None) -> None:
    """Raises BadPhrases for a folder that is none, a file in it that is never read, or a tone that no file has."""
    tones = {PLAIN, *_tones(file.name for file in files("assistant.phrases").iterdir())}
    if folder is not None:
        if not folder.is_dir():
            raise BadPhrases(f"{folder}: no such folder; dialogue.phrases names the folder with your phrases")
        names = sorted(file.name for file in folder.glob("*.y*ml"))
        for name in names:
            if name.split(".")[0] not in LANGUAGES or not re.fullmatch(r"[a-z]+(\.\w+)?\.yaml", name):
                known = " or ".join(f"{language}.yaml, {language}.TONE.yaml" for language in LANGUAGES)
                raise BadPhrases(f"{folder / name}: would never be read; name it {known}")
        tones |= set(_tones(names))
    if tone not in tones:
        raise BadPhrases(f"no tone {tone!r}; known are {', '.join(sorted(tones))}")


def _tones(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        parts = name.split(".")
        if len(parts) == 3 and parts[2] == "yaml":
            yield parts[1]


def _read(file: Traversable, loader: Any) -> dict[str, tuple[str, ...]]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), loader) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadPhrases(f"{file}: {error}") from error
    if not isinstance(content, dict):
        raise BadPhrases(f"{file}: give keys and their phrases, as in `greeting: Hello.`")
    phrases = {}
    for key, value in content.items():
        variants = tuple(value) if isinstance(value, list) else (value,)
        if not variants or not all(isinstance(one, str) and one for one in variants):
            raise BadPhrases(f"{file}: {key}: give a phrase, or a list of phrases; put numbers, yes and no in quotes")
        phrases[str(key)] = variants
    return phrases


def _check(file: Traversable, key: str, variants: tuple[str, ...], base: Phrases) -> None:
    """Raises BadPhrases for a key nobody says, or a value the dialogue does not give."""
    known = _named(key, base)
    if key.startswith(NOT_SAID):
        raise BadPhrases(f"{file}: {key}: is for hearing customers, not for speaking to them; leave it out")
    if known is None:
        if key.startswith(OPEN):
            return
        near = get_close_matches(key, base, n=1)
        raise BadPhrases(f"{file}: {key}: no such phrase" + (f"; did you mean {near[0]}?" if near else ""))
    said = {name for variant in base[known] for name in _values(file, key, variant)}
    given = said | {name for form in FORMS for one in base.get(known + form, ()) for name in _values(file, key, one)}
    for variant in variants:
        wanted = _values(file, key, variant)
        if wanted - given:
            there = ", ".join(f"{{{name}}}" for name in sorted(given)) or "none"
            raise BadPhrases(f"{file}: {key}: {{{min(wanted - given)}}} is not given here; there is {there}")
        if READ_BACKS.fullmatch(known) and said - wanted:
            lost = min(said - wanted)
            raise BadPhrases(f"{file}: {key}: {{{lost}}} must be said: a customer agrees to nothing unheard")


def _named(key: str, base: Phrases) -> str | None:
    """The phrase that a key is, or is a form of."""
    known = key if key in base else None
    while ending := next((form for form in FORMS if key.endswith(form)), None):
        key = key.removesuffix(ending)
        known = key if key in base else known
    return known


def _values(file: Traversable, key: str, phrase: str) -> set[str]:
    """Names of the values a phrase is filled with."""
    try:
        return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}
    except ValueError as error:
        raise BadPhrases(f"{file}: {key}: {error}; a brace that is to be said is written twice") from error
