"""The count of turns and words: what belongs to a task, and what it says of the aims."""

from __future__ import annotations

import json

import pytest

from benchmarks import dialogue
from benchmarks.dialogue import AIMS, played, report, taken
from tests.scripts import Script, scripts
from tests.shops import Shops

COFFEE = Script("here", "coffee", ({"hears": "reorder my coffee"}, {"hears": "yes"}), task="reorder")


def test_turns_and_spoken_words_are_counted(shops: Shops) -> None:
    stage = played(COFFEE, shops)
    found = taken(stage)
    assert found.turns == 2
    assert found.words == sum(len(reply.speech.split()) for _, reply in stage.replies)
    assert len(found.milliseconds) == 2
    assert all(ms > 0 for ms in found.milliseconds)


def test_the_report_names_the_median_of_each_task_and_language(shops: Shops) -> None:
    again = Script("here", "coffee", COFFEE.steps[:1], task="reorder")
    other = Script("here", "kaffe", ({"hears": "beställ om mitt kaffe"},), language="sv", task="reorder")
    told = report([taken(played(script, shops)) for script in (COFFEE, again, again, other)])
    assert told["tasks"]["en"]["reorder"]["turns"] == 1
    assert told["tasks"]["en"]["reorder"]["conversations"] == 3
    assert told["tasks"]["sv"]["reorder"]["aim"] == AIMS["reorder"]
    assert told["turns"] == 5


def test_tasks_of_the_conversations_are_those_with_an_aim() -> None:
    tasks = {(script.language, script.task) for script in scripts() if script.task}
    assert tasks == {(language, task) for language in ("en", "sv") for task in AIMS}


@pytest.mark.models
def test_an_unknown_conversation_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        dialogue.main(["--transcript", "no such thing"])
    assert "no conversation has 'no such thing'" in capsys.readouterr().err


@pytest.mark.models
def test_a_conversation_is_printed_as_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    dialogue.main(["--transcript", "tasks: coffee again"])
    printed = capsys.readouterr().out
    assert "customer: reorder my coffee" in printed
    assert "[order placed]" in printed
    with pytest.raises(json.JSONDecodeError):
        json.loads(printed)
