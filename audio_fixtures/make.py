"""Makes the recordings and their lists: python -m audio_fixtures.make"""

from __future__ import annotations

import json
import sys
import wave
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from assistant.evaluation import effects, noises
from assistant.evaluation.effects import Sound
from audio_fixtures.cases import Case, read_script
from voice.models import ModelError, VoiceFiles, voice_files

HERE = Path(__file__).parent
VOICE = "en_US-joe-medium"
RATE = 16000
"""Hertz; every sound is mixed at this rate, or at 44100 where the file has that rate."""

Speak = Callable[[str, float], tuple[Sound, int]]
"""(words, pace) -> the voice's sound and its rate in hertz."""

AROUND = (0.2, 0.3)
"""Seconds of silence before and after each utterance."""
AROUND_IN_DEMO = (0.5, 1.0)

BABBLE = (
    "We walked along the river until the rain began to fall.",
    "My neighbour keeps four hens and a very proud rooster.",
    "The train leaves at noon, unless the bridge is still closed.",
    "She painted the kitchen green and the hallway yellow.",
    "Nobody remembered where the old map had been hidden.",
    "Under the stairs there is a box full of letters.",
)


def sound_of(file: str, case: Case, speak: Speak, around: tuple[float, float] = AROUND) -> Sound:
    """One case's sound at its rate: shape (n,), or (n, 2) for stereo. The noise depends on the file's name only."""
    rng = np.random.default_rng(zlib.crc32(file.encode()))
    if case.sound:
        bare = noises.WORDLESS[case.sound](round(case.seconds * case.rate), case.rate, rng)
        return effects.at_peak(bare, case.peak)
    rate = max(case.rate, RATE)
    sound = effects.padded(_speech(case, rate, speak), rate, *around)
    if case.room:
        sound = effects.in_room(sound, rate, case.room, rng)
    if case.noise:
        sound = effects.with_noise(sound, _noise(case.noise, len(sound), rate, rng, speak), case.snr)
    sound = effects.resampled(sound, rate, case.rate)
    sound = effects.clipped(sound, case.clip) if case.clip else effects.at_peak(sound, case.peak)
    return _stereo(sound, case.rate) if case.channels == 2 else sound


def row_of(file: str, case: Case, sound: Sound) -> dict[str, Any]:
    """One line of the manifest."""
    return {
        "file": file,
        "text": case.say,
        "language": "en",
        "intent": case.intent,
        "slots": dict(case.slots),
        "voice": None if case.sound else VOICE,
        "kind": "synthetic",
        "noise": case.treatment,
        "pace": case.pace,
        "pitch": case.pitch,
        "rate": case.rate,
        "channels": case.channels,
        "seconds": round(len(sound) / case.rate, 3),
    }


def make(folder: Path, speak: Speak) -> None:
    """Write every recording and both lists into `folder`, and remove recordings that the script no longer names."""
    script = read_script()
    everything = {**script.fixtures, **script.demo}
    for old in [*folder.glob("wav/*.wav"), *folder.glob("demo/*.wav")]:
        if old.relative_to(folder).as_posix() not in everything:
            old.unlink()
    _write_all(folder, "manifest.jsonl", script.fixtures, speak, AROUND)
    _write_all(folder, "demo.jsonl", script.demo, speak, AROUND_IN_DEMO)


def write_wav(path: Path, sound: Sound, rate: int) -> None:
    """16-bit PCM; `sound` of shape (n,) or (n, channels). Raises ValueError above full scale, and writes nothing."""
    pcm = effects.to_pcm(sound)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1 if sound.ndim == 1 else sound.shape[1])
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(pcm.astype("<i2").tobytes())


def _write_all(folder: Path, index: str, cases: Mapping[str, Case], speak: Speak, around: tuple[float, float]) -> None:
    rows = []
    for file, case in cases.items():
        sound = sound_of(file, case, speak, around)
        write_wav(folder / file, sound, case.rate)
        rows.append(row_of(file, case, sound))
    (folder / index).write_text(_lines(rows), encoding="utf-8")


def _lines(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _speech(case: Case, rate: int, speak: Speak) -> Sound:
    """Speech at `rate`. A higher pitch is the same sound played faster, so it is spoken slower to keep its pace."""
    spoken, own_rate = speak(case.say, case.pace * case.pitch)
    return effects.resampled(spoken, own_rate * case.pitch, rate)


def _noise(kind: str, count: int, rate: int, rng: np.random.Generator, speak: Speak) -> Sound:
    if kind != "babble":
        return noises.WORDLESS[kind](count, rate, rng)
    talkers = [effects.resampled(*speak(words, 1.0), rate) for words in BABBLE]
    return noises.babble(count, rate, rng, talkers)


def _stereo(sound: Sound, rate: int) -> Sound:
    """Two microphones: the right one hears the same a third of a millisecond later and 3 dB weaker."""
    late = round(rate / 3000)
    right = np.pad(sound, (late, 0))[: len(sound)] * 10 ** (-3 / 20)
    return np.stack([sound, right], axis=1)


def joe(folder: Path | None = None) -> Speak:
    """The voice en_US-joe-medium without its random variation, so that the same words give the same samples.

    `folder` holds the voice where the weight packages are not installed. Raises ModelError.
    """
    from voice.piper import Piper, PiperSettings

    files = voice_files(VOICE, folder)
    steady = {"noise_scale": 0.0, "noise_w": 0.0, "length_scale": 1.0}

    @cache
    def at(pace: float) -> Piper:
        with TemporaryDirectory() as scratch:  # Piper reads how much a voice varies from the voice's own description
            config = Path(scratch) / files.config.name
            config.write_text(json.dumps({**json.loads(files.config.read_bytes()), "inference": steady}))
            manner = PiperSettings(length_scale=pace, lead_in=0.02, gap=0.0, quiet=0.01, streamed=False)
            piper = Piper(VoiceFiles(files.onnx, config), manner)
            piper.warm_up()
        return piper

    @cache
    def speak(words: str, pace: float) -> tuple[Sound, int]:
        chunks = list(at(pace).speak(words))
        return np.concatenate([chunk.samples for chunk in chunks]) / 32767, chunks[0].rate

    return speak


def main(arguments: Sequence[str], target: Path = HERE) -> int:
    """Make everything; the one argument there may be is a folder that holds the voice. Returns the exit code."""
    if len(arguments) > 1:
        print("usage: python -m audio_fixtures.make [FOLDER OF THE VOICE]", file=sys.stderr)
        return 2
    try:
        speak = joe(Path(arguments[0]) if arguments else None)
    except ModelError as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 2
    except ImportError as error:
        print(f"Speech needs the package {error.name}: pip install 'handla[models]'", file=sys.stderr)
        return 2
    make(target, speak)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
