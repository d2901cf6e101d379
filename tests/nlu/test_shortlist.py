"""Templates ruled out by their words, and readings left unread, change nothing."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pytest

from nlu.captures import Scene
from nlu.grammar import ENOUGH, _best, _matches, _ranges, _reading
from nlu.heard import listen
from nlu.language import load_language
from nlu.linking import link
from nlu.parse import parse, prepare
from nlu.shortlist import Shortlist
from nlu.templates import Template, _compiled, compile_template
from nlu.types import Expectation
from tests.nlu.shop import small_shop
from tests.nlu.test_language import sampled

ENGLISH = load_language("en")
REQUESTS = Path(__file__).with_name("requests.en.jsonl")
MOST = 120


def template(source: str) -> Template:
    return compile_template(source, {}, {"number": r"\d+ "}, str.split)


@pytest.mark.parametrize("code", ["en", "sv"])
def test_a_template_is_possible_for_every_sentence_of_it(code: str) -> None:
    language, chooser = load_language(code), random.Random(5)
    for frame in language.frames:
        for _ in range(3):
            heard = listen(sampled(frame, chooser), language)
            if frame.template.pattern.fullmatch(heard.line):
                assert frame in language.shortlist.possible(heard.norms), (frame.template.source, heard.text)


def test_a_template_that_lacks_one_of_its_words_is_ruled_out() -> None:
    sources = ("(show|find) [me] {wish}", "{any} [please]", "do you have {number}", "(i (am|was)|we are) here")
    shortlist = Shortlist((source, template(source)) for source in sources)
    assert shortlist.possible(frozenset({"find", "jackets"})) == (sources[0], sources[1])
    assert shortlist.possible(frozenset({"do", "you", "5"})) == (sources[1],)
    assert shortlist.possible(frozenset({"do", "you", "have", "5"})) == (sources[1], sources[2])
    assert shortlist.possible(frozenset({"we", "are", "here"})) == (sources[1], sources[3])


@pytest.mark.parametrize("code", ["en", "sv"])
def test_no_text_waits_for_a_template_once_its_language_is_prepared(code: str) -> None:
    prepare(code)
    shop, compiled = small_shop(), _compiled.cache_info().misses
    for line in REQUESTS.with_name(f"requests.test.{code}.jsonl").read_text(encoding="utf-8").splitlines()[:40]:
        parse(json.loads(line)["text"], shop, Expectation(today=date(2026, 3, 2)), code)
    assert _compiled.cache_info().misses == compiled


def test_the_reading_taken_is_the_best_of_all() -> None:
    index, expects = small_shop().index(ENGLISH), Expectation(asked="choose", listed=("shell", "puffer"))
    read = 0
    for line in REQUESTS.read_text(encoding="utf-8").splitlines()[:MOST]:
        heard = listen(json.loads(line)["text"], ENGLISH)
        scene, last = Scene(link(heard, index, ENGLISH), "USD", expects), len(heard.words)
        if not last:
            continue
        matches = [match for a, b in _ranges(scene, 0, last) for match in _matches(scene, a, b)]
        readings = [reading for match in matches if (reading := _reading(scene, match)) and reading.score >= ENOUGH]
        best = max(readings, key=lambda one: (round(one.score, 2), one.asked, one.literals), default=None)
        assert _best(scene, 0, last) == best, heard.text
        read += best is not None
    assert read > MOST / 2
