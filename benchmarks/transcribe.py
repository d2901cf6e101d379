"""Handla's Whisper against faster-whisper's own transcribe(): the same weights, bias and utterances, in turns.

    python -m benchmarks.transcribe [--audio DIR --labels FILE] [--hints "a, b"] [--limit N] [--snr 6,12,18,24]

Prints one JSON line. The recorded coffee orders of the development data are read, or the folder given; recorded and
synthetic speech are never in one figure. Every recording is cut by the speech detector first, as in live use, and with
--snr heard in recorded kitchen noise too (benchmarks/_speech.py says how loud). The hints are what Handla makes of the
coffee bar's catalogue; stock gets their sentences as initial_prompt and the rest as hotwords.

An order is `heard` when every labelled phrase stands in the text, numbers spelled one way. `loops` counts texts that
say the same over and over. Off-subject speech is heard with the coffee hints and without any, by stock too: hints must
not harm.
`wordless` counts transcripts of generated noise, knocks, breath and music, through the detector and given directly.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from benchmarks._coffee import coffee_hints
from benchmarks._machine import peak_megabytes
from benchmarks._scores import Answer, reliability, stands_in, times, word_errors
from benchmarks._speech import Group, Spoken, fixtures, off_subject, orders_or
from benchmarks._wordless import RATE, pieces, sample
from voice.detect import Detector
from voice.models import ModelError, whisper_folder
from voice.plausible import is_loop
from voice.types import AudioChunk, BadAudio, Transcript, Utterance
from voice.utterances import utterances
from voice.whisper import Whisper, WhisperSettings

Peer = Callable[[Utterance], Transcript]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every measurement needs."""

    handla: Whisper
    hints: tuple[str, ...]
    peers: Mapping[str, Peer]
    """Handla first; all with the hints."""
    plain_stock: Peer


def main(argv: Sequence[str] | None = None) -> None:
    """Measure and print; a mistake of the caller ends with a sentence and exit code 2."""
    wanted = _arguments(argv)
    try:
        print(json.dumps(measure(wanted)))
    except (BadAudio, ModelError, OSError, ValueError, KeyError) as error:
        print(f"transcribe: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def measure(wanted: argparse.Namespace) -> dict[str, object]:
    orders = orders_or(wanted.audio, wanted.labels, wanted.limit)
    hints = tuple(part.strip() for part in wanted.hints.split(",")) if wanted.hints is not None else coffee_hints()
    ground, memory = _ground(whisper_folder(wanted.model), wanted.threads, hints)
    line: dict[str, object] = {
        "benchmark": "transcribe",
        "model": wanted.model,
        "threads": wanted.threads,
        "hints": len(hints),
        **memory,
    }
    believed: list[Answer] = []
    if orders is not None:
        line["recorded"], believed = _recorded(orders, ground, wanted.snr)
    else:
        line["recorded"] = "absent; the fixtures are synthetic"
    if wanted.audio is None:
        others = {group.name: _off_subject(group, ground) for group in off_subject(wanted.limit)}
        line["off_subject"] = {name: figures for name, (figures, _) in others.items()}
        line["synthetic"] = _off_subject(fixtures(wanted.limit), ground)[0]
        for _, answers in others.values():
            believed += answers
        line["wordless"] = _wordless(ground, wanted.wordless)
    line["confidence"] = reliability(believed)
    line["peak_memory_mb_with_stock"] = peak_megabytes()
    return line


def _ground(folder: Path, threads: int, hints: tuple[str, ...]) -> tuple[Ground, dict[str, object]]:
    """The peers, loaded and warm; and the memory before and after Handla's model was."""
    before = peak_megabytes()
    handla = Whisper(folder, WhisperSettings(threads=threads))
    handla.warm_up()
    noise = np.random.default_rng(1).standard_normal(8 * RATE) * 300
    warm = Utterance(noise.astype(np.int16), RATE, 0.0, 8.0)
    handla.transcribe(warm, hints)
    memory: dict[str, object] = {"peak_memory_mb_before_model": before, "peak_memory_mb_with_handla": peak_megabytes()}
    stock = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, local_files_only=True)
    peers: dict[str, Peer] = {
        "handla": lambda utterance: handla.transcribe(utterance, hints),
        "stock": _stock(stock, hints, 5),
        "stock, greedy": _stock(stock, hints, 1),
    }
    for peer in peers.values():
        peer(warm)
    return Ground(handla, hints, peers, _stock(stock, (), 5)), memory


def _stock(model: WhisperModel, hints: Sequence[str], beam: int) -> Peer:
    """faster-whisper as its own documentation has it, told the language and the same hints."""
    sentences = " ".join(hint for hint in hints if hint[-1:] in ".?!")
    listed = ", ".join(hint for hint in hints if hint[-1:] not in ".?!")

    def transcribe(utterance: Utterance) -> Transcript:
        segments, _ = model.transcribe(
            utterance.samples.astype(np.float32) / 32768.0,
            language="en",
            beam_size=beam,
            initial_prompt=sentences or None,
            hotwords=listed or None,
        )
        heard = list(segments)
        sure = math.exp(min((segment.avg_logprob for segment in heard), default=0.0))
        return Transcript(" ".join(segment.text.strip() for segment in heard), "en", min(1.0, sure))

    return transcribe


