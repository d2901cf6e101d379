"""A conversation at a microphone, from the turn heard to the reply, the screen, JSON and what is kept."""

from __future__ import annotations

import io
import json
import logging
import math
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from assistant.listening.ahead import Ahead
from assistant.listening.answering import Answer, Conversation, answers, foretells
from assistant.listening.records import Keeper, event_report, milliseconds
from assistant.listening.screen import bar, on_screen, quietly
from assistant.listening.session import floor_settings
from assistant.settings import ListeningSettings
from assistant.terminal import Console, LiveLine
from commerce.store import Store
from tests.shops import NOW, Shops
from voice.floor import Hold, Ignore, Resume, Stop
from voice.listener import HeardTurn
from voice.loop import Answered, Level, Sounded
from voice.moments import Moments
from voice.mouth import Finished, Trouble
from voice.types import AudioChunk, Transcript, Utterance

TALK = Conversation("s1", "C001", "en")
SOUND = (np.arange(8000) % 200 * 50).astype(np.int16)
MOMENTS = Moments(1.0, 1.3, 1.2, 1.31, 1.32, 1.4)


def heard(text: str, refused: str | None = None) -> HeardTurn:
    return HeardTurn(Utterance(SOUND, 16_000, 0.0, 0.5), Transcript(text, "en", 0.9, refused), 0.6, 0.7, 0.8)


def asked(shops: Shops, *turns: str, code: str | None = None) -> tuple[list[Answered], Store]:
    assistant = shops.assistant()
    assert isinstance(assistant.shop, Store)
    if code:
        assistant.shop.codes.set_code("C001", code)
    respond = answers(assistant, TALK, lambda: NOW)
    said = [heard(text) for text in turns]
    return [Answered(number, turn, respond(turn, True)) for number, turn in enumerate(said, 1)], assistant.shop


def test_a_turn_is_answered_with_what_its_understanding_took(shops: Shops) -> None:
    (answered,), _ = asked(shops, "reorder my coffee")

    assert isinstance(answered.reply, Answer)
    assert answered.reply.reply.asks == "order"
    assert "coffee" in answered.reply.speech.lower()
    assert answered.reply.understood > 0


def test_a_yes_to_a_question_that_was_cut_off_asks_again(shops: Shops) -> None:
    assistant = shops.assistant()
    respond = answers(assistant, TALK, lambda: NOW)
    respond(heard("reorder my coffee"), True)

    assert respond(heard("yes"), False).reply.asks == "order"
    assert respond(heard("yes"), True).reply.done is not None


def test_an_error_is_apologised_for_and_logged_without_words(shops: Shops, caplog: pytest.LogCaptureFixture) -> None:
    assistant = shops.assistant()
    shops.break_sessions(assistant)
    with caplog.at_level(logging.INFO):
        answer = answers(assistant, TALK, lambda: NOW)(heard("reorder my coffee"), True)

    assert "something went wrong" in answer.speech
    assert not answer.ended
    assert answer.reply.turn_id in caplog.text
    assert "coffee" not in caplog.text


def test_the_json_of_a_conversation_has_words_replies_and_milliseconds(shops: Shops) -> None:
    (answered,), _ = asked(shops, "where is my parcel")
    told = [answered, Sounded(1, MOMENTS), Finished(1, True), Hold(), Resume(), Trouble("no sound"), Stop("goodbye")]
    reports = [event_report(what) for what in told]  # type: ignore[arg-type]

    events = [report["event"] for report in reports if report]
    assert events == ["turn", "sounded", "spoken", "held", "resumed", "trouble", "ended"]
    assert json.loads(json.dumps(reports[0]))["transcript"] == "where is my parcel"
    assert event_report(Level(-20.0, "listening", "")) is None


def test_the_stages_in_milliseconds_add_up_to_their_total() -> None:
    stages = milliseconds(MOMENTS)
    total = stages.pop("total")

    assert total == pytest.approx(400)
    assert sum(stages.values()) == pytest.approx(total, abs=0.5)


def test_a_turn_is_kept_as_sound_and_as_a_row(shops: Shops, tmp_path: Path) -> None:
    (first, second), shop = asked(shops, "two large lattes with a bit of oat milk", "yes please")
    keeper = Keeper(tmp_path, TALK, shop)
    for answered in (first, second):
        assert isinstance(answered.reply, Answer)
        keeper.keep(answered.turn, answered.reply)

    rows = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    assert [row["text"] for row in rows] == ["two large lattes with a bit of oat milk", "yes please"]
    assert rows[0]["kind"] == "recorded"
    assert rows[0]["lines"][0]["quantity"] == 2
    assert (tmp_path / rows[1]["file"]).is_file()


def test_a_voice_code_is_neither_kept_nor_shown(shops: Shops, tmp_path: Path) -> None:
    turns, shop = asked(shops, "reorder my coffee", "yes", "seven three zero two", code="7302")
    keeper = Keeper(tmp_path, TALK, shop)
    for answered in turns:
        assert isinstance(answered.reply, Answer)
        keeper.keep(answered.turn, answered.reply)
    report = event_report(turns[-1])

    assert report is not None
    assert report["transcript"] == "[code]"
    assert report["done"]["outcome"] == "placed"
    assert "seven" not in (tmp_path / "manifest.jsonl").read_text()
    assert len(list((tmp_path / "wav").iterdir())) == 2


