"""A language as data: everything Handla understands in it, read from nlu/languages/<code>/*.yaml."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import yaml

from nlu.numbers import NumberWords
from nlu.phrases import Phrases
from nlu.shortlist import Shortlist
from nlu.spelling import Spelling
from nlu.templates import Template, compile_template

MOST_REMEMBERED = 50_000
"""Words whose sound is kept."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One way to say an intent."""

    intent: str
    template: Template
    when: str | None = None
    """Only while this is asked (see Expectation.asked)."""
    weight: float = 1.0
    """How much its literal words prove, 0..1."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A constraint within a sentence: "under {money}"."""

    name: str
    template: Template
    value: float | None = None
    """Fixed value where the template captures none: "well rated" is 4."""


@dataclass(frozen=True, slots=True)
class MoneyWords:
    """Words of currencies: "dollars", "cents"."""

    major: frozenset[str]
    minor: frozenset[str]
    codes: Mapping[str, tuple[str, ...]]
    """Word -> ISO 4217 codes of what it may mean; '' among them for words that mean any currency."""

    @classmethod
    def of(cls, table: Mapping[str, Mapping[str, Sequence[str]]]) -> MoneyWords:
        """`table` is currency code -> {'major': words, 'minor': words}."""
        codes: dict[str, dict[str, None]] = {}
        for code, entry in table.items():
            for word in (*entry["major"], *entry["minor"]):
                codes.setdefault(word, {})[code] = None
        major, minor = (
            frozenset(word for entry in table.values() for word in entry[size]) for size in ("major", "minor")
        )
        return cls(major, minor, {word: tuple(of_word) for word, of_word in codes.items()})


@dataclass(frozen=True, slots=True)
class Language:
    """The words of one language, compiled."""

    code: str
    words: Mapping[str, tuple[str, ...]]
    """Plain word lists by role: 'articles', 'glue', 'with' ..."""
    amounts: Phrases[str]
    """Word sequences, longest first, and the canonical amount."""
    superlatives: tuple[tuple[tuple[str, ...], str], ...]
    """The same for 'cheaper' -> 'cheapest'."""
    numbers: NumberWords
    money: MoneyWords
    frames: tuple[Frame, ...]
    shortlist: Shortlist[Frame]
    """The frames by the words they need."""
    constraints: Shortlist[Pattern]
    descriptions: Mapping[str, str]
    examples: Mapping[str, tuple[Any, ...]]
    """Intent -> example sentences; a mapping {text, asked} where a question came before."""
    known: frozenset[str]
    """Every word of the language's own tables: such words are not taken for misheard names."""
    kinds: frozenset[str]
    """Stems of kinds of goods and services (kinds.txt), in the catalogue or not: "pizza" is not a misheard "peas"."""
    starters: frozenset[str]
    """Words that a request can begin with."""
    edges: tuple[frozenset[str], frozenset[str]]
    """Polite words before and after a request."""
    answers: Mapping[str, re.Pattern[str]]
    """'yes' and 'no' with a joining word, at the start of a line."""
    labels: Mapping[str, tuple[str, ...]]
    """A label of the catalogue, lower case -> further ways to say it."""
    spelling: Spelling
    compile: Callable[[str, Mapping[str, str]], Template]
    """A template of this language, with further kinds of captures as regular expressions."""
    _sounds: tuple[tuple[re.Pattern[str], str], ...]
    _sounding: dict[str, str] = field(default_factory=dict, repr=False)
    _joined: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict, repr=False)

    @property
    def hesitations(self) -> tuple[str, ...]:
        return self.words["hesitations"]

    def any_of(self, *roles: str) -> frozenset[str]:
        """The words of several lists of `words` together."""
        known = self._joined.get(roles)
        if known is None:
            known = self._joined[roles] = frozenset(word for role in roles for word in self.words[role])
        return known

    def spell(self, token: str) -> Sequence[str]:
        """A token as one or more plain words: "i'd" -> i, would."""
        return self.spelling.spell(token)

    def stem(self, word: str) -> str:
        """The form names are compared by: endings off, number words as digits."""
        return self.spelling.stem(word)

    def sound(self, word: str) -> str:
        """A rough spelling of how the word sounds, for words that were misheard."""
        known = self._sounding.get(word)
        if known is None:
            known = self.numbers.spelled.get(word, word).replace("'", "")
            for pattern, replacement in self._sounds:
                known = pattern.sub(replacement, known)
            if len(self._sounding) < MOST_REMEMBERED:
                self._sounding[word] = known
        return known


