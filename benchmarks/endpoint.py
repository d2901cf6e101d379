"""How well turns are ended, and how soon their words are there.

    python -m benchmarks.endpoint [--limit N] [--silence]

Prints one JSON line. Every recording is laid in silence and in noise (benchmarks/_laid.py says how, and where speech
ends) and heard by `Listener` and by a peer: the same detector, a fixed silence of 0.7 s, transcription after it. Audio
time is virtual; a transcription takes the time it really takes on this machine, as if a worker ran beside.

A turn is cut when it takes in some of the speech and is ended before the last speech sample, by 0.1 s or more: what
is said after that comes too late for it. An utterance is missed when no turn that takes in some of it has words.
`decision_s` and `text_s` count from the last speech sample to the decision, and to decision and words, over the
utterances that were neither cut nor missed. `start_lost` counts turns that start after the first speech sample, where
the recording is quiet enough to tell; `heard` those whose every labelled phrase stands in the text. Recorded and
synthetic speech are never in one figure.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from assistant.judging import judgement
from assistant.phrases.book import read_phrases
from benchmarks._coffee import coffee_hints
from benchmarks._laid import (
    SPEECH,
    Recording,
    Replayed,
    Samples,
    Stretch,
    chunks,
    fixtures,
    generated_noise,
    kitchen,
    lay,
    probabilities,
    recordings,
    wordless_fixtures,
)
from benchmarks._orders import coffee_bar
from benchmarks._requests import shop
from nlu import Vocabulary, parse
from nlu.types import Expectation
from voice.endpoint import EndpointSettings
from voice.listener import HeardTurn, Listener
from voice.models import whisper_folder
from voice.plausible import words
from voice.ports import Judge, SpeechToText
from voice.utterances import utterances
from voice.wav import RATE
from voice.whisper import Whisper, WhisperSettings
from voice.worker import T, Task

NOISES = {"silence": math.inf, "noise 18 dB": 18.0, "noise 12 dB": 12.0, "noise 6 dB": 6.0}
PEER = EndpointSettings(end_silence=0.7)
GENERATED_SECONDS = 600


@dataclass(slots=True, eq=False)
class TimedTask:
    """A job done at once, whose result counts as there only after the time it took."""

    worker: TimedWorker
    value: object
    asked: float
    seconds: float

    def ready(self, now: float) -> bool:
        self.worker.now = now
        return now >= self.worker.begins(self) + self.seconds - 1e-9

    def result(self) -> object:
        return self.value

    def drop(self) -> None:
        if self.worker.begins(self) > self.worker.now:
            self.worker.tasks.remove(self)


@dataclass(slots=True)
class TimedWorker:
    """A worker in audio time: one job after the other, each as long as it really takes.

    A job that is dropped before it begins takes no time.
    """

    now: float = 0.0
    tasks: list[TimedTask] = field(default_factory=list)
    jobs: int = 0

    def start(self, job: Callable[[], T], now: float) -> Task[T]:
        began = time.perf_counter()
        value = job()
        self.tasks.append(TimedTask(self, value, now, time.perf_counter() - began))
        self.now, self.jobs = now, self.jobs + 1
        return self.tasks[-1]  # type: ignore[return-value]

    def begins(self, wanted: TimedTask) -> float:
        """When the jobs before it are done; never, once it was dropped."""
        free = 0.0
        for task in self.tasks:
            begins = max(free, task.asked)
            if task is wanted:
                return begins
            free = begins + task.seconds
        return math.inf


@dataclass(frozen=True, slots=True)
class House:
    """What listens, and what it listens for."""

    whisper: SpeechToText
    judge: Judge
    hints: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ending:
    """What one listener made of a turn, in seconds of the stretch."""

    started: float
    speech_ended: float
    decided: float
    ended: float
    text: str


@dataclass(slots=True)
class Tally:
    """What one listener made of one condition."""

    decisions: list[float] = field(default_factory=list)
    texts: list[float] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    late_starts: list[str] = field(default_factory=list)
    labelled: int = 0
    heard: int = 0
    utterances: int = 0
    transcriptions: int = 0

    def add(self, stretch: Stretch, turns: Iterable[Ending]) -> None:
        self.utterances += 1
        ours = [turn for turn in turns if turn.started < stretch.last and turn.speech_ended > stretch.first]
        if any(turn.decided < stretch.last - 0.1 for turn in ours):
            self.cut.append(stretch.recording.name)
        elif not any(turn.text for turn in ours):
            self.missed.append(stretch.recording.name)
        else:
            last = max(ours, key=lambda turn: turn.decided)
            self.decisions.append(last.decided - stretch.last)
            self.texts.append(last.ended - stretch.last)
        if stretch.recording.quiet and ours and ours[0].started > stretch.first:
            self.late_starts.append(stretch.recording.name)
        if stretch.recording.phrases:
            said = " ".join(words(" ".join(turn.text for turn in ours)))
            self.labelled += 1
            self.heard += all(" ".join(words(phrase)) in said for phrase in stretch.recording.phrases)

    def report(self) -> dict[str, object]:
        return {
            "utterances": self.utterances,
            "cut": len(self.cut),
            "missed": len(self.missed),
            "start_lost": len(self.late_starts),
            **({"labelled": self.labelled, "heard": self.heard} if self.labelled else {}),
            "decision_s": quantiles(self.decisions),
            "text_s": quantiles(self.texts),
            "transcriptions": self.transcriptions,
        }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="handla bench endpoint", description=__doc__)
    parser.add_argument("--limit", type=int, help="only the first so many recordings of each set")
    parser.add_argument("--silence", action="store_true", help="leave the noise out")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    house = open_house(options.threads)
    noises = {name: snr for name, snr in NOISES.items() if not options.silence or math.isinf(snr)}
    groups: dict[str, list[Recording]] = {}
    for one in recordings(options.limit):
        groups.setdefault(one.group, []).append(one)
    report: dict[str, object] = {
        "benchmark": "endpoint",
        "speech": "recorded (orders and commands of the development data)" if SPEECH.is_dir() else "synthetic fixtures",
        "noise": "recorded kitchen" if kitchen() is not None else "generated pink",
        "load": round(os.getloadavg()[0], 1),
    }
    for name, snr in noises.items():
        report[name] = measure(groups, snr, house)
    report["short_words"] = measure_short_words(house)
    if not options.silence:
        report["false_turns"] = measure_false_turns(house)
    print(json.dumps(report))


def open_house(threads: int) -> House:
    """Whisper base with the names of the shop that the recordings are about, warmed up."""
    whisper = Whisper(whisper_folder(), WhisperSettings(threads=threads))
    whisper.warm_up()
    vocabulary = coffee_bar() if SPEECH.is_dir() else shop()
    hints = coffee_hints() if SPEECH.is_dir() else [term.value for term in vocabulary.terms][:60]
    judge = judge_by(vocabulary)
    judge("a latte please")  # the first one reads the language and indexes the names
    return House(whisper, judge, hints)


def judge_by(vocabulary: Vocabulary) -> Judge:
    """As `assistant.judging` judges where nothing was asked, without a shop behind it."""

    return lambda text: judgement(text, "en", lambda said: parse(said, vocabulary))


def measure(groups: dict[str, list[Recording]], snr: float, house: House) -> dict[str, object]:
    """Both listeners on every recording, each first in every other turn."""
    tallies: dict[str, dict[str, Tally]] = {"handla": {}, "fixed 0.7 s": {}}
    noise = kitchen()
    for group, found in groups.items():
        ours, peers = (tally.setdefault(group, Tally()) for tally in tallies.values())
        for number, one in enumerate(found):
            stretch = lay(one, noise, snr, seed=number)
            judged = probabilities(stretch.samples)
            for listener in (hear_adaptive, hear_fixed) if number % 2 else (hear_fixed, hear_adaptive):
                tally = ours if listener is hear_adaptive else peers
                turns, jobs = listener(stretch.samples, judged, house)
                tally.add(stretch, turns)
                tally.transcriptions += jobs
    return {
        name: {"all": merged(by_group.values()).report()} | {group: one.report() for group, one in by_group.items()}
        for name, by_group in tallies.items()
    }


def hear_adaptive(samples: Samples, judged: list[float], house: House) -> tuple[list[Ending], int]:
    """The listener's turns, and how many transcriptions they took."""
    worker = TimedWorker()
    listener = Listener(Replayed(judged), house.whisper, house.judge, worker=worker)
    return [_ending(turn) for turn in listener.turns(chunks(samples), lambda: house.hints)], worker.jobs