def shown(shops: Shops, show: Any) -> str:
    (answered,), _ = asked(shops, "where is my parcel")
    console = Console(file=io.StringIO(), width=200)
    with LiveLine(console) as line:
        see = show(line)
        for what in (
            Level(-30.0, "listening", "where"),
            answered,
            Sounded(1, MOMENTS),
            Hold(),
            Ignore(heard("mhm"), "only listening"),
            Resume(),
            Trouble("The microphone has gone."),
            Stop("silence"),
        ):
            see(what)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_screen_shows_who_said_what_and_how_long_it_took(shops: Shops) -> None:
    text = shown(shops, on_screen)

    assert "you     where is my parcel" in text
    assert "handla  Order" in text
    assert "endpoint 300" in text
    assert "total 400" in text
    assert "only listening: mhm" in text
    assert "The microphone has gone." in text


def test_the_quiet_screen_shows_only_who_said_what_and_trouble(shops: Shops) -> None:
    lines = shown(shops, quietly).splitlines()

    assert [line.split()[0] for line in lines] == ["you", "handla", "The"]


def test_the_level_is_a_bar() -> None:
    assert bar(-96.0) == "▯" * 12
    assert bar(-30.0).count("▮") == 6
    assert bar(0.0) == "▮" * 12


def test_the_settings_tell_how_turns_are_taken() -> None:
    given = ListeningSettings(wake="hey Handla", silence_ends=0)
    floor = floor_settings(given, "en", push_to_talk=False)

    assert floor.wake is not None
    assert floor.silence_ends == math.inf
    assert not floor.half_duplex
    assert "mhm" in floor.backchannels
    assert floor_settings(ListeningSettings(echo="half-duplex"), "sv", push_to_talk=False).half_duplex
    with pytest.raises(ValueError, match="exclude each other"):
        floor_settings(given, "en", push_to_talk=True)


class Remembers:
    """A voice that keeps what it was asked for; a reply of two pieces."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.may = Event()

    def speak(self, text: str) -> Iterator[AudioChunk]:
        for piece in text.split(". ")[:2]:
            assert self.may.wait(5)
            self.made.append(piece)
            yield AudioChunk(SOUND, 16_000)


def test_a_reply_is_foretold_word_for_word_and_nothing_is_done(shops: Shops) -> None:
    assistant = shops.assistant()
    respond, foretell = answers(assistant, TALK, lambda: NOW), foretells(assistant, TALK, lambda: NOW)
    for said in (
        "where is my parcel",
        "I need a waterproof winter jacket",
        "the second one",
        "medium",
        "reorder my coffee",
    ):
        foretold = foretell(said)
        assert foretold == respond(heard(said), True).speech
    assert shops.orders_since(assistant.shop, NOW) == 0

    assert foretell("yes") == ""  # what an order comes to is known once it is placed
    assert shops.orders_since(assistant.shop, NOW) == 0
    assert respond(heard("yes"), True).reply.done is not None


def test_what_cannot_be_foretold_is_no_error(shops: Shops, caplog: pytest.LogCaptureFixture) -> None:
    assistant = shops.assistant()
    shops.break_sessions(assistant)

    assert foretells(assistant, TALK, lambda: NOW)("reorder my coffee") == ""
    assert "coffee" not in caplog.text


def test_the_beginning_of_a_reply_is_made_while_its_turn_may_still_go_on() -> None:
    voice = Remembers()
    voice.may.set()
    ahead = Ahead(lambda said: f"You said {said}. And more.", voice)

    assert ahead.judge(lambda text: "open")("coffee") == "open"  # noqa: ARG005
    assert ahead.judge(lambda text: "complete")("milk") == "complete"  # noqa: ARG005
    ahead.close()
    assert voice.made == ["You said milk"]


def test_what_is_being_made_is_waited_for_and_anything_else_is_not() -> None:
    voice = Remembers()
    ahead = Ahead(lambda said: said, voice)
    begun = ahead.begin("One. Two.")
    asked: list[str] = []
    asking = Thread(target=lambda: asked.append(str(len(list(ahead.speak("One. Two."))))))
    while ahead._making == "":
        time.sleep(0.001)
    asking.start()
    time.sleep(0.02)
    assert asked == []
    voice.may.set()
    begun.result(5)
    asking.join(5)

    assert voice.made == ["One", "One", "Two."]
    ahead.close()


def test_of_words_that_grew_only_the_last_are_answered_ahead() -> None:
    voice = Remembers()
    ahead = Ahead(lambda said: f"{said}.", voice)
    first = ahead.begin("a")
    while ahead._making == "":
        time.sleep(0.001)
    second, third = ahead.begin("a large"), ahead.begin("a large coffee")
    voice.may.set()
    third.result(5)

    assert first.done()
    assert second.cancelled()
    assert voice.made == ["a.", "a large coffee."]
    ahead.close()
