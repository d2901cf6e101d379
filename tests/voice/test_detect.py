from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.voice.conftest import Speak
from tests.voice.sounds import RATE, chunked, hum, silence, tone, white
from voice.detect import Detector, DetectorSettings
from voice.endpoint import EndpointSettings
from voice.utterances import utterances


def probabilities(samples: NDArray[np.int16], detector: Detector | None = None) -> NDArray[np.float64]:
    detector = detector or Detector()
    whole = samples[: len(samples) // 512 * 512].reshape(-1, 512)
    return np.array([detector.probability(frame) for frame in whole])


def click() -> NDArray[np.int16]:
    """A burst like a cough or a dropped cup, in near silence."""
    sound = white(2.0, 10)
    fading = np.exp(-np.arange(1600) / 400)
    sound[16_000:17_600] += (white(0.1, 8000) * fading).astype(np.int16)
    return sound


@pytest.mark.parametrize(
    "sound",
    [silence(2), white(2, 3), white(2, 300), white(2, 3000), hum(2), tone(2, 440), click()],
    ids=["silence", "faint noise", "noise", "loud noise", "hum", "tone", "burst"],
)
def test_what_is_no_speech_gives_no_utterance(sound: NDArray[np.int16]) -> None:
    assert list(utterances(chunked(sound, [1600]), Detector())) == []


def test_frames_that_the_gate_rules_out_are_given_as_zero() -> None:
    assert (probabilities(silence(1)) == 0.0).all()
    assert (probabilities(silence(1), Detector(DetectorSettings(gate=False))) > 0.0).any()


def test_a_reset_forgets_what_was_heard() -> None:
    sound, detector = white(1, 3000), Detector()
    first = probabilities(sound, detector)
    detector.reset()

    assert np.array_equal(probabilities(sound, detector), first)


@pytest.mark.parametrize("frame", [np.zeros(480, np.int16), np.zeros(512, np.float32), np.zeros((1, 512), np.int16)])
def test_a_frame_of_another_shape_or_type_is_refused(frame: NDArray[np.int16]) -> None:
    with pytest.raises(ValueError, match=r"a frame is int16 of shape \(512,\)"):
        Detector().probability(frame)


@pytest.mark.models
@pytest.mark.parametrize("gain", [1.0, 0.1])
def test_the_gate_loses_no_speech(spoken: Speak, gain: float) -> None:
    sound = np.concatenate([silence(1), spoken("I would like two bags of rice, please."), silence(1)])
    noisy = (sound * gain).astype(np.int16) + white(len(sound) / RATE, 5)
    always = probabilities(noisy, Detector(DetectorSettings(gate=False)))
    gated = probabilities(noisy)

    assert (always > 0.5).sum() > 30
    assert not ((always > 0.5) & (gated <= 0.35)).any()
    assert (gated == 0.0).sum() > 20


@pytest.mark.models
@pytest.mark.parametrize("text", ["Yes.", "No.", "Two.", "Stop.", "The second one."])
def test_even_the_shortest_answers_are_one_utterance(spoken: Speak, text: str) -> None:
    sound = np.concatenate([silence(1), spoken(text), silence(1)])
    sound += white(len(sound) / RATE, 5)
    (one,) = utterances(chunked(sound, [1600]), Detector(), EndpointSettings(pre_roll=0.3))

    assert 0.9 <= one.started <= 1.4
    assert one.seconds >= 0.6
