"""What Whisper hears when Piper says the training corpus in noise: python -m audio_fixtures.heard --help

`python -m nlu.training confusions` turns the rows into the table of mishearings that the corpus uses.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation import effects, noises
from nlu.training.frames import Sampler
from voice.models import voice_files, whisper_folder
from voice.piper import Piper, PiperSettings
from voice.types import Utterance
from voice.whisper import Whisper, WhisperSettings

RATE = 16000
"""Hertz."""
PACES = (0.85, 1.0, 1.15, 1.3)
PITCHES = (0.9, 1.0, 1.0, 1.12)
IN_A_ROOM = 0.3
"""Share of sentences."""
SIGNAL_TO_NOISE = (24.0, 12.0, 6.0, 3.0)
"""Decibels."""
OFTEN = "add_to_basket"
"""Requests with goods in them are what recognition spoils most; they are a third of what is said."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m audio_fixtures.heard", description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="JSON lines of what was said and what was heard; appended to")
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    recogniser = Whisper(whisper_folder("base"), WhisperSettings(threads=1))
    with wanted.out.open("a", encoding="utf-8") as file:
        for said, utterance in spoken(wanted.count, wanted.seed):
            heard = recogniser.transcribe(utterance)
            if heard.text:
                file.write(json.dumps({"said": said, "heard": heard.text}) + "\n")
                file.flush()


def spoken(count: int, seed: int) -> Iterator[tuple[str, Utterance]]:
    """Sentences of the corpus, each said once at some pace and in some noise."""
    chooser, drawn = random.Random(seed), np.random.default_rng(seed)
    sampler = Sampler("en", chooser)
    kinds = [kind for kind in sampler.tables.intents if kind[0] != "out_of_scope"]
    kinds += [(OFTEN, "")] * (len(kinds) // 2)
    voices = {pace: Piper(voice_files(), PiperSettings(length_scale=1 / pace)) for pace in PACES}
    for _ in range(count):
        said = " ".join(word for word, _ in sampler.sentence(*chooser.choice(kinds)))
        pieces = list(voices[chooser.choice(PACES)].speak(said))
        if pieces:
            yield said, _in_noise(np.concatenate([piece.samples for piece in pieces]), pieces[0].rate, chooser, drawn)


def _in_noise(samples: NDArray[np.int16], rate: int, chooser: random.Random, drawn: np.random.Generator) -> Utterance:
    """The voice of a taller or a smaller person, across a room now and then, in pink noise."""
    sound = effects.resampled(samples / 32768.0, rate * chooser.choice(PITCHES), RATE)
    if chooser.random() < IN_A_ROOM:
        sound = effects.in_room(sound, RATE, 0.4, drawn)
    sound = effects.padded(sound, RATE, 0.25, 0.25)
    sound = effects.with_noise(sound, noises.pink(len(sound), RATE, drawn), chooser.choice(SIGNAL_TO_NOISE))
    pcm = effects.to_pcm(effects.at_peak(sound, -3))
    return Utterance(pcm, RATE, 0.0, len(pcm) / RATE)


if __name__ == "__main__":
    main()