def _ending(turn: HeardTurn) -> Ending:
    heard = turn.utterance
    return Ending(heard.started, heard.ended, turn.decided, turn.ended, turn.transcript.text)


def hear_fixed(samples: Samples, judged: list[float], house: House) -> tuple[list[Ending], int]:
    """The peer's turns: 0.7 s after speech, transcribed then."""
    turns = []
    for heard in utterances(chunks(samples), Replayed(judged), PEER):
        decided = min(heard.ended + PEER.end_silence, len(samples) / RATE)
        began = time.perf_counter()
        text = house.whisper.transcribe(heard, house.hints).text
        turns.append(Ending(heard.started, heard.ended, decided, decided + time.perf_counter() - began, text))
    return turns, len(turns)


def measure_short_words(house: House) -> dict[str, object]:
    """Synthetic yes, no and two: how many give one turn, and how many are understood, in silence and in pink noise.

    Handla has asked for a yes or a no, as before every order; "two" is only listened for.
    """
    found = fixtures(short_words=True)
    report: dict[str, object] = {"speech": "synthetic fixtures", "words": [one.name for one in found]}
    asking = House(house.whisper, house.judge, read_phrases("en")["hint.answers.order"])
    for name, snr, times in (("silence", math.inf, 1), ("noise 20 dB", 20.0, 4), ("noise 12 dB", 12.0, 4)):
        kept = understood = 0
        for number, one in enumerate(found * times):
            samples = lay(one, None, snr, seed=number).samples
            heard, _ = hear_adaptive(samples, probabilities(samples), asking)
            kept += len(heard) == 1
            understood += [_answer(turn.text) for turn in heard] == [_answer(one.phrases[0])]
        report[name] = {"said": len(found) * times, "kept": kept, "understood": understood}
    return report


