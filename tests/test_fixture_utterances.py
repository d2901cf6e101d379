"""A small set of the recordings through the whole of Handla: one case an utterance, so that a failing one is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.evaluation.conditions import AS_RECORDED
from assistant.evaluation.hearing import LiveHearing
from assistant.evaluation.junit import fault
from assistant.evaluation.manifest import Unit, read_manifests
from assistant.evaluation.playing import House, Scratch
from assistant.settings import Settings

pytestmark = pytest.mark.models

FIXTURES = Path(__file__).parents[1] / "audio_fixtures"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SMALL = (
    "i-need-a-waterproof-winter-jacket-under",
    "do-you-have-dark-roast-coffee-beans",
    "add-two-bags-of-dark-roast-coffee",
    "id-like-a-small-cappuccino-with-an",
    "one-medium-americano-dark-roast-no-sugar",
    "ill-take-the-second-one",
    "reorder-my-coffee",
    "yes",
    "yes-in-babble",
    "yes-very-quiet",
    "no-8-khz",
)
"""Of the manifest; with the sounds without words and every conversation."""


def units() -> list[Unit]:
    singles = read_manifests([FIXTURES / "manifest.jsonl"], 120)
    small = [unit for unit in singles if unit[0].text == "" or Path(unit[0].id).stem in SMALL]
    assert len(small) == len(SMALL) + 7
    return [*small, *read_manifests([FIXTURES / "conversations.jsonl"], 120)]


@pytest.fixture(scope="module")
def house() -> House:
    settings = Settings()
    return House(settings, LiveHearing(settings), Scratch(settings, None, NOW), NOW, 1)


@pytest.mark.parametrize("unit", units(), ids=lambda unit: Path(unit[0].id).stem)
def test_a_recording_is_heard_understood_and_done(unit: Unit, house: House) -> None:
    wrong = [step for step in house.play(unit, AS_RECORDED) if step.wrong]
    assert [(step.id, step.blame, fault(step), step.heard) for step in wrong] == []
