"""How fast requests are understood: one core, warm and cold, in small and large catalogues."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from assistant.terms import terms
from benchmarks._figures import times
from benchmarks._requests import ROOT, known_languages, requests_of, shop
from benchmarks.search import make_shop
from nlu import Vocabulary, parse
from nlu.language import load_language
from nlu.types import Expectation

PHRASES = 50
STARTS = 5
FRESH = """
import time
began = time.perf_counter()
from nlu import Vocabulary, parse
from nlu.types import Term
vocabulary = Vocabulary([Term("product", "1", "Oat Milk", ("oat milk",))], "USD")
parse("two cartons of oat milk please", vocabulary)
print(time.perf_counter() - began)
"""


def measure_speed(catalogue_size: int) -> dict[str, object]:
    """Milliseconds of one request in the sample shop, of naming a product in a large one; seconds from a cold start."""
    with one_core():
        told: dict[str, object] = {language: times(_own(language)) for language in known_languages()}
        told |= {"cores": 1, "products": sum(term.kind == "product" for term in shop().terms)}
        starts = sorted(_cold() for _ in range(STARTS))
        told["start_up_s"] = {"best": round(starts[0], 2), "median": round(starts[STARTS // 2], 2)}
        told["large_catalogue"] = _large(catalogue_size)
    return told


@contextmanager
def one_core() -> Iterator[None]:
    """This process on one core, where the system lets it choose."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _own(language: str) -> list[float]:
    """Every request once to warm up and three times for the clock; the fastest of the three."""
    taken = []
    for request in requests_of(language):
        vocabulary = shop(request.shop, language)
        read = partial(parse, request.text, vocabulary, request.expects, language)
        read()
        taken.append(_best_of_three(read, vocabulary, language))
    return taken


def _cold() -> float:
    """Seconds from the first import of nlu to the first answer, in a fresh process."""
    done = subprocess.run([sys.executable, "-c", FRESH], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _large(size: int) -> dict[str, object]:
    """Requests for one of `size` products: by its whole title, and with two letters of it swapped."""
    chance = random.Random(size)
    products, _ = make_shop(size, chance)
    began = time.perf_counter()
    vocabulary = Vocabulary(terms(products), "USD")
    parse("oat milk", vocabulary)
    built = time.perf_counter() - began
    titles = [product.title.lower() for product in chance.sample(products, min(size, PHRASES))]
    return {
        "products": size,
        "index_s": round(built, 1),
        "exact": times(_named(titles, vocabulary)),
        "misspelt": times(_named([_misspelt(title, chance) for title in titles], vocabulary)),
    }


def _named(titles: Sequence[str], vocabulary: Vocabulary) -> list[float]:
    reads = (partial(parse, f"add {title} to my basket", vocabulary, Expectation()) for title in titles)
    return [_best_of_three(read, vocabulary) for read in reads]


def _misspelt(title: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(title) - 2)
    return title[:at] + title[at + 1] + title[at] + title[at + 2 :]


def _best_of_three(act: Callable[[], object], vocabulary: Vocabulary, language: str = "en") -> float:
    """Milliseconds; what else the machine does disturbs the fastest of three least."""
    return min(_milliseconds(act, vocabulary, language) for _ in range(3))


def _milliseconds(act: Callable[[], object], vocabulary: Vocabulary, language: str) -> float:
    """Each time as if no word of it had been heard before."""
    index = vocabulary.index(load_language(language))
    for remembered in (index._alike.find, index._words.find):
        remembered.cache_clear()
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
