"""The conversation's loop on scripted sound and a virtual clock."""

from __future__ import annotations

import pytest

from tests.voice.listening import Reader, Refuses, pause, said
from tests.voice.talking import STEP, Answer, Conversation
from voice.floor import FloorSettings, Hold, Ignore, Resume, Stop
from voice.loop import Pressed
from voice.types import Transcript, Utterance
from voice.wake import WakePhrase


def test_a_turn_is_answered_aloud_and_the_next_one_knows_that_it_was_heard() -> None:
    talk = Conversation().hear(pause(0.5), said("coffee"), pause(3), said("milk"), pause(3))

    assert talk.turns == [("coffee", True), ("milk", True)]
    assert talk.mouth.heard == ["you", "said", "coffee", "you", "said", "milk"]


def test_the_moments_of_a_turn_are_in_order_and_its_stages_add_up() -> None:
    talk = Conversation().hear(pause(0.5), said("coffee"), pause(3))

    (sounded,) = talk.sounded
    moments = sounded.moments
    assert moments.speech_ended == pytest.approx(0.512 + 0.32)
    assert moments.endpoint == pytest.approx(moments.speech_ended + 0.32)
    assert moments.transcribed < moments.endpoint
    assert moments.endpoint < moments.understood <= moments.replied < moments.sounded
    assert all(seconds >= 0 for seconds in moments.stages().values())
    assert sum(moments.stages().values()) == pytest.approx(moments.seconds)
    assert moments.replied - moments.endpoint == pytest.approx(0.1, abs=STEP)


def test_who_speaks_stops_the_reply_and_is_answered() -> None:
    talk = Conversation(lambda text, heard: Answer(" ".join(["word"] * 10) if text == "coffee" else "fine"))  # noqa: ARG005
    talk.hear(said("coffee"), pause(1.5), said("milk", "please"), pause(3))

    assert talk.turns == [("coffee", True), ("milk please", False)]
    assert talk.mouth.heard.count("word") < 10
    assert talk.mouth.heard[-1] == "fine"


def test_the_reply_is_silent_within_a_tenth_of_a_second_of_speech() -> None:
    talk = Conversation(lambda text, heard: Answer("word " * 10))  # noqa: ARG005
    talk.hear(said("coffee"), pause(1.5))
    began = talk.now
    talk.hear(said("milk", "please"), pause(0.3))

    assert talk.when(Hold) - began == pytest.approx(0.032)


def test_sound_without_words_makes_the_reply_wait_and_go_on_where_it_was() -> None:
    class Cough(Reader):
        def transcribe(self, utterance: Utterance, hints: object = ()) -> Transcript:  # noqa: ARG002
            heard = super().transcribe(utterance)
            return heard if "coffee" in heard.text else Transcript("", "en", 0.0, refused="not_speech")

    talk = Conversation(lambda text, heard: Answer("one two three four five six"), recogniser=Cough())  # noqa: ARG005
    talk.hear(said("coffee"), pause(1.5), said("milk"), pause(5), said("coffee"), pause(3))

    assert len(talk.of(Hold)) == len(talk.of(Resume)) == 1
    assert talk.mouth.heard[:6] == ["one", "two", "three", "four", "five", "six"]
    assert talk.turns == [("coffee", True), ("coffee", True)]


def test_a_knock_makes_it_falter_but_not_stop() -> None:
    talk = Conversation(lambda text, heard: Answer("one two three four five six"))  # noqa: ARG005
    talk.hear(said("coffee"), pause(1.5), said("milk", seconds=0.032), pause(4))

    assert talk.when(Resume) - talk.when(Hold) < 0.3
    assert talk.mouth.heard == ["one", "two", "three", "four", "five", "six"]
    assert talk.turns == [("coffee", True)]


@pytest.mark.parametrize("said_so", ["Mm-hmm.", "mhm", "Mmhmm!"])
def test_whoever_only_shows_that_they_listen_does_not_interrupt(said_so: str) -> None:
    class Listens(Reader):
        def transcribe(self, utterance: Utterance, hints: object = ()) -> Transcript:  # noqa: ARG002
            heard = super().transcribe(utterance)
            return heard if heard.text == "coffee" else Transcript(said_so, "en", 0.9)

    settings = FloorSettings(backchannels=frozenset({"mhm"}))
    talk = Conversation(lambda text, heard: Answer("one two three four"), settings, recogniser=Listens())  # noqa: ARG005
    talk.hear(said("coffee"), pause(1.2), said("milk"), pause(4))

    assert talk.turns == [("coffee", True)]
    assert [ignored.why for ignored in talk.of(Ignore)] == ["only listening"]
    assert talk.mouth.heard == ["one", "two", "three", "four"]


def test_whoever_goes_on_while_handla_thinks_is_answered_once_and_nothing_stale_sounds() -> None:
    talk = Conversation(thinks=1.0).hear(said("coffee"), pause(0.5), said("milk"), pause(5))

    assert talk.turns == [("coffee", True), ("milk", False)]
    assert talk.mouth.asked == ["you said milk"]


