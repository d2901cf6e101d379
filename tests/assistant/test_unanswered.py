"""A payment that does not answer: the truth is said, nothing is tried again unasked, and the result is told later."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.pipeline import Assistant
from assistant.types import Reply, Turn
from tests.commerce.providers import NoAnswer, once
from tests.shops import NOW, Shops, assistant_on
from voice.types import Transcript


def hears(assistant: Assistant, text: str, turn_id: str | None = None) -> Reply:
    said = Transcript(text, "en", 1.0)
    return assistant.handle(Turn(turn_id or text, "s1", "C001", "text", "en", said, NOW + timedelta(seconds=1)))


def unanswered(shops: Shops, *moments: str) -> tuple[Assistant, Reply]:
    """An order that was said yes to while the provider does not answer at these moments, and the reply."""
    assistant = assistant_on(shops.copy(), once(moments, NoAnswer))
    hears(assistant, "reorder my coffee")
    return assistant, hears(assistant, "yes")


def facts(shops: Shops, assistant: Assistant) -> tuple[int, int]:
    """Orders, charges."""
    return shops.orders_since(assistant.shop, NOW), shops.charges(assistant.shop)


def test_an_order_without_an_answer_is_not_called_placed_nor_refused(shops: Shops) -> None:
    assistant, reply = unanswered(shops, "after capture")
    assert "not answered" in reply.text
    assert "placed" not in reply.text
    assert reply.done is not None
    assert (reply.done.outcome, reply.done.order_number) == ("payment_unknown", None)
    assert hears(assistant, "yes").text == reply.text  # the same turn again


def test_an_order_whose_money_was_taken_is_told_on_the_next_turn_and_once(shops: Shops) -> None:
    assistant, _ = unanswered(shops, "after capture")
    reply = hears(assistant, "where is my parcel")
    assert reply.text.startswith("The payment went through after all: order ")
    assert reply.done is not None
    assert reply.done.outcome == "placed"
    assert facts(shops, assistant) == (1, 1)
    assert "payment" not in hears(assistant, "help").text


@pytest.mark.parametrize("moment", ["before authorise", "after authorise", "before capture"])
def test_an_order_whose_money_was_not_taken_is_called_off_and_can_be_placed_anew(shops: Shops, moment: str) -> None:
    assistant, _ = unanswered(shops, moment)
    reply = hears(assistant, "reorder my coffee", "again")
    assert reply.text.startswith("The payment I was waiting for did not go through. Nothing was ordered")
    assert facts(shops, assistant) == (0, 0)
    assert reply.asks == "order"
    done = hears(assistant, "yes", "sure").done
    assert done is not None
    assert done.outcome == "placed"
    assert facts(shops, assistant) == (1, 1)


def test_a_second_yes_tries_nothing_again(shops: Shops) -> None:
    assistant, _ = unanswered(shops, "before capture", "before void")
    reply = hears(assistant, "yes", "yes again")
    assert "still not answered" in reply.text
    assert "nothing waiting" in reply.text
    assert facts(shops, assistant) == (0, 0)
    assert "did not go through" in hears(assistant, "help").text


def test_what_was_settled_in_between_is_told(shops: Shops) -> None:
    assistant, _ = unanswered(shops, "after capture")
    assistant.shop.reconcile(NOW + timedelta(hours=1))
    assert facts(shops, assistant) == (1, 1)
    assert "went through after all" in hears(assistant, "help").text
    assert facts(shops, assistant) == (1, 1)


@pytest.mark.parametrize(("moment", "left"), [("after capture", 0), ("before capture", 1)])
def test_what_waits_for_its_payment_is_out_of_the_basket_and_comes_back_if_called_off(
    shops: Shops, moment: str, left: int
) -> None:
    assistant = assistant_on(shops.copy(), once([moment], NoAnswer))
    hears(assistant, "add oat milk to my basket")
    before = assistant.shop.basket("C001").lines
    hears(assistant, "check out")
    hears(assistant, "yes")
    assert assistant.shop.basket("C001").lines == ()
    hears(assistant, "help")
    assert assistant.shop.basket("C001").lines == before[:left]
