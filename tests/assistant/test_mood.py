"""What the last turns add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.mood import felt, too_much, with_apology
from assistant.scene import say
from assistant.types import Decision, Mood, Session
from nlu.types import Sentiment, Understanding

ANGRY, FINE, HAPPY = "frustrated", "neutral", "pleased"


def after(*sentiments: Sentiment, hurried: Sequence[int] = ()) -> Session:
    session = Session("s1")
    for number, sentiment in enumerate(sentiments):
        heard = Understanding("", "help", 1.0, "en", sentiment=sentiment, hurried=number in hurried)
        session = felt(session, heard)
    return session


@pytest.mark.parametrize(
    ("session", "mood"),
    [
        (after(FINE), "calm"),
        (after(ANGRY), "frustrated"),
        (after(ANGRY, FINE), "frustrated"),
        (after(ANGRY, FINE, FINE), "calm"),
        (after(HAPPY), "delighted"),
        (after(HAPPY, FINE), "calm"),
        (after(FINE, FINE, FINE, hurried=[0]), "hasty"),
        (after(FINE, FINE, FINE, FINE, FINE, hurried=[0]), "calm"),
        (after(ANGRY, hurried=[0]), "frustrated"),
    ],
)
def test_the_mood_is_that_of_the_last_turns(session: Session, mood: Mood) -> None:
    assert session.mood == mood


def test_two_angry_turns_within_four_are_too_much_and_one_is_not() -> None:
    assert too_much(after(ANGRY, FINE, FINE)) is None
    assert too_much(after(ANGRY, FINE, FINE, ANGRY)) == "frustrated"
    assert too_much(after(ANGRY, FINE, FINE, FINE, ANGRY)) is None


def test_three_misses_in_a_row_are_too_much() -> None:
    assert too_much(Session("s1", misses=2)) is None
    assert too_much(Session("s1", misses=3)) == "misses"


def test_an_angry_customer_is_told_sorry_once() -> None:
    sorry = Decision(after(ANGRY), (say("what.else"),))
    first = with_apology(sorry)
    assert [one.key for one in first.says] == ["apology", "what.else"]
    assert [one.key for one in with_apology(replace(first, says=sorry.says)).says] == ["what.else"]


def test_nobody_else_is_told_sorry_and_silence_stays_silence() -> None:
    calm, silent = Decision(after(FINE), (say("what.else"),)), Decision(after(ANGRY), ())
    assert with_apology(calm) == calm
    assert with_apology(silent) == silent
