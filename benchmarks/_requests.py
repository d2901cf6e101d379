"""The requests that understanding is measured on, and the shops they are made in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from assistant.bootstrap import scratch_shop
from assistant.settings import Settings
from assistant.terms import meant_by, terms
from nlu import Vocabulary
from nlu.types import Expectation, Term

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "tests" / "nlu"
TODAY = date(2026, 3, 11)
"""The customers' day in every request: a Wednesday. The labels' dates are relative to it."""
NOTHING_EXPECTED = Expectation(today=TODAY)
LANGUAGES = ("en", "sv")

Half = Literal["dev", "test"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request with what it means. docs/understanding.md says how labels are read."""

    text: str
    language: str
    intents: tuple[str, ...]
    """The right one, and in a few cases others that are as right."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    lines: tuple[Mapping[str, Any], ...] | None = None
    """None where lines are not judged."""
    sentiment: Any = None
    expects: Expectation = NOTHING_EXPECTED
    shop: str = "sample"
    choice: frozenset[str] = frozenset()
    """The product chosen of those listed; any of them where several fit."""
    half: Half = "dev"
    """`dev` may be looked at when something goes wrong; `test` is only ever scored."""


def known_languages() -> tuple[str, ...]:
    """Those of LANGUAGES that nlu has a folder for."""
    return tuple(one for one in LANGUAGES if any((ROOT / "nlu" / "languages" / one).glob("*.yaml")))


def requests_of(language: str) -> list[Request]:
    """The independent requests of tests/nlu/requests.test.<language>.jsonl."""
    rows = read_rows(FOLDER / f"requests.test.{language}.jsonl")
    return [_request(row, language, lines=row.get("lines", [])) for row in rows]


def own_requests() -> list[Request]:
    """The requests that were written along with the tables of the language: a floor, no measure of anything new."""
    return [_request(row, "en", row.get("lines")) for row in read_rows(FOLDER / "requests.en.jsonl")]


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


@cache
def shop(name: str = "sample", language: str = "en") -> Vocabulary:
    """The sample shop, or its coffee bar alone; in Swedish with Swedish names beside the products' own.

    Names of products and of drinks' options are what a merchant writes (tests/nlu/names.sv.json); colours, categories
    and other attributes stay English there, as in any catalogue that was made in another language.
    """
    file = ROOT / "commerce" / "sample" / "catalogue.json"
    store = scratch_shop(file, Settings()).shop
    products = [one for one in store.products() if name == "sample" or name in one.categories]
    known, ids = terms(products), {one.id for one in products}
    names = FOLDER / f"names.{language}.json"
    if names.exists():
        spoken = json.loads(names.read_text(encoding="utf-8"))
        known = tuple(replace(term, names=(*term.names, *_names(term, spoken))) for term in known)

    def meant(words: str) -> list[tuple[str, float]]:
        return [found for found in meant_by(store, words) if found[0] in ids]

    return Vocabulary(known, store.currency, meant)


@cache
def translations(language: str) -> Mapping[str, Sequence[str]]:
    """Words of the labels' queries and how the catalogue's language has them."""
    names = FOLDER / f"names.{language}.json"
    return dict(json.loads(names.read_text(encoding="utf-8"))["words"]) if names.exists() else {}


def _names(term: Term, spoken: Mapping[str, Any]) -> Sequence[str]:
    if term.kind == "product":
        return tuple(spoken["products"].get(term.key, ()))
    if term.kind == "option":
        return tuple(spoken["options"].get(term.key, {}).get(term.value, ()))
    return ()


def _request(row: Mapping[str, Any], language: str, lines: Sequence[Mapping[str, Any]] | None) -> Request:
    expects = row.get("expects", {})
    return Request(
        text=row["text"],
        language=language,
        intents=(row["intent"], *row.get("also", ())),
        slots=row.get("slots", {}),
        lines=None if lines is None else tuple(lines),
        sentiment=row.get("sentiment"),
        expects=Expectation(**{"today": TODAY, **expects, "listed": tuple(expects.get("listed", ()))}),
        shop=row.get("shop", "sample"),
        choice=frozenset(row.get("choice", ())),
        half=row.get("half", "dev"),
    )
