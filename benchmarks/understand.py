"""How well requests are understood, and how fast: `python -m benchmarks.understand [--transcripts FILE] [--wrong]`.

Prints one JSON line: requests of our own against the sample shop, sentences of other domains that are taken for an
order or a yes (CLINC150, where present), orders from transcripts (where given), and the milliseconds of one parse.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.terms import terms
from benchmarks._orders import measure_orders
from commerce.catalogue import read_catalogue
from nlu import Vocabulary, parse
from nlu.types import Expectation, HeardLine, Understanding

ROOT = Path(__file__).parent.parent
REQUESTS = ROOT / "tests" / "nlu" / "requests.en.jsonl"
CLINC = ROOT / ".." / "shared" / "data" / "text" / "clinc150_train_val.json"

EFFECTS = ("add_to_basket", "checkout", "reorder", "affirm")
"""Intents that lead to an order."""
SHOPPING = (
    "order",
    "order_status",
    "order_checks",
    "shopping_list",
    "shopping_list_update",
    "yes",
    "no",
    "cancel",
    "repeat",
)
"""CLINC150 intents that are, or border on, our domain."""
EXACT = ("price_max", "price_min", "rating_min", "ordinal", "order_number", "quantity", "superlative")
"""Slots that must not appear unless expected; descriptive slots may."""


def sample_shop() -> Vocabulary:
    catalogue = read_catalogue(ROOT / "commerce" / "sample" / "catalogue.json")
    return Vocabulary(terms(catalogue.products), catalogue.currency)


def read_requests(path: Path = REQUESTS) -> list[dict[str, Any]]:
    """Rows of {text, expects?, intent, slots?, lines?}."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def understand(request: dict[str, Any], vocabulary: Vocabulary) -> Understanding:
    expects = request.get("expects", {})
    return parse(request["text"], vocabulary, Expectation(**{**expects, "listed": tuple(expects.get("listed", ()))}))


def faults(request: dict[str, Any], heard: Understanding) -> list[str]:
    """What differs from the expectation; empty where all is right."""
    found = []
    if heard.intent != request["intent"]:
        found.append(f"intent {heard.intent}")
    wanted = request.get("slots", {})
    got = {slot.name: slot.value for slot in heard.slots}
    found += [f"{name}={got.get(name)!r}" for name, value in wanted.items() if got.get(name) != value]
    found += [f"added {name}={got[name]!r}" for name in EXACT if name in got and name not in wanted]
    if "lines" in request:
        lines = [_line(line) for line in heard.lines]
        found += [f"lines {lines}"] if lines != request["lines"] else []
    return found


def _line(line: HeardLine) -> dict[str, Any]:
    options = {option.name: option.value + (f"/{option.amount}" if option.amount else "") for option in line.options}
    product = line.candidates[0].product_id if line.candidates else None
    return {"product": product, "quantity": line.quantity, "options": options}


def measure_requests(vocabulary: Vocabulary, show: bool = False) -> dict[str, object]:
    """Shares of requests with the right intent, and with intent, slots and lines all right."""
    requests = read_requests()
    right = intents = 0
    for request in requests:
        heard = understand(request, vocabulary)
        wrong = faults(request, heard)
        right += not wrong
        intents += heard.intent == request["intent"]
        if wrong and show:
            print(f"{request['text']!r}: wanted {request['intent']}, got {'; '.join(wrong)}", file=sys.stderr)
    count = len(requests)
    return {"requests": count, "intent": round(intents / count, 3), "all": round(right / count, 3)}


def measure_false_accepts(vocabulary: Vocabulary, show: bool = False) -> dict[str, object]:
    """Sentences of other domains that are taken for an intent with an effect; sample of 500, fixed seed."""
    if not CLINC.exists():
        return {"skipped": "../shared/data/text/clinc150_train_val.json is not there"}
    rows = json.loads(CLINC.read_text(encoding="utf-8"))["val"]
    others = [text for text, intent in rows if intent not in SHOPPING]
    sample = random.Random(1).sample(others, 500)
    heard = [parse(text, vocabulary) for text in sample]
    accepted = [one for one in heard if one.intent in EFFECTS]
    if show:
        for one in accepted:
            print(f"{one.text!r}: {one.intent} {one.confidence}", file=sys.stderr)
    return {
        "sentences": len(sample),
        "effect": len(accepted),
        "effect_confident": sum(one.confidence >= 0.5 for one in accepted),
        "out_of_scope": round(sum(one.intent == "out_of_scope" for one in heard) / len(sample), 3),
    }


def measure_speed(vocabulary: Vocabulary) -> dict[str, object]:
    """Milliseconds of one parse over our own requests, after one warm-up round."""
    requests = read_requests()
    for request in requests:
        understand(request, vocabulary)
    took = sorted(_milliseconds(request, vocabulary) for request in requests for _ in range(3))
    products = sum(term.kind == "product" for term in vocabulary.terms)
    p95 = took[int(len(took) * 0.95)]
    return {"products": products, "p50_ms": round(statistics.median(took), 2), "p95_ms": round(p95, 2)}


def _milliseconds(request: dict[str, Any], vocabulary: Vocabulary) -> float:
    started = time.perf_counter()
    understand(request, vocabulary)
    return (time.perf_counter() - started) * 1000


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.understand", description=__doc__)
    parser.add_argument("--transcripts", type=Path, help="JSON lines with file and text of the recorded orders")
    parser.add_argument("--wrong", action="store_true", help="print what was understood wrong, on standard error")
    options = parser.parse_args(arguments)
    vocabulary = sample_shop()
    report = {
        "requests": measure_requests(vocabulary, options.wrong),
        "false_accepts": measure_false_accepts(vocabulary, options.wrong),
        "speed": measure_speed(vocabulary),
    }
    if options.transcripts:
        report["orders"] = measure_orders(options.transcripts)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