def _recorded(orders: Group, ground: Ground, snrs: Sequence[float]) -> tuple[dict[str, object], list[Answer]]:
    """Stock is heard clean and in the loudest noise; Handla everywhere."""
    figures: dict[str, object] = {"audio": orders.source, "files": len(orders.files)}
    believed: list[Answer] = []
    for snr in (math.inf, *snrs):
        spoken = orders.heard_at(snr)
        against = snr in (math.inf, min(snrs, default=math.inf))
        answers = _in_turns(spoken, ground.peers if against else {"handla": ground.peers["handla"]})
        seconds = sum(one.seconds for one in spoken)
        told: dict[str, object] = {name: _figures(spoken, heard, seconds) for name, heard in answers.items()}
        if against:
            ours = np.array([one.seconds for one in answers["handla"]])
            told["times_faster_p50"] = {
                name: round(float(np.percentile([one.seconds for one in heard], 50) / np.percentile(ours, 50)), 2)
                for name, heard in answers.items()
                if name != "handla"
            }
            believed += answers["handla"]
        figures["clean" if snr == math.inf else f"{snr:g} dB"] = told
    return figures, believed


def _figures(spoken: Sequence[Spoken], answers: Sequence[Answer], seconds: float) -> dict[str, object]:
    heard = sum(one.right for one in answers)
    figures: dict[str, object] = {"heard": heard, "share": round(heard / max(1, len(answers)), 3)}
    said = [(one.text, answer.text) for one, answer in zip(spoken, answers, strict=True) if one.text is not None]
    if said:
        figures["word_error_rate"] = round(word_errors([one for one, _ in said], [other for _, other in said]), 3)
    return {**figures, "loops": sum(is_loop(one.text) for one in answers), **times(answers, seconds)}


def _in_turns(spoken: Sequence[Spoken], peers: Mapping[str, Peer]) -> dict[str, list[Answer]]:
    """Every peer hears every recording, in turns that begin with another peer each time."""
    names = list(peers)
    answers: dict[str, list[Answer]] = {name: [] for name in names}
    for turn, one in enumerate(spoken):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            answers[name].append(_answer(one, peers[name]))
    return answers


def _answer(spoken: Spoken, peer: Peer) -> Answer:
    start = time.perf_counter()
    heard = [peer(utterance) for utterance in spoken.utterances]
    taken = time.perf_counter() - start
    text = " ".join(one.text for one in heard if one.text)
    sure = min((one.confidence for one in heard if one.text), default=0.0)
    return Answer(text, sure, taken, bool(text) and stands_in(spoken.phrases, text))


def _off_subject(group: Group, ground: Ground) -> tuple[dict[str, object], list[Answer]]:
    """Both recognisers without hints and with those of the coffee bar, and Handla's answers with hints."""
    spoken = group.heard_at(math.inf)
    heard_by = {"no_hints": ground.handla.transcribe, "hints": ground.peers["handla"], "stock": ground.peers["stock"]}
    answers = _in_turns(spoken, {**heard_by, "stock, no hints": ground.plain_stock})
    seconds = sum(one.seconds for one in spoken)
    figures = {name: _figures(spoken, heard, seconds) for name, heard in answers.items()}
    return {"audio": group.source, "files": len(spoken), **figures}, answers["hints"]


def _wordless(ground: Ground, minutes: float) -> dict[str, object]:
    detector, heard, cut = Detector(), 0, 0
    for _, samples in pieces(60 * minutes, seed=1):
        for utterance in utterances([AudioChunk(samples, RATE)], detector):
            cut += 1
            heard += bool(ground.peers["handla"](utterance).text)
    direct = [(kind, Utterance(samples, RATE, 0.0, len(samples) / RATE)) for kind, samples in sample(5, seed=2)]
    texts: dict[str, int] = {}
    for hints in (ground.hints, ("yes", "no"), ()):
        for kind, utterance in direct:
            texts[kind] = texts.get(kind, 0) + bool(ground.handla.transcribe(utterance, hints).text)
    return {
        "minutes": minutes,
        "taken_for_speech": cut,
        "transcripts": heard,
        "given_directly": 3 * len(direct),
        "transcripts_directly": {kind: count for kind, count in texts.items() if count},
    }


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="handla bench transcribe", description="Handla's Whisper against stock.")
    parser.add_argument("--audio", type=Path, help="folder of recordings")
    parser.add_argument("--labels", type=Path, help="JSON lines with file, and text or slots; labels.jsonl in --audio")
    parser.add_argument("--hints", help="phrases likely to be said, separated by commas; the coffee bar's by default")
    parser.add_argument("--snr", type=_decibels, default=(6.0, 12.0, 18.0, 24.0), help="decibels, separated by commas")
    parser.add_argument("--limit", type=int, help="only the first so many recordings of each kind")
    parser.add_argument("--wordless", type=float, default=60.0, help="minutes of generated sound without words")
    parser.add_argument("--model", default="base", help="a Whisper model that handla can find")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args(argv)


def _decibels(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(",") if part.strip())


if __name__ == "__main__":
    main()
