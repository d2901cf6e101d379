from __future__ import annotations

import numpy as np

from voice.earcons import earcons


def test_earcons_are_short_and_soft_and_begin_and_end_in_silence() -> None:
    for sound in earcons().values():
        samples = sound.samples.astype(float) / 32767
        assert 0.05 <= sound.seconds < 0.15
        assert 20 * np.log10(np.abs(samples).max()) <= -20
        assert np.abs(samples[[0, -1]]).max() < 0.001
        assert np.abs(np.diff(samples)).max() < 0.03  # no click


def test_what_an_earcon_says_can_be_told_by_its_tune() -> None:
    def tune(samples: np.ndarray) -> list[int]:
        return [int(np.argmax(np.abs(np.fft.rfft(half, 22_050)))) for half in np.array_split(samples, 2)]

    heard = {kind: tune(sound.samples) for kind, sound in earcons().items()}
    assert heard["listening"][0] < heard["listening"][1]
    assert heard["done"][0] > heard["done"][1]
    assert heard["thinking"][0] == heard["thinking"][1]