@cache
def load_language(code: str) -> Language:
    """The language pack `code`, cached. Raises ValueError for a language that has no folder."""
    folder = files("nlu.languages") / code
    if not re.fullmatch(r"[a-z]{2}", code) or not (folder / "intents.yaml").is_file():
        raise ValueError(f"language {code!r} is not known; there is no folder nlu/languages/{code} with intents.yaml")
    tables = _read(folder, "words.yaml")
    intents = _intents(folder)
    numbers = NumberWords.from_table(_read(folder, "numbers.yaml"))
    names = _read(folder, "names.yaml")
    if "catalogue" in names:
        names["plurals"] = _read(files("nlu.languages") / names["catalogue"], "words.yaml")["plurals"]
    spelling = Spelling.from_tables(tables, names, numbers)
    kinds, rules = numbers.regexes(tables["currencies"]), intents["rules"]

    def template(source: str, more: Mapping[str, str] = MappingProxyType({})) -> Template:
        return compile_template(source, rules, {**kinds, **more}, lambda word: spelling.spell(word.lower()))

    frames = tuple(_frames(intents["intents"], template))
    constraints = tuple(_constraints(tables["constraints"], template))
    words = {role: tuple(str(word) for word in entries) for role, entries in tables["words"].items()}
    return Language(
        code=code,
        words=words,
        amounts=Phrases.of(_phrases(tables["amounts"])),
        superlatives=_phrases(tables["superlatives"]),
        numbers=numbers,
        money=MoneyWords.of(tables["currencies"]),
        frames=frames,
        shortlist=Shortlist((frame, frame.template) for frame in frames),
        constraints=Shortlist((pattern, pattern.template) for pattern in constraints),
        descriptions={name: entry["description"] for name, entry in intents["intents"].items()},
        examples={name: tuple(entry["examples"]) for name, entry in intents["intents"].items()},
        known=_known_words(words, frames, constraints, tables["amounts"]) | frozenset(numbers.simple),
        kinds=frozenset(spelling.stem(word) for token in _kinds(folder) for word in spelling.spell(token)),
        starters=frozenset(word for frame in frames for word in frame.template.first_words()),
        edges=(frozenset(words["polite_before"]), frozenset(words["polite_after"])),
        answers={name: template(source).pattern for name, source in intents["answers"].items()},
        labels={str(label): tuple(str(way) for way in said) for label, said in names["labels"].items()},
        spelling=spelling,
        compile=template,
        _sounds=tuple((re.compile(entry["match"]), entry["replace"]) for entry in tables["sounds"]),
    )


def _intents(folder: Traversable) -> dict[str, Any]:
    """intents.yaml, with the rules, and the intents of every intents_*.yaml beside it."""
    whole = {"intents": {}, **_read(folder, "intents.yaml")}
    names = sorted(file.name for file in folder.iterdir() if file.name.startswith("intents_"))
    for name in names:
        whole["intents"] = whole["intents"] | _read(folder, name)["intents"]
    return whole


def _kinds(folder: Traversable) -> list[str]:
    """The words of kinds.txt, which a language may do without."""
    file = folder / "kinds.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return [word for line in lines if not line.startswith("#") for word in line.lower().split()]


def read_table(code: str, name: str) -> dict[str, Any]:
    """A further table of a language pack, by its file's name without ending."""
    return _read(files("nlu.languages") / code, f"{name}.yaml")


_Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""LibYAML's where PyYAML was built with it: several times as fast."""


class _WordLoader(_Loader):  # type: ignore[misc, valid-type]
    """Safe YAML in which yes, no, on and off are words, not truth values."""


_WordLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _read(folder: Traversable, name: str) -> dict[str, Any]:
    content = yaml.load((folder / name).read_text(encoding="utf-8"), _WordLoader)
    if not isinstance(content, dict):
        raise ValueError(f"{folder.name}/{name}: expected a table, got {type(content).__name__}")
    return content


def _frames(intents: Mapping[str, Any], template: Any) -> list[Frame]:
    frames = []
    for name, entry in intents.items():
        frames += [Frame(name, template(source)) for source in entry.get("sentences", ())]
        for group in entry.get("groups", ()):
            when, weight = group.get("when"), float(group.get("weight", 1.0))
            frames += [Frame(name, template(source), when, weight) for source in group["sentences"]]
    return frames


def _constraints(table: Mapping[str, Any], template: Any) -> list[Pattern]:
    patterns = []
    for name, entries in table.items():
        for entry in entries:
            source, value = (entry["say"], float(entry["value"])) if isinstance(entry, dict) else (entry, None)
            patterns.append(Pattern(name, template(source).anywhere(), value))
    return patterns


def _phrases(table: Mapping[str, Sequence[str]]) -> tuple[tuple[tuple[str, ...], str], ...]:
    pairs = [(tuple(phrase.split()), label) for label, phrases in table.items() for phrase in phrases]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _known_words(
    words: Mapping[str, tuple[str, ...]],
    frames: Sequence[Frame],
    constraints: Sequence[Pattern],
    amounts: Mapping[str, Sequence[str]],
) -> frozenset[str]:
    known = {word for entries in words.values() for phrase in entries for word in phrase.split()}
    known |= {word for phrases in amounts.values() for phrase in phrases for word in phrase.split()}
    for template in [*(frame.template for frame in frames), *(pattern.template for pattern in constraints)]:
        known |= set(template.words())
    return frozenset(known)
