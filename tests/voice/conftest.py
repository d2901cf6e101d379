"""The real ears and mouth, loaded once; only tests marked `models` use them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray

from tests.voice.sounds import RATE, silence
from voice.models import voice_files, whisper_folder
from voice.piper import Piper, PiperSettings
from voice.types import Utterance
from voice.whisper import Whisper, WhisperSettings

Speak = Callable[[str], NDArray[np.int16]]


@pytest.fixture(scope="session")
def piper() -> Piper:
    return Piper(voice_files(), PiperSettings(variation=0.0))


@pytest.fixture(scope="session")
def spoken(piper: Piper) -> Speak:
    """Says a text at 16 kHz, as loud as a person near a microphone, with 0.3 s of silence around it."""

    def speak(text: str) -> NDArray[np.int16]:
        chunks = list(piper.speak(text))
        sound = soxr.resample(np.concatenate([chunk.samples for chunk in chunks]), chunks[0].rate, RATE)
        return np.concatenate([silence(0.3), (sound * 0.4).astype(np.int16), silence(0.3)])

    return speak


@pytest.fixture(scope="session")
def whisper() -> Whisper:
    listener = Whisper(whisper_folder(), WhisperSettings(threads=2))
    listener.warm_up()
    return listener


def utterance(samples: NDArray[np.int16]) -> Utterance:
    return Utterance(samples, RATE, 0.0, len(samples) / RATE)