def test_a_reply_that_comes_while_the_person_speaks_waits_until_they_are_done() -> None:
    class Mumbles(Reader):
        def transcribe(self, utterance: Utterance, hints: object = ()) -> Transcript:  # noqa: ARG002
            heard = super().transcribe(utterance)
            return heard if "coffee" in heard.text else Transcript("", "en", 0.0, refused="not_speech")

    talk = Conversation(thinks=0.4, recogniser=Mumbles())
    talk.hear(said("coffee"), pause(0.6), said("milk", seconds=1.6))
    assert talk.mouth.asked == []
    talk.hear(pause(3))
    assert talk.mouth.heard == ["you", "said", "coffee"]


def test_an_empty_reply_is_silence_and_the_person_has_the_floor_again() -> None:
    talk = Conversation(lambda text, heard: Answer(""))  # noqa: ARG005
    talk.hear(said("coffee"), pause(2), said("milk"), pause(2))

    assert talk.turns == [("coffee", True), ("milk", True)]
    assert talk.mouth.asked == []


def test_a_goodbye_is_spoken_to_its_end_and_ends_the_conversation() -> None:
    talk = Conversation(lambda text, heard: Answer("good bye", ended=True))  # noqa: ARG005
    talk.hear(said("today"), pause(5))

    assert talk.mouth.heard == ["good", "bye"]
    assert talk.of(Stop) == [Stop("goodbye")]


def test_silence_ends_the_conversation_where_it_is_set_to() -> None:
    talk = Conversation(settings=FloorSettings(silence_ends=4.0)).hear(said("coffee"), pause(3))
    assert talk.loop.ended is None
    talk.hear(pause(4))
    assert talk.loop.ended == "silence"


def test_whoever_waits_for_a_wake_phrase_waits_for_as_long_as_it_takes() -> None:
    settings = FloorSettings(wake=WakePhrase("coffee please"), silence_ends=4.0, follow_up=2.0)
    talk = Conversation(settings=settings).hear(pause(6), said("coffee", "please", "sugar"), pause(9))

    assert talk.loop.ended is None
    assert talk.turns == [("sugar", True)]


def test_half_duplex_hears_nothing_while_handla_speaks_and_a_little_longer() -> None:
    settings = FloorSettings(half_duplex=True)
    talk = Conversation(lambda text, heard: Answer("one two three four five six"), settings)  # noqa: ARG005
    talk.hear(said("coffee"), pause(1), said("milk"), pause(4), said("sugar"), pause(3))

    assert talk.turns == [("coffee", True), ("sugar", True)]
    assert talk.of(Hold) == []


def test_push_to_talk_hears_only_after_the_key_and_the_key_ends_the_turn() -> None:
    talk = Conversation(settings=FloorSettings(push_to_talk=True))
    talk.hear(said("coffee"), pause(2))
    assert talk.turns == []

    talk.loop.take(Pressed())
    talk.hear(said("milk"))
    talk.loop.take(Pressed())
    talk.hear(pause(0.128))
    assert talk.floor.state == "thinking"
    talk.hear(pause(3), said("sugar"), pause(2))

    assert talk.turns == [("milk", True)]
    assert len(talk.mouth.chimes) == 1


def test_the_key_stops_a_reply() -> None:
    talk = Conversation(lambda text, heard: Answer("word " * 20), FloorSettings(push_to_talk=True))  # noqa: ARG005
    talk.loop.take(Pressed())
    talk.hear(said("milk"), pause(1.5))
    talk.loop.take(Pressed())
    talk.hear(said("sugar"), pause(1))

    assert talk.turns == [("milk", True), ("sugar", False)]


def test_an_open_microphone_nobody_speaks_into_closes_again() -> None:
    talk = Conversation(settings=FloorSettings(push_to_talk=True, open_for=3.0))
    talk.loop.take(Pressed())
    talk.hear(pause(3.2), said("coffee"), pause(2))

    assert talk.turns == []


def test_with_a_wake_phrase_only_what_follows_it_is_answered_and_then_more_for_a_while() -> None:
    settings = FloorSettings(wake=WakePhrase("coffee please"), follow_up=2.0)
    talk = Conversation(settings=settings)
    talk.hear(said("milk"), pause(1), said("coffee", "please", "sugar"), pause(2.5))
    talk.hear(said("today"), pause(2), pause(4), said("milk"), pause(2))

    assert talk.turns == [("sugar", True), ("today", True)]
    assert [ignored.why for ignored in talk.of(Ignore)] == ["no wake phrase"] * 2


def test_the_wake_phrase_alone_chimes_and_opens() -> None:
    talk = Conversation(settings=FloorSettings(wake=WakePhrase("coffee please")))
    talk.hear(said("coffee", "please"), pause(2))
    assert len(talk.mouth.chimes) == 1
    talk.hear(said("milk"), pause(2))

    assert talk.turns == [("milk", True)]


def test_words_heard_badly_are_answered_but_do_not_interrupt() -> None:
    talk = Conversation(recogniser=Refuses("uncertain"))
    talk.hear(said("coffee"), pause(1.2), said("milk"), pause(4))

    assert talk.turns == [("", True)]
    assert talk.mouth.heard == ["you", "said"]


def test_an_error_in_the_reply_reaches_whoever_runs_the_loop() -> None:
    def fails(text: str, heard: bool) -> Answer:  # noqa: ARG001
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Conversation(fails).hear(said("coffee"), pause(2))


def test_settings_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        FloorSettings(push_to_talk=True, wake=WakePhrase())
    with pytest.raises(ValueError, match="above 0"):
        FloorSettings(silence_ends=0)
    with pytest.raises(ValueError, match="four letters"):
        WakePhrase("hey")
