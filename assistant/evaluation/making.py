"""Recordings made from texts: every installed voice, speed and noise, with the manifest that goes with them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.conditions import Condition, treated
from assistant.evaluation.manifest import BadManifest, Row, read_manifests
from assistant.settings import Settings
from voice.models import voice_files
from voice.pinned import VOICE_PACKAGES
from voice.piper import Piper, PiperSettings
from voice.resample import Resampler
from voice.types import AudioChunk
from voice.wav import RATE, write_wav

Speak = Callable[[str, float], NDArray[np.int16]]
"""(words, speed) -> the voice's sound at 16 kHz."""
AROUND = (0.2, 0.3)
"""Seconds of quiet before and after each text."""
LEVEL = 0.7
"""Of full scale: the loudest sample."""


@dataclass(frozen=True, slots=True)
class Voice:
    name: str
    """As Piper names it; the letters before the first _ are its language."""
    speak: Speak

    @property
    def language(self) -> str:
        return self.name.partition("_")[0]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is made of each text: every voice of its language, at every speed, under every condition."""

    voices: Sequence[Voice]
    speeds: Sequence[float]
    conditions: Sequence[Condition]


def installed_voices(settings: Settings) -> list[str]:
    """Names of the voices that need no network: of weight packages, and of the settings' folder."""
    packaged = [
        name
        for name, about in VOICE_PACKAGES.items()
        if all(find_spec(part.partition("/")[0]) for source in about.files.values() for part in source.parts)
    ]
    folder = settings.voice.voice_folder
    own = sorted(file.stem for file in folder.rglob("*.onnx")) if folder else []
    return list(dict.fromkeys([*own, *packaged]))


def open_voice(name: str, settings: Settings) -> Voice:
    """A voice without its random variation: the same words are the same sound. Raises ModelError."""
    voice = settings.voice
    packaged = name in VOICE_PACKAGES
    files = voice_files(name, None if packaged else voice.voice_folder, voice.cache_folder)

    def speak(words: str, speed: float) -> NDArray[np.int16]:
        chunks = list(Piper(files, PiperSettings(length_scale=1 / speed, variation=0.0, streamed=False)).speak(words))
        if not chunks:
            return np.zeros(0, np.int16)
        resampler = Resampler(chunks[0].rate, RATE)
        return np.concatenate([*(resampler.push(chunk.samples) for chunk in chunks), resampler.rest()])

    return Voice(name, speak)


def make(rows: Sequence[Row], recipe: Recipe, out: Path, tell: Callable[[int], None]) -> Path:
    """Write every recording and `out`/manifest.jsonl, whose path is given; what is there already is kept.

    Raises BadManifest for a text that no voice can speak.
    """
    empty = next((row for row in rows if not row.text), None)
    if empty:
        raise BadManifest(f"{empty.where}: has no text to be spoken.")
    mute = sorted({row.language for row in rows} - {voice.language for voice in recipe.voices})
    if mute:
        raise BadManifest(f"no voice here speaks {', '.join(mute)}; name one with --voice, or set voice.voice_folder.")
    listed = []
    for entry, sound in _made(rows, recipe, out):
        if sound is not None:
            peak = max(1, int(np.abs(sound.astype(np.int32)).max(initial=1)))
            level = np.rint(sound * (LEVEL * 32_767 / peak)).astype(np.int16)
            write_wav(out / entry["file"], [AudioChunk(level, RATE)])
        listed.append(json.dumps(entry, ensure_ascii=False) + "\n")
        tell(1)
    manifest = out / "manifest.jsonl"
    manifest.write_text("".join(listed), encoding="utf-8")
    return manifest


def count(rows: Sequence[Row], recipe: Recipe) -> int:
    """How many recordings `make` gives."""
    spoken = sum(voice.language == row.language for row in rows for voice in recipe.voices)
    return spoken * len(recipe.speeds) * len(recipe.conditions)


def _made(rows: Sequence[Row], recipe: Recipe, out: Path) -> Iterator[tuple[dict[str, Any], NDArray[np.int16] | None]]:
    """Each row of the new manifest, with its sound where there is no such file yet."""
    for row in rows:
        text = row.text or ""
        for voice in recipe.voices:
            if voice.language != row.language:
                continue
            for speed in recipe.speeds:
                spoken: NDArray[np.int16] | None = None
                for condition in recipe.conditions:
                    file = f"wav/{_name(text, voice.name, speed, condition)}.wav"
                    sound = None
                    if not (out / file).exists():
                        spoken = voice.speak(text, speed) if spoken is None else spoken
                        sound = treated(spoken, condition, file, AROUND)
                    yield _entry(row, file, voice, speed, condition), sound


def _entry(row: Row, file: str, voice: Voice, speed: float, condition: Condition) -> dict[str, Any]:
    made = {"voice": voice.name, "speed": speed, "noise": condition.name if condition.noise else None}
    about = {"file": file, "text": row.text, "language": row.language, "kind": "synthetic", **made, **(row.tags or {})}
    return {**{name: value for name, value in about.items() if value is not None}, **labels_of(row)}


def labels_of(row: Row) -> dict[str, Any]:
    """The labels of a row as a manifest has them; what is not labelled is left out."""
    told = {
        "intent": list(row.intents) if len(row.intents) > 1 else next(iter(row.intents), None),
        "slots": dict(row.slots) if row.slots is not None else None,
        "lines": [line.told() for line in row.lines] if row.lines is not None else None,
        "expects": row.expects.told() if row.expects else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def texts_of(path: Path) -> list[Row]:
    """Rows to be spoken or answered: of a manifest without files, or the lines of a .txt file. Raises BadManifest."""
    if path.suffix.lower() != ".txt":
        return [row for unit in read_manifests([path], float("inf")) for row in unit]
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadManifest(f"{path}: cannot be read ({error}).") from error
    texts = [(number, line.strip()) for number, line in enumerate(lines, start=1) if line.strip()]
    return [Row(f"{path.stem}:{number}", f"{path}, line {number}", None, text) for number, text in texts]


def _name(text: str, voice: str, speed: float, condition: Condition) -> str:
    """Readable, and its own for each text: texts that only differ in their signs have different checksums."""
    words = "-".join(re.findall(r"\w+", text.lower())[:6])
    noise = "" if condition.noise is None else "-" + re.sub(r"\W+", "-", condition.name)
    return f"{words}-{sha256(text.encode()).hexdigest()[:6]}-{voice}-{speed:g}{noise}"
