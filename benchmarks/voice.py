"""Voice to voice: how long one waits, how soon an interruption is silence, and what Handla takes for a person.

    python -m benchmarks.voice [--runs N] [--interruptions N] [--minutes N] [--parts latency,barge_in,peer,...]

Prints one JSON line. `latency`, `barge_in` and `peer` run `handla listen`, and the peer, as processes on real PortAudio
and PulseAudio: synthetic fixtures are played into a virtual microphone, and what the virtual loudspeaker is given is
recorded beside it (benchmarks/_live.py). Latency is from the last audible sample of the request (1 % of full scale) to
the first of the reply, both as the recordings have them; `inside_ms` is the same as Handla reckons it. `loopback_ms` is
what a click takes through the same devices with nothing between; it is part of every latency. A reply that has begun is
cut short by Enter before the next request, and by the next interruption. A peer (`peer`, and `realtime` where it is
asked for) answers every request with the same sentence and knows no shop.

`interruptions`, `own_voice` and `noise` run the same loop, detector, canceller and recogniser faster than real time
(benchmarks/_talking.py): replies by Piper come back into the microphone at -6, -12 and -20 dB; recorded or synthetic
people speak in between. Every turn and every stop of a reply that nobody spoke for is counted. `interruptions` says how
soon a reply is held by who speaks into it: what the devices add is not in it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import numpy as np
import soxr

from benchmarks import _interrupting
from benchmarks._environments import NoPeer
from benchmarks._laid import FIXTURES, SPEECH, recordings
from benchmarks._live import Listening, Samples, Session, Tape, spoken
from benchmarks._realtime import realtime_chain
from benchmarks._talking import Line, Room, Talk, at_level, lines
from benchmarks._wordless import pieces
from benchmarks._wyoming import wyoming_chain
from tests.voice.sound_server import EAR, MOUTH, RATE, SoundServer, missing
from voice.devices import port_audio
from voice.floor import Hold, Think
from voice.loudspeaker import DeviceSpeaker
from voice.microphone import DeviceMicrophone
from voice.models import voice_files, whisper_folder
from voice.piper import Piper
from voice.whisper import Whisper, WhisperSettings

INTENTS = ("find_product", "order_status", "recommend", "reorder", "help")
REPLIES = (
    "I found Glacier Down Jacket at 189 dollars, Harbor Winter Parka at 149 dollars and Ridge Insulated Jacket at 129 "
    "dollars, all waterproof. Which one would you like?",
    "That's Harbor Winter Parka, medium, 149 dollars in all, delivered free on Thursday. Shall I place the order?",
    "Order 6 0 1 5 with Ridgeline Hiking Boots, size 42, is on its way with Postbird, expected tomorrow.",
)
ECHOES = (-6.0, -12.0, -20.0)
"""Decibels below what is played."""
SPEAKS_AT = -26.0
"""Decibels below full scale of the person in front of the microphone."""
SPEAKERS = "recorded orders and commands" if SPEECH.is_dir() else "synthetic fixtures"
PARTS = ("latency", "barge_in", "peer", "interruptions", "own_voice", "noise")
PEERS = {
    "peer": (
        wyoming_chain,
        "wyoming-faster-whisper and wyoming-piper, same weights, 0.7 s of silence, one fixed reply",
    ),
    "realtime": (
        realtime_chain,
        "RealtimeSTT and RealtimeTTS with Piper, same weights, 0.6 s of silence, one fixed reply",
    ),
}
"""Part -> what runs it, and what it is. The second, which is large, only runs where it is asked for."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="handla bench voice", description=__doc__)
    parser.add_argument("--runs", type=int, default=20, help="requests")
    parser.add_argument("--interruptions", type=int, default=24, help="on devices, and for each echo")
    parser.add_argument("--minutes", type=float, default=20.0, help="of talking with echo")
    parser.add_argument("--parts", default=",".join(PARTS))
    options = parser.parse_args(arguments)
    wanted = options.parts.split(",")
    known = dict.fromkeys((*PARTS, *PEERS))
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        parser.error(f"unknown part {', '.join(unknown)}; known are {', '.join(known)}")
    report: dict[str, object] = {"benchmark": "voice", "load": round(os.getloadavg()[0], 1)}
    live: dict[str, Callable[[SoundServer], object]] = {
        "latency": lambda server: measure_latency(server, options.runs),
        "barge_in": lambda server: measure_barge_in(server, options.interruptions),
        "peer": lambda server: measure_peer(server, "peer", options.runs),
        "realtime": lambda server: measure_peer(server, "realtime", options.runs),
    }
    if absent := missing():
        report |= {part: absent for part in live if part in wanted}
    elif set(wanted) & set(live):
        with SoundServer() as server:
            report["loopback_ms"] = measure_loopback(server)
            report |= {part: measure(server) for part, measure in live.items() if part in wanted}
    if "interruptions" in wanted:
        report["interruptions"] = measure_interruptions(options.interruptions)
    if {"own_voice", "noise"} & set(wanted):
        whisper = Whisper(whisper_folder(), WhisperSettings(threads=os.cpu_count() or 1))
        whisper.warm_up()
        if "own_voice" in wanted:
            report["own_voice"] = measure_own_voice(whisper, options.minutes)
        if "noise" in wanted:
            report["noise"] = measure_noise(whisper, min(10.0, options.minutes))
    print(json.dumps(report))


