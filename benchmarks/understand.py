"""How well requests are understood, and how fast: `handla bench understand [--parts A,B] [--limit N] [--errors FILE]`.

Prints one JSON line. docs/understanding.md, "Measured", says what each figure is. The parts:

    own               independent requests in English and Swedish, halves `dev` and `test`; --errors tells of `dev`
    clinc150, slurp, customer_service
                      other people's requests with our intents (benchmarks/mappings.yaml); skipped where absent
    bad_input         empty, endless, unreadable and prompt-like text: what raises, and what is not refused
    orders            the recorded coffee orders through Whisper, clean and in kitchen noise at 6 dB; --transcripts FILE
                      keeps the texts in FILE, or takes them from there
    speed             milliseconds on one core, start-up of a fresh process, and linking in a catalogue of
                      --catalogue-size products
    peers             the model alone, the templates alone, and TF-IDF with logistic regression trained on the model's
                      corpus (extra `bench`), on own and clinc150
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import _spoken_orders
from benchmarks._bad_input import bad_input
from benchmarks._figures import calibration, share, slot_f1
from benchmarks._judged import Judgement, is_refused, judge
from benchmarks._outside import REFUSED, SETS, Outside, outside
from benchmarks._pace import measure_speed
from benchmarks._readers import Reader, baseline, handla, model_alone, templates_alone
from benchmarks._requests import LANGUAGES, TODAY, Request, known_languages, requests_of, shop
from nlu.types import Expectation, Understanding

PARTS = ("own", *SETS, "bad_input", "orders", "speed", "peers")
EFFECTS = ("add_to_basket", "checkout", "reorder", "affirm", "cancel_order", "clear_basket", "return_item")
"""Intents that lead to an order or take something away."""


class Errors:
    """Where misunderstood requests go: one JSON line each."""

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("w", encoding="utf-8") if path else None

    def tell(self, **row: object) -> None:
        if self._file:
            self._file.write(json.dumps(row) + "\n")

    def close(self) -> None:
        if self._file:
            self._file.close()


INTENT_FIGURES = ("intent", "out_of_scope_recall", "out_of_scope_false_alarms", "calibration_error")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; a mistake of the caller ends with a sentence and exit code 2."""
    wanted = _arguments(arguments)
    unknown = set(wanted.parts) - set(PARTS)
    if unknown:
        print(f"understand: no part {', '.join(sorted(unknown))}; known are {', '.join(PARTS)}", file=sys.stderr)
        raise SystemExit(2)
    try:
        errors = Errors(wanted.errors)
        print(json.dumps({"benchmark": "understand", **measure(wanted, errors)}))
        errors.close()
    except (OSError, ValueError, KeyError) as error:
        print(f"understand: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def measure(wanted: argparse.Namespace, errors: Errors) -> dict[str, object]:
    """Every part asked for, in order."""
    parts: dict[str, Callable[[], object]] = {
        "own": lambda: {language: own(handla, language, errors) for language in LANGUAGES},
        **{name: lambda name=name: others(handla, name, wanted.limit, errors) for name in SETS},
        "bad_input": lambda: refusals(errors),
        "orders": lambda: _spoken_orders.measure(wanted.transcripts, wanted.threads, errors.tell),
        "speed": lambda: measure_speed(wanted.catalogue_size),
        "peers": lambda: peers(wanted.limit),
    }
    return {name: part() for name, part in parts.items() if name in wanted.parts}


def own(reader: Reader, language: str, errors: Errors) -> dict[str, object]:
    """Figures of both halves; one half's requests never tell anything about the other's."""
    if language not in known_languages():
        return {"skipped": f"there is no folder nlu/languages/{language}"}
    halves: dict[str, list[tuple[Request, Understanding]]] = defaultdict(list)
    for request in requests_of(language):
        vocabulary = shop(request.shop, language)
        halves[request.half].append((request, reader(request.text, vocabulary, request.expects, language)))
    for request, heard in halves["dev"]:
        judged = judge(request, heard)
        if not judged.whole:
            errors.tell(
                part="own",
                text=request.text,
                asked=request.expects.asked,
                wanted=list(request.intents),
                heard=heard.intent,
                confidence=heard.confidence,
                missed=judged.missed,
                added=judged.added,
            )
    return {half: _own_figures(rows) for half, rows in sorted(halves.items())}


def _own_figures(rows: Sequence[tuple[Request, Understanding]]) -> dict[str, object]:
    judged = [judge(request, heard) for request, heard in rows]
    apart = [("out_of_scope" in request.intents, is_refused(heard)) for request, heard in rows]
    return {
        "intent": share([one.intent for one in judged]),
        "slots": slot_f1(judged),
        "whole": share([one.whole for one in judged]),
        "out_of_scope_recall": share([refused for outside, refused in apart if outside]),
        "out_of_scope_false_alarms": share([refused for outside, refused in apart if not outside]),
        "calibration_error": calibration([heard.confidence for _, heard in rows], [one.intent for one in judged]),
        **_moods(rows, judged),
    }


def _moods(rows: Sequence[tuple[Request, Understanding]], judged: Sequence[Judgement]) -> dict[str, dict[str, object]]:
    moody = [
        one.sentiment for (request, _), one in zip(rows, judged, strict=True) if isinstance(request.sentiment, str)
    ]
    calm = [not one.sentiment for (request, _), one in zip(rows, judged, strict=True) if request.sentiment is None]
    return {"sentiment_recall": share(moody), "sentiment_false_alarms": share(calm)}


def others(reader: Reader, name: str, limit: int | None, errors: Errors) -> dict[str, object]:
    """Figures of one outside set: the classes that the targets name, small talk, and all that must be refused."""
    try:
        rows = outside(name, limit)
    except FileNotFoundError as error:
        return {"skipped": f"{error.filename} is not there"}
    read = [(row, reader(row.text, shop(), Expectation(today=TODAY), "en")) for row in rows]
    by_class: dict[str, list[bool]] = defaultdict(list)
    kinds: dict[str, list[bool]] = defaultdict(list)
    for row, heard in read:
        right = is_right(row, heard)
        kinds[row.kind].append(right)
        if row.kind == "named":
            by_class[row.label].append(right)
        if not right:
            errors.tell(
                part=name,
                text=row.text,
                label=row.label,
                wanted=sorted(row.right),
                heard=heard.intent,
                confidence=heard.confidence,
            )
    effects = [heard.intent in EFFECTS and not is_refused(heard) for row, heard in read if row.kind == "other"]
    figures: dict[str, object] = {
        "named": share(kinds["named"]),
        "classes": {label: round(sum(right) / len(right), 3) for label, right in sorted(by_class.items())},
        "talk": share(kinds["talk"]),
        "refused": share(kinds["other"]),
        "taken_for_an_effect": sum(effects),
        "calibration_error": calibration([heard.confidence for _, heard in read], [is_named(*one) for one in read]),
    }
    if name == "clinc150":
        figures["yes_and_no_when_asked"] = share(_answers(reader, rows))
    return figures


def _answers(reader: Reader, rows: Sequence[Outside]) -> list[bool]:
    asked = Expectation(asked="confirm", pending="order", today=TODAY)
    return [is_right(row, reader(row.text, shop(), asked, "en")) for row in rows if row.label in ("yes", "no")]


def is_right(row: Outside, heard: Understanding) -> bool:
    """Whether an intent that is right was heard surely enough, or refused where that is right."""
    return REFUSED in row.right if is_refused(heard) else heard.intent in row.right


def is_named(row: Outside, heard: Understanding) -> bool:
    """Whether the intent itself is right, however sure: what a confidence should tell."""
    return heard.intent in row.right or (heard.intent == "out_of_scope" and REFUSED in row.right)


def refusals(errors: Errors) -> dict[str, object]:
    """For each kind of bad input: how many texts there are, how many were refused, and how many raised."""
    told: dict[str, object] = {}
    for kind, texts in bad_input().items():
        refused = raised = 0
        for text in texts:
            try:
                heard = handla(text, shop(), Expectation(today=TODAY), "en")
            except Exception as error:  # what is counted here
                raised += 1
                errors.tell(part="bad_input", kind=kind, text=text[:80], raised=repr(error))
                continue
            refused += is_refused(heard)
            if not is_refused(heard):
                errors.tell(
                    part="bad_input", kind=kind, text=text[:80], heard=heard.intent, confidence=heard.confidence
                )
        told[kind] = {"texts": len(texts), "refused": refused, "raised": raised}
    return told


def peers(limit: int | None) -> dict[str, Any]:
    """Handla's halves alone and a plain classifier, on our own requests and CLINC150."""
    told: dict[str, Any] = {
        "model_alone": _peer(model_alone(), INTENT_FIGURES, limit),
        "model_alone_at_temperature_1": _peer(model_alone(1.0), ("calibration_error",), limit),
        "templates_alone": _peer(templates_alone, (*INTENT_FIGURES, "slots", "whole"), limit),
    }
    try:
        told["tf_idf_logistic_regression"] = _peer(baseline(known_languages()), INTENT_FIGURES, limit)
    except ImportError:
        told["tf_idf_logistic_regression"] = {"skipped": "no scikit-learn; pip install 'handla[bench]'"}
    return told


def _peer(reader: Reader, kept: Sequence[str], limit: int | None) -> dict[str, Any]:
    """`kept`: the figures that mean something for this one."""
    quiet = Errors(None)
    mine = {language: own(reader, language, quiet) for language in known_languages()}
    outside_figures = others(reader, "clinc150", limit, quiet)
    if kept == ("calibration_error",):
        outside_figures = {name: outside_figures[name] for name in kept if name in outside_figures}
    halves = {
        language: {half: {name: figures[name] for name in kept} for half, figures in both.items()}
        for language, both in mine.items()
    }
    return {"own": halves, "clinc150": outside_figures}


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="handla bench understand", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", type=_listed, default=PARTS, help=f"separated by commas; all are {','.join(PARTS)}")
    parser.add_argument(
        "--limit", type=int, help="so many requests of each kind of an outside set, drawn with a fixed seed"
    )
    parser.add_argument("--errors", type=Path, help="write what was misunderstood there; never requests of a test half")
    parser.add_argument("--transcripts", type=Path, help="JSON lines with file, text and snr of the recorded orders")
    parser.add_argument("--threads", type=int, default=1, help="for Whisper")
    parser.add_argument("--catalogue-size", type=int, default=50_000, help="products to link in")
    return parser.parse_args(arguments)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


if __name__ == "__main__":
    main()
