from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.speak import replies, timed
from voice.types import AudioChunk


def voice(making: float, sounding: float) -> Iterator[AudioChunk]:
    for _ in range(3):
        time.sleep(making)
        yield AudioChunk(np.zeros(round(sounding * 1000), np.int16), 1000)


def test_the_first_and_the_last_sound_are_timed() -> None:
    made = timed(lambda _: voice(0.02, 1.0), "text")

    assert made.first == pytest.approx(0.02, abs=0.02)
    assert made.whole >= 0.06
    assert not made.waits


def test_a_voice_slower_than_its_sound_leaves_gaps() -> None:
    assert timed(lambda _: voice(0.03, 0.01), "text").waits


@pytest.mark.models
def test_what_is_spoken_is_what_handla_answers() -> None:
    first, second = replies(["I need a waterproof winter jacket", "the first one"])

    assert "jacket" in first.lower()
    assert second != first
