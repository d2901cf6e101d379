"""How the skill begins, helps, waits, ends and hands over: what Amazon's certification listens for."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.surfaces.alexa.intents import BUILT_IN, INTENTS
from tests.assistant.amazon import Amazon, Device, skill, speech
from tests.assistant.test_alexa_conversations import COFFEE, OAT_MILK, is_open
from tests.shops import Shops


@pytest.mark.parametrize("name", ["AMAZON.StopIntent", "AMAZON.NavigateHomeIntent", "AMAZON.CancelIntent"])
def test_stop_home_and_cancel_end_where_nothing_is_asked(device: Device, name: str) -> None:
    device.launch()
    ended = device.intent(name)
    assert "oodbye" in speech(ended)
    assert not is_open(ended)


def test_cancel_drops_what_is_being_asked_and_goes_on(device: Device) -> None:
    device.intent("ReorderIntent", product=COFFEE)
    dropped = device.intent("AMAZON.CancelIntent")
    assert "othing" in speech(dropped)
    assert is_open(dropped)


def test_cancel_after_something_was_added_ends_and_leaves_it_in_the_basket(device: Device) -> None:
    device.customer = "C004"
    device.launch()
    device.intent("AddProductIntent", product=OAT_MILK)
    assert not is_open(device.intent("AMAZON.CancelIntent"))
    assert "Oat Milk" in speech(device.intent("ShowBasketIntent"))


def test_cancel_right_after_an_order_is_asked_about_and_does_not_just_end(shops: Shops, amazon: Amazon) -> None:
    with skill(shops.assistant(), amazon) as device:
        device.launch()
        device.intent("ReorderIntent", product=COFFEE)
        device.intent("AMAZON.YesIntent")
        asked = device.intent("AMAZON.CancelIntent")
        assert speech(asked).startswith("Cancel all of order")
        assert is_open(asked)
        device.intent("AMAZON.YesIntent")
        assert not is_open(device.intent("AMAZON.NoIntent"))


def test_a_no_to_what_else_ends(device: Device) -> None:
    device.customer = None
    assert speech(device.launch()).endswith("What would you like?")
    ended = device.intent("AMAZON.NoIntent")
    assert "oodbye" in speech(ended)
    assert not is_open(ended)


def test_starting_over_drops_what_is_asked_and_asks_anew(device: Device) -> None:
    device.launch()
    again = device.intent("AMAZON.StartOverIntent")
    assert is_open(again)
    assert speech(again).endswith("?")


@pytest.mark.parametrize("name", ["AMAZON.HelpIntent", "AMAZON.FallbackIntent", "AMAZON.YesIntent", "ChooseIntent"])
def test_a_skill_asked_one_thing_only_waits_for_the_answer_to_what_it_asks(device: Device, name: str) -> None:
    response = device.intent(name)
    assert speech(response).endswith("?")
    assert is_open(response)
    assert speech(response).endswith(
        response["response"]["reprompt"]["outputSpeech"]["ssml"][7:-8].replace("&apos;", "'")
    )


def test_thanks_in_a_conversation_are_not_answered_by_silence(device: Device) -> None:
    device.launch()
    thanked = device.intent("ThankIntent")
    assert is_open(thanked)
    assert speech(thanked).endswith("?")


def test_who_opens_the_skill_for_the_first_time_hears_what_it_can_do(device: Device) -> None:
    device.customer = None
    assert "parcel" in speech(device.launch())
    device.hang_up()
    assert "parcel" not in speech(device.launch())


def test_help_repeat_and_fallback_are_answered(device: Device) -> None:
    device.launch()
    helped = device.intent("AMAZON.HelpIntent")
    assert "parcel" in speech(helped)
    assert is_open(helped)
    assert speech(device.intent("AMAZON.RepeatIntent")) == speech(helped)
    assert is_open(device.intent("AMAZON.FallbackIntent"))
    assert is_open(device.intent("IntentOfSomeOtherModel", colour="red"))


def test_a_conversation_stopped_just_now_goes_on_when_the_skill_is_opened_again(device: Device) -> None:
    found = speech(device.intent("SayFindIntent", words="a winter jacket"))
    device.hang_up()
    assert speech(device.launch()).startswith(found[:20])
    assert "which size" in speech(device.intent("ChooseIntent", position=("first", "1")))


def test_what_was_done_just_now_is_not_told_again_as_if_it_were_done_twice(device: Device) -> None:
    device.intent("AddProductIntent", product=OAT_MILK)
    device.hang_up()
    assert "added" not in speech(device.launch()).lower()


def test_what_is_said_to_a_person_is_passed_on_and_their_answer_told(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant(staffed=True)
    with skill(assistant, amazon) as device:
        device.launch()
        fetched = device.intent("PersonIntent")
        assert speech(fetched).endswith("Ask me again in a moment, and I tell you what they say.")
        assert not is_open(fetched)
        assert speech(device.launch()) == "There is no answer yet. Ask me again in a moment."
        left = device.intent("AMAZON.StopIntent")
        assert "Open me again" in speech(left)
        assert not is_open(left)
        waiting = device.intent("SayMyIntent", words="parcel is wet")
        assert speech(waiting) == "I passed that on. Ask me again in a moment, and I tell you the answer."
        assert not is_open(waiting)
        (handoff,) = assistant.people.handoffs.listed()
        assistant.people.handoffs.claim(handoff.id, "Anna", device.clock.now)
        assert "passed that on" in speech(device.intent("SayIIntent", words="am missing a sock"))
        device.intent("AMAZON.YesIntent")
        passed_on = [message.text for message in assistant.people.handoffs.messages(handoff.id)]
        assert passed_on[-2:] == ["i am missing a sock", "yes"]
        assistant.people.handoffs.say(handoff.id, "It is on its way.", device.clock.now)
        told = device.intent("AMAZON.FallbackIntent")
        assert speech(told) == "It is on its way. What shall I tell them?"
        assert is_open(told)


def test_never_mind_takes_the_conversation_back_from_the_people(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant(staffed=True)
    with skill(assistant, amazon) as device:
        device.intent("PersonIntent")
        back = device.intent("AMAZON.CancelIntent")
        assert speech(back).endswith("What can I do?")
        assert is_open(back)
        assert not assistant.people.handoffs.listed()


FILLED: dict[str, Any] = {
    "product": OAT_MILK, "quantity": "2", "order": "6015", "position": ("second", "2"), "code": "1234",
    "superlative": ("cheapest", "cheapest"), "topic": ("returns", "returns"), "reason": ("broken", "broken"),
}  # fmt: skip
SLOTS = {intent.name: intent.slots for intent in INTENTS}


@pytest.mark.parametrize("opened", [False, True], ids=["at once", "in a session"])
def test_every_intent_is_answered_and_where_alexa_goes_on_listening_it_was_asked_something(
    device: Device, opened: bool
) -> None:
    for name in (*SLOTS, *BUILT_IN):
        device.hang_up()
        if opened:
            device.launch()
        response = device.intent(name, **{slot: FILLED[slot] for slot in SLOTS.get(name, ())})
        assert speech(response), name
        assert not is_open(response) or "?" in speech(response), (name, speech(response))
        assert is_open(response) == ("reprompt" in response["response"]), name
