"""A long conversation at a microphone: what it keeps in memory."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from assistant.listening.answering import Conversation, answers
from benchmarks._talking import Room, Talk
from tests.shops import NOW, Shops
from voice.floor import Think
from voice.wav import samples_of
from voice.whisper import Whisper

WAVS = Path(__file__).parents[2] / "audio_fixtures" / "wav"
TURNS = 200


def memory() -> float:
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


@pytest.mark.models
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_does_not_grow_over_200_turns(shops: Shops, whisper: Whisper) -> None:
    respond = answers(shops.assistant(), Conversation("long", "C001", "en"), lambda: NOW)
    replies = defaultdict(lambda: np.full(1600, 5000, np.int16))
    talk = Talk(whisper, replies, respond, Room(-20, seed=1))  # type: ignore[arg-type]
    said = [
        samples_of(WAVS / name) for name in ("yes.wav", "no.wav", "do-you-have-oat-milk.wav", "where-is-my-parcel.wav")
    ]
    after: dict[int, float] = {}
    turns = 0
    for number in range(1, TURNS + 1):
        talk.hear(said[number % len(said)])
        talk.wait(1.2)
        turns += len(talk.of(Think))
        talk.told.clear()
        after[number] = memory()

    assert turns >= 0.95 * TURNS
    assert after[TURNS] - after[TURNS // 4] < 15
