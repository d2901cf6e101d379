from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voice.sounds import ScriptedDetector, chunked, counting
from voice.endpoint import EndpointSettings
from voice.types import AudioChunk
from voice.utterances import utterances


def test_an_utterance_holds_exactly_the_samples_it_says_it_holds() -> None:
    sound = counting(512 * 100)
    settings = EndpointSettings(pre_roll=0.3, post_roll=0.3, end_silence=0.6)
    (one,) = utterances(chunked(sound, [1000]), ScriptedDetector([0.0] * 40 + [0.9] * 20), settings)

    start, end = 30 * 512, 70 * 512
    assert one.started == start / 16_000
    assert one.ended == 60 * 512 / 16_000
    assert np.array_equal(one.samples, sound[start:end])


@given(
    st.lists(st.sampled_from([0.0, 0.4, 0.9]), max_size=200),
    st.lists(st.integers(1, 3000), min_size=1, max_size=5),
    st.integers(0, 511),
)
def test_however_the_sound_is_chunked_no_sample_is_lost_or_doubled(
    script: list[float], sizes: list[int], extra: int
) -> None:
    sound = counting(512 * len(script) + extra)
    settings = EndpointSettings(longest=4.0)
    heard = list(utterances(chunked(sound, sizes), ScriptedDetector(script), settings))

    assert [(one.started, one.ended) for one in heard] == [
        (one.started, one.ended) for one in utterances(chunked(sound, [512]), ScriptedDetector(script), settings)
    ]
    for one in heard:
        start = round(one.started * 16_000)
        assert np.array_equal(one.samples, sound[start : start + len(one.samples)])


def test_speech_up_to_the_last_partial_frame_is_kept() -> None:
    sound = counting(512 * 20 + 100)
    (one,) = utterances(chunked(sound, [700]), ScriptedDetector([0.9] * 21))

    assert np.array_equal(one.samples, sound)
    assert one.ended == len(sound) / 16_000


def test_no_sound_gives_no_utterance() -> None:
    assert list(utterances(iter(()), ScriptedDetector([]))) == []


def test_the_first_utterance_comes_before_the_stream_ends() -> None:
    def stream() -> Iterator[AudioChunk]:
        yield AudioChunk(counting(512 * 60), 16_000)
        pytest.fail("more sound was asked for before the utterance was given")

    first = next(iter(utterances(stream(), ScriptedDetector([0.9] * 20))))
    assert first.started == 0


def test_sound_at_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="44100 Hz where 16000 Hz is needed"):
        next(utterances(chunked(counting(512), [512], rate=44_100), ScriptedDetector([])))


@pytest.mark.parametrize("probability", [0.0, 0.9])
def test_half_an_hour_does_not_fill_the_memory(probability: float) -> None:
    def half_an_hour() -> Iterator[AudioChunk]:
        for _ in range(1800):
            yield AudioChunk(np.ones(16_000, np.int16), 16_000)

    tracemalloc.start()
    seconds = sum(one.seconds for one in utterances(half_an_hour(), ScriptedDetector([probability] * 60_000)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert seconds == pytest.approx(1800 if probability else 0)
    assert peak < 12_000_000  # the whole would be 57.6 MB
