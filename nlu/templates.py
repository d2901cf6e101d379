"""Sentence templates: "can i (get|have) {items} [please]", as regular expressions and as sampled sentences.

Notation: `[x]` may be left out, `(x|y)` is one of several, `<rule>` is a part written once under `rules`,
`{kind}` or `{kind:name}` captures words of that kind. The idea of templates as data comes from hassil
(https://github.com/OHF-Voice/hassil); the notation is smaller and the code our own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

_TOKEN = re.compile(r"[\[\]()|]|<\w+>|\{\w+(?::\w+)?\}|[^\s\[\]()|<>{}]+")

OPEN_KINDS = (
    "items",
    "goods",
    "counted",
    "wish",
    "known",
    "catalogue",
    "count",
    "any",
    "choice",
    "pick",
    "listed",
    "date",
    "time",
)
"""Captures of free words; all others are regular expressions of the language (number, ordinal, money ...)."""


class BadTemplate(ValueError):
    """A template that cannot be read; the message quotes it."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str


@dataclass(frozen=True, slots=True)
class _Capture:
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    options: tuple[_Node, ...]
    optional: bool = False


_Node = _Word | _Capture | _Sequence | _Choice


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence pattern, ready to match lines in which every word is followed by one space."""

    source: str
    regex: str
    captures: tuple[tuple[str, str], ...]
    """(kind, group name) in order of appearance."""
    root: _Node

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first needed: all of them together take a while."""
        return _compiled(self.regex)

    def prepare(self) -> None:
        """Compile it now."""
        _compiled(self.regex)

    def sample(self, fill: Callable[[str], str], chooser: random.Random) -> str:
        """A sentence of this template; `fill(kind)` supplies the words of each capture."""
        return " ".join(_sample(self.root, fill, chooser).split())

    def anywhere(self) -> Template:
        """The same, for search within a line: a match begins where a word begins."""
        return replace(self, regex=rf"(?<!\S){self.regex}")

    def first_words(self) -> frozenset[str]:
        """Literal words that a sentence of this template can begin with."""
        return frozenset(_first_words(self.root)[0])

    def words(self) -> frozenset[str]:
        """Every literal word of the template."""
        return frozenset(_words(self.root))

    def needs(self) -> tuple[frozenset[str], ...]:
        """Sets of literal words: every sentence of this template has a word of each."""
        return _needs(self.root)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A template for sampling only: its words stay as written, any capture goes."""

    source: str
    root: _Node

    @classmethod
    def read(cls, source: str, rules: Mapping[str, str]) -> Sentence:
        """Read one template; `rules` are the named parts. Raises BadTemplate."""
        return cls(source, _Reader(source, rules, lambda word: (word,)).read())

    def sample(self, fill: Callable[[str], str], chooser: random.Random) -> str:
        """A sentence of this template; `fill(kind)` supplies the words of each capture."""
        return " ".join(_sample(self.root, fill, chooser).split())


def compile_template(
    source: str, rules: Mapping[str, str], kinds: Mapping[str, str], spell: Callable[[str], Sequence[str]]
) -> Template:
    """Read one template.

    `rules` are the named parts, `kinds` maps a closed capture kind to its regular expression (each word followed by a
    space), `spell` turns a template word into words as they are heard (contractions opened). Raises BadTemplate.
    """
    root = _Reader(source, rules, spell).read()
    groups: list[tuple[str, str]] = []
    pattern = _regex(root, kinds, groups, source)
    return Template(source, pattern, tuple(groups), root)


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)


class _Reader:
    """Recursive descent over the template's tokens."""

    def __init__(self, source: str, rules: Mapping[str, str], spell: Callable[[str], Sequence[str]], depth: int = 0):
        if depth > 8:
            raise BadTemplate(f"{source!r}: rules refer to each other in a circle")
        self.source, self.rules, self.spell, self.depth = source, rules, spell, depth
        self.tokens = _TOKEN.findall(source)
        self.at = 0

    def read(self) -> _Node:
        node = self._alternatives()
        if self.at < len(self.tokens):
            raise BadTemplate(f"{self.source!r}: unexpected {self.tokens[self.at]!r}")
        return node

    def _alternatives(self) -> _Node:
        options = [self._sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            options.append(self._sequence())
        return options[0] if len(options) == 1 else _Choice(tuple(options))

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in ("|", ")", "]"):
            parts.append(self._part(self.tokens[self.at]))
        return _Sequence(tuple(parts))

    def _part(self, token: str) -> _Node:
        self.at += 1
        if token in ("(", "["):
            inner = self._alternatives()
            if self.at >= len(self.tokens) or self.tokens[self.at] != {"(": ")", "[": "]"}[token]:
                raise BadTemplate(f"{self.source!r}: {token!r} is never closed")
            self.at += 1
            return _Choice((inner,), optional=token == "[")
        if token.startswith("<"):
            rule = self.rules.get(token[1:-1])
            if rule is None:
                raise BadTemplate(f"{self.source!r}: there is no rule {token}")
            return _Reader(rule, self.rules, self.spell, self.depth + 1).read()
        if token.startswith("{"):
            kind, _, name = token[1:-1].partition(":")
            return _Capture(kind, name or kind)
        return _Sequence(tuple(_Word(word) for word in self.spell(token)))


def _regex(node: _Node, kinds: Mapping[str, str], groups: list[tuple[str, str]], source: str) -> str:
    if isinstance(node, _Word):
        return re.escape(node.text) + " "
    if isinstance(node, _Sequence):
        return "".join(_regex(part, kinds, groups, source) for part in node.parts)
    if isinstance(node, _Choice):
        inner = "|".join(_regex(option, kinds, groups, source) for option in node.options)
        return f"(?:{inner})?" if node.optional else f"(?:{inner})"
    group = f"{node.name}_{len(groups)}"
    groups.append((node.kind, group))
    if node.kind == "any":
        return rf"(?P<{group}>(?:\S+ )*?)"
    if node.kind in OPEN_KINDS:
        return rf"(?P<{group}>(?:\S+ )+?)"
    if node.kind not in kinds:
        raise BadTemplate(f"{source!r}: unknown capture {{{node.kind}}}")
    return f"(?P<{group}>{kinds[node.kind]})"


def _sample(node: _Node, fill: Callable[[str], str], chooser: random.Random) -> str:
    if isinstance(node, _Word):
        return node.text
    if isinstance(node, _Sequence):
        return " ".join(_sample(part, fill, chooser) for part in node.parts)
    if isinstance(node, _Choice):
        if node.optional and chooser.random() < 0.5:
            return ""
        return _sample(chooser.choice(node.options), fill, chooser)
    return fill(node.kind)


def _first_words(node: _Node) -> tuple[set[str], bool]:
    """Words a node can begin with, and whether it can be empty."""
    if isinstance(node, _Word):
        return {node.text}, False
    if isinstance(node, _Capture):
        return set(), node.kind == "any"
    first: set[str] = set()
    if isinstance(node, _Choice):
        parts = [_first_words(option) for option in node.options]
        return first.union(*(words for words, _ in parts)), node.optional or any(empty for _, empty in parts)
    for part in node.parts:
        words, empty = _first_words(part)
        first |= words
        if not empty:
            return first, False
    return first, True


def _needs(node: _Node) -> tuple[frozenset[str], ...]:
    if isinstance(node, _Word):
        return (frozenset({node.text}),)
    if isinstance(node, _Sequence):
        return tuple(need for part in node.parts for need in _needs(part))
    if isinstance(node, _Capture) or node.optional:
        return ()
    options = [_needs(option) for option in node.options]
    if len(options) == 1 or not all(options):
        return options[0] if len(options) == 1 else ()
    return (frozenset[str]().union(*(min(needs, key=len) for needs in options)),)


def _words(node: _Node) -> Iterator[str]:
    if isinstance(node, _Word):
        yield node.text
    elif isinstance(node, _Sequence | _Choice):
        for part in node.parts if isinstance(node, _Sequence) else node.options:
            yield from _words(part)
