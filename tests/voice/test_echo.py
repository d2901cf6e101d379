"""Taking what is played out of what is heard."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.voice.sounds import RATE, tone
from voice.echo import EchoCanceller
from voice.types import AudioChunk

SECONDS = 6


def babble(seed: int) -> NDArray[np.float64]:
    """Bursts of coloured noise with pauses, as loud as speech."""
    rng = np.random.default_rng(seed)
    noise = np.convolve(rng.standard_normal(SECONDS * RATE), np.ones(6) / 6, "same")
    swell = np.clip(np.sin(2 * np.pi * 2.3 * np.arange(len(noise)) / RATE + seed) + 0.3, 0, 1)
    return noise * swell * 6000


def in_a_room(sound: NDArray[np.float64], decibels: float, delay: float = 0.08) -> NDArray[np.float64]:
    rng = np.random.default_rng(7)
    count = round(0.2 * RATE)
    response = rng.standard_normal(count) * 10 ** (-3 * np.arange(count) / count)
    response[0] = 5
    echo = np.convolve(sound, response / np.sqrt(np.square(response).sum()))
    return np.concatenate([np.zeros(round(delay * RATE)), echo])[: len(sound)] * 10 ** (decibels / 20)


def heard_beside(played: NDArray[np.float64], heard: NDArray[np.float64], rate: int = RATE) -> NDArray[np.int16]:
    """What the canceller leaves, fed as devices would: 20 ms each, the loudspeaker first."""
    canceller, cleaned = EchoCanceller(), []
    for start in range(0, len(heard), 320):
        canceller.played(AudioChunk(played[start * rate // RATE :][: 320 * rate // RATE].astype(np.int16), rate))
        cleaned.append(canceller.clean(AudioChunk(heard[start : start + 320].astype(np.int16), RATE)).samples)
    return np.concatenate(cleaned)


def power(sound: NDArray[np.int16] | NDArray[np.float64]) -> float:
    return float(10 * np.log10(np.square(sound[-3 * RATE :].astype(float)).mean() + 1e-9))


@pytest.mark.parametrize("decibels", [-6, -20])
def test_what_is_played_is_taken_out_of_what_is_heard(decibels: float) -> None:
    played = babble(1)
    echo = in_a_room(played, decibels)

    assert power(heard_beside(played, echo)) < power(echo) - 20


def test_somebody_else_is_still_heard() -> None:
    played, person = babble(1), babble(2) * 1.5
    left = heard_beside(played, in_a_room(played, -15) + person)

    assert power(left) > power(person) - 6


def test_what_is_played_may_come_at_another_rate() -> None:
    played = babble(1)
    echo = in_a_room(played, -6)
    at_32 = np.repeat(played, 2)

    assert power(heard_beside(at_32, echo, 32_000)) < power(echo) - 15


def after_silence(played: NDArray[np.float64], heard: NDArray[np.float64], seconds: float) -> NDArray[np.int16]:
    """The first reply of a conversation, and what the canceller leaves; before it a quiet room of `seconds`."""
    quiet = np.zeros(round(seconds * RATE))
    faint = np.random.default_rng(3).standard_normal(len(quiet) + len(heard)) * 8
    together = heard_beside(np.concatenate([quiet, played]), np.concatenate([quiet, heard]) + faint)
    return together[len(quiet) :]


@pytest.mark.parametrize("seed", range(4))
def test_words_into_the_first_reply_are_heard_where_nothing_of_it_comes_back(seed: int) -> None:
    """As with headphones."""
    played, person = babble(seed), babble(seed + 10) / 2
    begins = round(1.2 * RATE)
    person[:begins] = 0
    left = after_silence(played, person, 1.2)

    assert np.allclose(left[begins:], person[begins:], atol=50)


@pytest.mark.parametrize("decibels", [-6, -12, -20])
@pytest.mark.parametrize("delay", [0.04, 0.1, 0.25])
def test_nothing_of_the_first_second_of_the_first_reply_is_heard(delay: float, decibels: float) -> None:
    left = after_silence(babble(1), in_a_room(babble(1), decibels, delay), 1.2)

    assert np.abs(left[:RATE].astype(np.int32)).max() < 100


def test_a_reply_that_comes_back_after_one_that_did_not_is_taken_out() -> None:
    played = babble(1)
    silent = np.zeros(len(played) + 2 * RATE)
    echo = in_a_room(played, -6)
    together = np.concatenate([played, silent[: 2 * RATE], played])
    left = heard_beside(together, np.concatenate([silent, echo]))

    assert power(left) < power(echo) - 15


def test_without_a_reply_sound_passes_untouched() -> None:
    canceller = EchoCanceller()
    sound = tone(3, 440)
    cleaned = [canceller.clean(AudioChunk(sound[at : at + 500], RATE)).samples for at in range(0, len(sound), 500)]

    assert np.array_equal(np.concatenate(cleaned), sound[: len(sound) // 160 * 160])


def test_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="resample it first"):
        EchoCanceller().clean(AudioChunk(np.zeros(480, np.int16), 48_000))