def _answer(text: str) -> object:
    """What these words answer to a read-back: yes, no, or a number."""
    heard = parse(text, Vocabulary([], "USD"), Expectation(asked="confirm"))
    return heard.intent if heard.intent in ("affirm", "deny") else (heard.slot("ordinal") or heard.slot("quantity"))


def measure_false_turns(house: House) -> dict[str, object]:
    """Sounds without words: stretches that the endpointer took for speech, and turns handed over, per hour."""
    streams = {"generated": [generated_noise(GENERATED_SECONDS, seed=1)], "fixtures": wordless_fixtures()}
    noise = kitchen()
    if noise is not None:
        streams["recorded kitchen"] = [noise]
    report: dict[str, object] = {}
    for name, sounds in streams.items():
        starts = turns = 0
        for samples in sounds:
            judged = probabilities(samples)
            starts += sum(1 for _ in utterances(chunks(samples), Replayed(judged)))
            turns += len(hear_adaptive(samples, judged, house)[0])
        hours = sum(len(samples) for samples in sounds) / RATE / 3600
        report[name] = {
            "hours": round(hours, 3),
            "starts_per_hour": round(starts / hours, 1),
            "turns_per_hour": round(turns / hours, 1),
        }
    return report


def merged(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        for name in ("decisions", "texts", "cut", "missed", "late_starts"):
            getattr(total, name).extend(getattr(one, name))
        total.utterances += one.utterances
        total.labelled += one.labelled
        total.heard += one.heard
        total.transcriptions += one.transcriptions
    return total


def quantiles(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    if len(seconds) < 2:
        return {}
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return {"p50": round(statistics.median(seconds), 3), "p95": round(cuts[18], 3)}


if __name__ == "__main__":
    main()
