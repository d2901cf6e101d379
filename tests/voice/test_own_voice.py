"""The loop with the real detector, canceller and recogniser, in a room that gives back what Handla says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soxr

from benchmarks._interrupting import ECHOES, LEVELS, measure
from benchmarks._talking import Room, Talk, at_level, lines
from voice.floor import Hold, Resume, Think
from voice.piper import Piper
from voice.wav import samples_of
from voice.whisper import Whisper

pytestmark = pytest.mark.models

REPLY = "That's Harbor Winter Parka, medium, 149 dollars in all, delivered free on Thursday. Shall I place the order?"
WAVS = Path(__file__).parents[2] / "audio_fixtures" / "wav"


def person(name: str) -> np.ndarray:
    sound = samples_of(WAVS / name)
    loud = np.flatnonzero(np.abs(sound.astype(np.int32)) > 1000)
    return at_level(sound[loud[0] :], -26)


def talk_at(decibels: float, whisper: Whisper, piper: Piper) -> Talk:
    """A conversation in which the reply has just begun to sound."""
    chunks = list(piper.speak(REPLY))
    sound = soxr.resample(np.concatenate([chunk.samples for chunk in chunks]), chunks[0].rate, 16_000)
    talk = Talk(whisper, {REPLY: sound}, lines([REPLY]), Room(decibels, seed=1))
    talk.wait(0.5)
    talk.hear(person("do-you-have-oat-milk.wav"))
    talk.wait(2.5)
    assert len(talk.of(Think)) == 1
    assert talk.mouth.sounding
    return talk


@pytest.mark.parametrize("decibels", [-6.0, -20.0])
def test_handla_neither_stops_for_its_own_voice_nor_answers_it(whisper: Whisper, piper: Piper, decibels: float) -> None:
    talk = talk_at(decibels, whisper, piper)
    talk.wait(9)

    assert talk.of(Hold) == []
    assert len(talk.of(Think)) == 1


@pytest.mark.parametrize("decibels", [-6.0, -20.0])
def test_a_person_is_heard_through_the_reply(whisper: Whisper, piper: Piper, decibels: float) -> None:
    talk = talk_at(decibels, whisper, piper)
    spoke = talk.now
    talk.hear(person("where-is-my-parcel.wav"))
    talk.wait(2)

    assert talk.of(Hold, spoke)[0] - spoke < 0.2
    assert len(talk.of(Think, spoke)) == 1


def test_a_knock_neither_stops_nor_ends_the_reply(whisper: Whisper, piper: Piper) -> None:
    talk = talk_at(-20.0, whisper, piper)
    knock = (np.random.default_rng(1).standard_normal(1200) * 9000 * np.exp(-np.arange(1200) / 150)).astype(np.int16)
    talk.hear(knock)
    talk.wait(9)

    assert len(talk.of(Hold)) == len(talk.of(Resume))
    assert len(talk.of(Think)) == 1
    assert not talk.mouth.sounding


def test_the_benchmark_says_how_soon_each_level_is_held(piper: Piper) -> None:
    chunks = list(piper.speak(REPLY))
    sound = soxr.resample(np.concatenate([chunk.samples for chunk in chunks]), chunks[0].rate, 16_000)
    report = measure({REPLY: sound}, [person("where-is-my-parcel.wav")], 1, lambda taken: {"of": len(taken)})

    assert list(report) == list(ECHOES)
    assert report["headphones"] == {f"{level:g} dBFS": {"of": 4, "missed": 0} for level in LEVELS}
