"""The listener on virtual time: which sound makes which turns, and when."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voice.listening import (
    SETTINGS,
    WORDS,
    LoudIsSpeech,
    Reader,
    Refuses,
    SlowWorker,
    always,
    listen,
    murmur,
    pause,
    said,
    texts,
    until,
)
from tests.voice.sounds import RATE, chunked, silence
from voice.listener import Listener
from voice.ports import Judge, Judgement
from voice.types import AudioChunk, Transcript, Utterance
from voice.worker import ThreadWorker


@pytest.mark.parametrize(
    ("judge", "after"),
    [(always("complete"), 0.32), (always("open"), 0.544), (always("unfinished"), 0.896), (None, 0.544)],
    ids=["complete", "open", "unfinished", "no judge"],
)
def test_the_words_tell_how_long_a_turn_waits_for_more(judge: Judge | None, after: float) -> None:
    (turn,), _ = listen([pause(1), said("coffee", "please"), pause(2)], judge)

    last = turn.utterance.ended
    assert turn.transcript.text == "coffee please"
    assert last == pytest.approx(0.992 + 0.64)
    assert turn.paused == pytest.approx(last + 0.096)
    assert turn.ready == pytest.approx(last + 0.224)  # 0.1 s later, at the end of that frame
    assert turn.decided == turn.ended == pytest.approx(last + after)


def test_a_turn_with_one_pause_at_its_end_is_transcribed_once() -> None:
    _, reader = listen([pause(1), said("coffee"), pause(2)], always("complete"))

    assert len(reader.heard) == 1


def test_the_utterance_handed_over_has_its_post_roll_though_its_words_were_made_earlier() -> None:
    (turn,), reader = listen([pause(1), said("coffee"), pause(2)])

    assert turn.utterance.seconds == pytest.approx(0.32 * 3)
    assert reader.heard[0].seconds == pytest.approx(0.32 * 2 + 0.096)


def test_a_pause_after_unfinished_words_does_not_end_the_turn() -> None:
    (turn,), reader = listen([said("a", "large"), pause(0.8), said("coffee"), pause(2)], until("coffee"))

    assert turn.transcript.text == "a large coffee"
    assert turn.decided == pytest.approx(turn.utterance.ended + 0.32)
    assert [len(heard.samples) for heard in reader.heard] == sorted(len(heard.samples) for heard in reader.heard)
    assert len(reader.heard) == 2


def test_what_was_begun_in_a_pause_is_dropped_when_speech_goes_on() -> None:
    """The first words come when the second pause has begun; they must not be taken for all that was said."""
    sound = [said("a", "large"), pause(0.16), said("coffee"), pause(2)]
    (turn,), _ = listen(sound, until("coffee"), takes=0.5)

    assert turn.transcript.text == "a large coffee"


def test_what_nobody_waits_for_any_more_is_dropped() -> None:
    worker = SlowWorker(0.5)
    listener = Listener(LoudIsSpeech(), Reader(), always("open"), SETTINGS, worker)
    sound = [said("a"), pause(0.16), said("large"), pause(0.16), said("coffee"), pause(2)]
    (turn,) = listener.turns(chunked(np.concatenate(sound), [1600]))

    assert turn.transcript.text == "a large coffee"
    assert [task.dropped for task in worker.tasks] == [True, True, False]


def test_words_that_come_late_find_the_turn_still_open() -> None:
    """At 0.7 s the middle silence is over, but without words there is nothing to hand over."""
    (turn,), _ = listen([said("a"), pause(0.7), said("coffee"), pause(2)], until("coffee"), takes=0.65)
    assert turn.transcript.text == "a coffee"

    (turn,), _ = listen([said("coffee"), pause(2)], always("complete"), takes=0.65)
    assert turn.decided == turn.ready
    assert turn.ready - turn.utterance.ended == pytest.approx(0.096 + 0.65, abs=0.032)


def test_a_turn_ends_even_when_its_words_take_forever_and_is_handed_over_with_them() -> None:
    (turn,), reader = listen([said("coffee"), pause(5)], takes=3.0)

    assert turn.decided == pytest.approx(turn.utterance.ended + 0.896)
    assert turn.ended == turn.ready == pytest.approx(turn.utterance.ended + 3.096, abs=0.032)
    assert len(reader.heard) == 1


def test_turns_come_in_order_though_the_next_one_is_spoken_before_the_words_of_the_first_are_there() -> None:
    turns, _ = listen([said("coffee"), pause(1), said("today"), pause(5)], takes=2.0)

    assert texts(turns) == ["coffee", "today"]
    assert turns[0].ready < turns[1].ready


def test_two_requests_are_two_turns_with_their_own_times() -> None:
    turns, _ = listen([said("coffee"), pause(1), said("sugar"), pause(1)], always("complete"))

    assert texts(turns) == ["coffee", "sugar"]
    assert turns[0].ended < turns[1].utterance.started


def test_a_click_is_not_even_transcribed() -> None:
    turns, reader = listen([pause(1), said("coffee", seconds=0.064), pause(2)])

    assert turns == []
    assert reader.heard == []


def test_a_very_short_word_is_kept() -> None:
    (turn,), _ = listen([pause(1), said("one", seconds=0.128), pause(2)], always("complete"))

    assert turn.transcript.text == "one"


@pytest.mark.parametrize(("reason", "turns"), [("not_speech", 0), ("silence", 0), ("uncertain", 1), ("loop", 1)])
def test_a_cough_gives_no_turn_but_words_heard_badly_do(reason: str, turns: int) -> None:
    asked: list[str] = []

    def judge(text: str) -> Judgement:
        asked.append(text)
        return "complete"

    listener = Listener(LoudIsSpeech(), Refuses(reason), judge, SETTINGS, SlowWorker(0.1))
    heard = list(listener.turns(chunked(np.concatenate([said("coffee"), pause(2)]), [1600])))

    assert [turn.transcript.refused for turn in heard] == [reason] * turns
    assert asked == []


def test_the_end_of_the_stream_ends_the_turn() -> None:
    in_speech, _ = listen([pause(1), said("coffee", "please")], takes=1.0)
    in_a_pause, reader = listen([said("coffee"), pause(0.2)], takes=1.0)

    assert texts(in_speech) == ["coffee please"]
    assert texts(in_a_pause) == ["coffee"]
    assert len(reader.heard) == 1


def test_a_long_turn_is_transcribed_in_pieces_and_handed_over_whole() -> None:
    words = ["coffee", "please", "a", "large", "one"]
    sound = [part for word in words for part in (said(word, seconds=1.6), pause(0.256))]
    (turn,), reader = listen([*sound, pause(2)], until("one"), longest=4.0)

    assert turn.transcript.text == " ".join(words)
    assert turn.utterance.ended == pytest.approx(5 * 1.856 - 0.256, abs=0.032)
    assert max(heard.seconds for heard in reader.heard) <= 4.032


def test_a_turn_that_ends_just_where_it_was_cut_is_handed_over() -> None:
    """Nothing but silence follows the cut."""

    def stream() -> Iterator[AudioChunk]:
        yield AudioChunk(np.concatenate([said("coffee", seconds=3.904), pause(1)]), RATE)
        pytest.fail("more sound was asked for before the turn was handed over")

    settings = replace(SETTINGS, longest=4.0)
    listener = Listener(LoudIsSpeech(), Reader(), always("unfinished"), settings, SlowWorker(0.1))
    assert next(listener.turns(stream())).transcript.text == "coffee"


def test_words_made_in_a_pause_are_not_used_for_a_piece_that_was_cut_before_it() -> None:
    """The turn gets too long in a murmuring pause; it is cut in the quieter one before."""
    sound = [said("coffee", seconds=2.24), pause(0.128), said("please", seconds=1.536), murmur(0.5)]
    (turn,), reader = listen([*sound, said("today"), pause(2)], until("today"), longest=4.0)

    assert turn.transcript.text == "coffee please today"
    assert len(reader.heard) == 5  # two pauses, the piece, the pause again, the end


def test_a_pause_that_is_over_when_the_turn_is_cut_is_not_transcribed_again() -> None:
    sound = [said("coffee", seconds=2.24), pause(0.128), said("please"), murmur(0.128), said("today", seconds=2.0)]
    (turn,), reader = listen([*sound, pause(2)], longest=4.0)

    assert turn.transcript.text == "coffee please today"
    assert len(reader.heard) == 4  # two pauses, the piece, the end


def test_whoever_never_stops_is_handed_over_in_parts() -> None:
    words = WORDS[:9]
    sound = [part for word in words for part in (said(word, seconds=3.2), pause(0.128))]
    turns, _ = listen([*sound, pause(2)], always("unfinished"), longest=4.0)

    assert len(turns) > 1
    assert " ".join(texts(turns)).split() == words


def test_an_error_of_the_recogniser_is_not_swallowed() -> None:
    class Broken(Reader):
        def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:  # noqa: ARG002
            raise RuntimeError("no memory")

    listener = Listener(LoudIsSpeech(), Broken())
    with pytest.raises(RuntimeError, match="no memory"):
        list(listener.turns(chunked(np.concatenate([said("coffee"), pause(2)]), [1600])))


def test_sound_at_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="44100 Hz where 16000 Hz is needed"):
        list(Listener(LoudIsSpeech(), Reader()).turns(chunked(silence(1), [512], rate=44_100)))


def test_hearing_hinting_and_judging_happen_beside_the_thread_that_reads() -> None:
    threads = {}

    def hints() -> Sequence[str]:
        threads["hints"] = threading.get_ident()
        return ("coffee",)

    def judge(text: str) -> Judgement:  # noqa: ARG001
        threads["judge"] = threading.get_ident()
        return "complete"

    class Noting(Reader):
        def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:
            threads["hear"] = threading.get_ident()
            assert hints == ("coffee",)
            return super().transcribe(utterance, hints)

    listener = Listener(LoudIsSpeech(), Noting(), judge)
    (turn,) = listener.turns(chunked(np.concatenate([said("coffee"), pause(2)]), [1600]), hints)

    assert turn.transcript.text == "coffee"
    assert threads.keys() == {"hints", "judge", "hear"}
    assert threading.get_ident() not in threads.values()


def test_sound_is_read_on_while_words_are_being_made() -> None:
    done = threading.Event()

    class Waits(Reader):
        def transcribe(self, utterance: Utterance, hints: Sequence[str] = ()) -> Transcript:
            assert done.wait(10), "nobody read on"
            return super().transcribe(utterance, hints)

    def stream() -> Iterator[AudioChunk]:
        yield AudioChunk(said("coffee"), RATE)
        yield AudioChunk(pause(3), RATE)
        done.set()

    assert texts(list(Listener(LoudIsSpeech(), Waits()).turns(stream()))) == ["coffee"]


def test_a_dropped_job_that_has_not_begun_never_does() -> None:
    worker, free = ThreadWorker(), threading.Event()
    ran: list[str] = []
    first = worker.start(lambda: ran.append("first") if free.wait(10) else None, 0.0)
    second = worker.start(lambda: ran.append("second"), 0.1)
    third = worker.start(lambda: ran.append("third"), 0.2)
    second.drop()
    assert not third.ready(0.3)
    free.set()
    third.result()

    assert first.ready(0.4)
    assert ran == ["first", "third"]


def test_a_stream_begins_afresh_after_one_that_was_left() -> None:
    listener = Listener(LoudIsSpeech(), Reader(), always("complete"), SETTINGS, SlowWorker(0.1))
    sound = np.concatenate([said("coffee"), pause(1), said("sugar")])
    assert next(listener.turns(chunked(sound, [1600]))).transcript.text == "coffee"

    assert texts(list(listener.turns(chunked(sound, [1600])))) == ["coffee", "sugar"]


spoken = st.lists(
    st.tuples(st.sampled_from([0.128, 0.32, 1.0]), st.sampled_from([0.032, 0.096, 0.128, 0.32, 0.544, 0.7, 0.9, 2.0])),
    min_size=1,
    max_size=len(WORDS),
)


@given(
    spoken,
    st.lists(st.sampled_from(["complete", "open", "unfinished"]), min_size=3, max_size=3),
    st.sampled_from([0.0, 0.1, 0.4, 0.8, 3.0]),
    st.sampled_from([4.0, 30.0]),
)
def test_however_slow_and_however_judged_every_word_is_in_one_turn_and_in_order(
    script: list[tuple[float, float]], judged: list[Judgement], takes: float, longest: float
) -> None:
    sound = [
        part
        for word, (length, gap) in zip(WORDS, script, strict=False)
        for part in (said(word, seconds=length), pause(gap))
    ]
    turns, _ = listen(sound, lambda text: judged[len(text) % 3], takes, longest=longest)

    assert " ".join(texts(turns)).split() == WORDS[: len(script)]
    for turn in turns:
        assert turn.utterance.started < turn.utterance.ended <= turn.paused <= turn.ended
        assert len(turn.utterance.samples) <= round((turn.decided - turn.utterance.started) * RATE)