def requests(runs: int) -> list[Path]:
    """Clean synthetic requests whose replies do not end the conversation, over and over."""
    rows = [json.loads(line) for line in (FIXTURES / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    files = [FIXTURES / row["file"] for row in rows if row["intent"] in INTENTS and row["noise"] is None]
    return [files[number % len(files)] for number in range(runs)]


def measure_loopback(server: SoundServer, times: int = 7) -> dict[str, float]:
    """A click from the virtual microphone to the virtual loudspeaker, through both devices and nothing else."""
    os.environ.update(server.environment)
    port_audio().refresh()
    click = np.round(12_000 * np.sin(np.arange(RATE // 50) * 0.3)).astype(np.int16)
    ear, mouth = Tape(server, EAR), Tape(server, MOUTH)
    stop, took = Event(), []
    with DeviceMicrophone() as microphone, DeviceSpeaker() as speaker:
        through = Thread(target=lambda: speaker.play(microphone.chunks(), stop))
        through.start()
        time.sleep(1.0)
        for _ in range(times):
            began = time.monotonic()
            server.put_in(click)
            time.sleep(1.0)
            heard, played = ear.audible(began), mouth.audible(began)
            if len(heard) and len(played):
                took.append(1000 * (played[0] - heard[0]))
        stop.set()
        microphone.close()
        through.join(5)
    ear.close()
    mouth.close()
    return quantiles(took)


def measure_latency(server: SoundServer, runs: int) -> dict[str, object]:
    """Requests to `handla listen`, each after the reply before it."""
    with tempfile.TemporaryDirectory() as folder, Listening(server, settings(folder)) as session:
        time.sleep(3.0)
        latencies, missed = waited(session, requests(runs), "sounded")
        stages = [event["ms"] for _, event in session.events if event["event"] == "sounded"]
    return {
        "speech": "synthetic fixtures",
        "requests": runs,
        "unanswered": missed,
        "ms": quantiles(latencies),
        "inside_ms": quantiles([one["total"] for one in stages]),
        "share": shares(stages),
        "stages_ms": {name: quantiles([one[name] for one in stages]) for name in shares(stages)},
    }


def waited(session: Session, files: Sequence[Path], event: str) -> tuple[list[float], int]:
    """Milliseconds from the last sample of each request to the first of its reply, and how many had none.

    `event`: after which the reply has begun, or is over where it cannot be stopped.
    """
    latencies, missed = [], 0
    for file in files:
        began = time.monotonic()
        _, last = session.say(spoken(file))
        try:
            session.wait_for(event, began, seconds=40.0)
        except TimeoutError:
            missed += 1
            continue
        time.sleep(0.6)
        answer = session.mouth.audible(last)
        if len(answer):
            latencies.append(1000 * (float(answer[0]) - last))
        session.press_enter()
        time.sleep(0.6)
    return latencies, missed


def measure_barge_in(server: SoundServer, count: int) -> dict[str, object]:
    """Someone speaks into each reply, also into the one to the interruption before: their first sample to its last."""
    took, noticed, unheard, places = [], 0, 0, np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder, Listening(server, settings(folder)) as session:
        asked = time.monotonic()
        session.say(spoken(FIXTURES / "demo" / "01.wav"))
        for file in requests(count):
            spoke = asked
            with suppress(TimeoutError):
                session.wait_for("sounded", asked, 20.0)
                time.sleep(float(places.uniform(0.5, 1.5)))
                spoke = time.monotonic()
                first, _ = session.say(spoken(file))
                session.wait_for("held", spoke, 2.0)
                noticed += 1
                silent = quiet_from(session.mouth, first)
                took += [1000 * (silent - first)] if silent > first else []  # else it was between two sentences
                unheard += session.wait_for("turn", spoke, 20.0)["last_reply_heard"] is False
            asked = spoke
    return {
        "speech": "synthetic fixtures",
        "interruptions": count,
        "noticed": noticed,
        "counted_as_unheard": unheard,
        "to_silence_ms": quantiles(took),
    }


def quiet_from(tape: Tape, since: float) -> float:
    """The last audible sample before the first 0.25 s of silence."""
    times = np.concatenate([[since], tape.audible(since, since + 3.0)])
    gaps = np.flatnonzero(np.diff(times) > 0.25)
    return float(times[gaps[0]] if len(gaps) else times[-1])


def measure_peer(server: SoundServer, part: str, runs: int) -> dict[str, object]:
    chain, name = PEERS[part][0], {"peer": PEERS[part][1]}
    try:
        with chain(server, REPLIES[1]) as session:
            latencies, missed = waited(session, requests(runs), "spoken")
    except (NoPeer, TimeoutError) as error:
        return {**name, "not_run": str(error)[-300:]}
    return {**name, "requests": runs, "unanswered": missed, "ms": quantiles(latencies)}


def measure_interruptions(count: int) -> dict[str, object]:
    return {"people": SPEAKERS, "held_after_ms": _interrupting.measure(replies(), speakers(), count, quantiles)}


def replies() -> dict[str, Samples]:
    """How Piper says them, at 16 kHz."""
    piper = Piper(voice_files())
    return {text: _at_16_khz(piper, text) for text in REPLIES}


def speakers() -> list[Samples]:
    """Recordings from their first speech sample on, at 16 kHz."""
    return [one.samples[round(one.first * 16_000) :] for one in recordings(40) if one.quiet]


def measure_own_voice(whisper: Whisper, minutes: float) -> dict[str, object]:
    """A person asks, Handla answers at length; every third reply is interrupted."""
    sounds, people = replies(), [at_level(one, SPEAKS_AT) for one in speakers()]
    report: dict[str, object] = {"people": SPEAKERS, "minutes": 0.0}
    total = 0.0
    for seed, decibels in enumerate(ECHOES):
        talk = Talk(whisper, sounds, lines(REPLIES), Room(decibels, seed))
        counted = Counted()
        while talk.now < 60 * minutes / len(ECHOES):
            counted.one(talk, people)
        total += talk.now / 60
        report[f"{decibels:g} dB"] = counted.report(talk)
    return {**report, "minutes": round(total, 1)}


class Counted:
    """What was made of a conversation whose speaking times are known."""

    def __init__(self) -> None:
        self.requests = self.interruptions = 0
        self.spoken: list[tuple[float, float]] = []
        """When the person began and ended."""
        self.noticed: list[float] = []

    def one(self, talk: Talk, people: Sequence[Samples]) -> None:
        """One request, its reply, and an interruption of every third."""
        self.requests += 1
        talk.wait(0.6)
        self._speak(talk, people[self.requests % len(people)])
        talk.wait(2.0)
        if self.requests % 3 == 0 and talk.mouth.sounding:
            self.interruptions += 1
            began = talk.now
            self._speak(talk, people[(self.requests + 7) % len(people)])
            self.noticed += [1000 * (at - began) for at in talk.of(Hold, began)[:1]]
        talk.wait(12.0)

    def _speak(self, talk: Talk, samples: Samples) -> None:
        began = talk.now
        talk.hear(samples)
        self.spoken.append((began, talk.now))

    def report(self, talk: Talk) -> dict[str, object]:
        turns = [what.turn.utterance for _, what in talk.told if isinstance(what, Think)]
        own = [turn for turn in turns if not self._by_person(turn.started, turn.ended)]
        stops = [at for at in talk.of(Hold) if not self._by_person(at - 0.5, at)]
        return {
            "requests": self.requests,
            "turns": len(turns),
            "own_turns": len(own),
            "own_stops": len(stops),
            "interruptions": self.interruptions,
            "noticed": len(self.noticed),
            "to_stop_ms": quantiles(self.noticed),
        }

    def _by_person(self, began: float, ended: float) -> bool:
        return any(began < last and ended > first for first, last in self.spoken)


def measure_noise(whisper: Whisper, minutes: float) -> dict[str, object]:
    """Noise, knocks, breath and music: turns and stops, while nothing sounds and while a reply does."""
    report: dict[str, object] = {"data": "generated", "minutes": minutes}
    quiet = Talk(whisper, {}, lambda turn, heard: Line(""), Room(None, 1))  # noqa: ARG005
    for _, samples in pieces(60 * minutes, seed=1):
        quiet.hear(samples)
    report["turns"] = len(quiet.of(Think))
    report["turns_with_words"] = sum(
        bool(what.turn.transcript.text) for _, what in quiet.told if isinstance(what, Think)
    )
    return report


def _at_16_khz(piper: Piper, text: str) -> Samples:
    chunks = list(piper.speak(text))
    return soxr.resample(np.concatenate([chunk.samples for chunk in chunks]), chunks[0].rate, 16_000)


def settings(folder: str) -> dict[str, str]:
    return {
        "HANDLA_SHOP__DATABASE": f"sqlite:///{folder}/shop.db",
        "HANDLA_LISTENING__EARCONS": "false",  # the first sound is to be the reply's
        "HANDLA_LISTENING__SILENCE_ENDS": "0",
    }


def quantiles(milliseconds: Sequence[float]) -> dict[str, float]:
    if len(milliseconds) < 2:
        return {"of": len(milliseconds)}
    cuts = statistics.quantiles(milliseconds, n=20, method="inclusive")
    best, median = min(milliseconds), statistics.median(milliseconds)
    return {"best": round(best), "p50": round(median), "p95": round(cuts[18]), "of": len(milliseconds)}


def shares(stages: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of all the time waited, how much each stage took."""
    total = sum(one["total"] for one in stages) or 1.0
    names = [name for name in (stages[0] if stages else {}) if name != "total"]
    return {name: round(sum(one[name] for one in stages) / total, 3) for name in names}


if __name__ == "__main__":
    main()
