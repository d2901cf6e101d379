"""Recordings laid in silence and in noise, with the true places of their speech."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.noises import WORDLESS, pink
from voice.detect import Detector, DetectorSettings
from voice.types import AudioChunk
from voice.wav import RATE, samples_of

ROOT = Path(__file__).parents[1]
SPEECH = ROOT.parent / "shared" / "data" / "speech"
FIXTURES = ROOT / "audio_fixtures"
SHORT_WORDS = ("yes", "no", "two")
BEFORE, AFTER = 1.5, 2.0
"""Seconds of silence or noise around a recording."""

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Recording:
    """One utterance, clean, at 16 kHz."""

    name: str
    group: str
    """'orders', 'commands', or 'fixtures' (synthetic)."""
    phrases: tuple[str, ...]
    """What is said, or parts of it; empty where that is not known."""
    samples: Samples
    first: float
    """Seconds; the first speech sample."""
    last: float
    """Seconds; the last speech sample."""
    quiet: bool
    """Whether the recording's floor is low enough for `first` to mean something."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A recording with something around it."""

    recording: Recording
    samples: Samples
    first: float
    """Seconds in `samples`."""
    last: float


def recordings(limit: int | None = None) -> list[Recording]:
    """The recorded orders and commands where the development data is, else the fixtures with words."""
    if not SPEECH.is_dir():
        return fixtures()[:limit]
    labels = {row["file"]: tuple(row["slots"].values()) for row in _rows(SPEECH / "orders" / "labels.jsonl")}
    orders = [_recording(SPEECH / "orders" / file, "orders", said) for file, said in sorted(labels.items())[:limit]]
    files = sorted((SPEECH / "commands").glob("*.wav"))[:limit]
    return [one for one in [*orders, *(_recording(file, "commands", ()) for file in files)] if one]


def fixtures(short_words: bool = False) -> list[Recording]:
    """The synthetic utterances; or only those of one very short word."""
    rows = [row for row in _rows(FIXTURES / "manifest.jsonl") if row["text"]]
    wanted = [row for row in rows if not short_words or row["text"].strip(".!").lower() in SHORT_WORDS]
    found = [_recording(FIXTURES / row["file"], "fixtures", (row["text"].strip(".!?"),)) for row in wanted]
    return [one for one in found if one]


def wordless_fixtures() -> list[Samples]:
    return [samples_of(FIXTURES / row["file"]) for row in _rows(FIXTURES / "manifest.jsonl") if not row["text"]]


def kitchen() -> Samples | None:
    """The recorded kitchen noise, where it is."""
    file = SPEECH / "kitchen-noise.wav"
    return samples_of(file) if file.is_file() else None


def generated_noise(seconds: float, seed: int) -> Samples:
    """Every kind of wordless sound of the fixtures, ten seconds each, in turns."""
    rng = np.random.default_rng(seed)
    kinds = [WORDLESS[name] for name in sorted(WORDLESS)]
    parts = [kinds[turn % len(kinds)](10 * RATE, RATE, rng) for turn in range(round(seconds / 10))]
    return (np.concatenate(parts) * 32767).astype(np.int16)


def lay(recording: Recording, noise: Samples | None, snr: float, seed: int) -> Stretch:
    """The recording between silences, with noise over all of it, `snr` decibels below the level of the speech.

    Without a recorded `noise` pink noise is made; an infinite `snr` is silence. `seed` draws the place in the noise.
    """
    around = (round(BEFORE * RATE), round(AFTER * RATE))
    sound = np.pad(recording.samples.astype(np.float64), around)
    if np.isfinite(snr):
        rng = np.random.default_rng(seed)
        if noise is None:
            under = pink(len(sound), RATE, rng)
        else:
            under = np.roll(noise, -int(rng.integers(len(noise))))[: len(sound)].astype(np.float64)
        speech = recording.samples[round(recording.first * RATE) : round(recording.last * RATE)].astype(np.float64)
        sound += under * np.sqrt(np.mean(speech**2) / np.mean(under**2)) * 10 ** (-snr / 20)
    return Stretch(
        recording,
        np.clip(np.rint(sound), -32768, 32767).astype(np.int16),
        BEFORE + recording.first,
        BEFORE + recording.last,
    )


def chunks(samples: Samples) -> Iterator[AudioChunk]:
    for start in range(0, len(samples), 1600):
        yield AudioChunk(samples[start : start + 1600], RATE)


def probabilities(samples: Samples, gate: bool = True) -> list[float]:
    """The detector's for every frame, the last one filled up."""
    detector = Detector(DetectorSettings(gate=gate))
    whole = np.pad(samples, (0, -len(samples) % detector.frame_samples)).reshape(-1, detector.frame_samples)
    return [detector.probability(frame) for frame in whole]


class Replayed:
    """A detector that has heard the sound before, so that several listeners cost one detection."""

    rate = RATE
    frame_samples = 512

    def __init__(self, judged: list[float]) -> None:
        self._judged = judged
        self._next = 0

    def probability(self, frame: Samples) -> float:  # noqa: ARG002
        self._next += 1
        return self._judged[self._next - 1]

    def reset(self) -> None:
        self._next = 0


def _recording(path: Path, group: str, phrases: tuple[str, ...]) -> Recording | None:
    """None for a file in which Silero finds no speech at all."""
    samples = samples_of(path)
    speech = np.flatnonzero(np.array(probabilities(np.pad(samples, (RATE, RATE)), gate=False)) >= 0.5)
    if not len(speech):
        return None
    rough = (speech[0] * 0.032 - 1.0, (speech[-1] + 1) * 0.032 - 1.0)
    squares = np.square(samples[: len(samples) // 160 * 160].astype(np.float64)).reshape(-1, 160)
    levels = 10 * np.log10(squares.mean(axis=1) + 1.0)
    spoken = float(np.percentile(levels[max(0, round(rough[0] * 100)) : round(rough[1] * 100)], 80))
    floor = float(np.percentile(levels, 10))
    first, last = _speech(levels, rough, max(spoken - 30, floor + 8))
    return Recording(path.stem, group, phrases, samples, first, last, quiet=spoken - floor > 30)


def _speech(levels: NDArray[np.float64], rough: tuple[float, float], least: float) -> tuple[float, float]:
    """Where speech begins and ends on the clean file, seconds.

    Silero (ungated, p >= 0.5) says roughly where; it is late at the start and at the end. Around there, from 0.6 s
    before to 0.3 s after, the first and last 10 ms count whose level reaches `least` decibels: 30 below the speech (the
    80th percentile of its levels), but 8 above the file's floor (the 10th percentile).
    """
    begin, end = rough
    at = np.arange(len(levels)) / 100
    places = np.flatnonzero((levels >= least) & (at >= begin - 0.6) & (at <= end + 0.3))
    return (float(places[0]) / 100, float(places[-1] + 1) / 100) if len(places) else rough


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
