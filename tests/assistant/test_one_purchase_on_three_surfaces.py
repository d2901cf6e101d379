"""The same purchase by a program, by Alexa and at the microphone: the same order, and turns that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from assistant.listening.answering import Conversation, answers
from assistant.pipeline import Assistant
from assistant.records.tables import turns
from commerce.types import Order
from tests.assistant.amazon import Amazon, skill
from tests.assistant.programs import shopping
from tests.shops import NOW, Shops
from tests.voice import talking
from tests.voice.listening import Reader, pause, said
from voice.listener import HeardTurn
from voice.types import Transcript, Utterance

SPELLED = {"coffee": "reorder my coffee", "please": "yes please"}
"""What the scripted sound spells, and what the customer says by it."""


class Ears(Reader):
    """Hears the customer's words in the scripted sound."""

    def transcribe(self, utterance: Utterance, hints: object = ()) -> Transcript:  # noqa: ARG002
        heard = super().transcribe(utterance)
        return replace(heard, text=SPELLED.get(heard.text, heard.text))


def by_program(assistant: Assistant) -> None:
    with shopping(assistant) as program:
        quote = program.call("quote", items=[{"sku": "COF-DARK-500", "quantity": 2}])
        program.call("place_order", quote_id=quote["quote_id"], confirmation="yes please")


def by_alexa(assistant: Assistant) -> None:
    with skill(assistant, Amazon()) as device:
        device.intent("ReorderIntent", product=("coffee", "COF-DARK-500"))
        device.intent("AMAZON.YesIntent")


def by_microphone(assistant: Assistant) -> None:
    respond = answers(assistant, Conversation("kitchen", "C001", "en"), lambda: NOW)

    def reply(text: str, heard_to_end: bool) -> Any:
        turn = HeardTurn(Utterance(talking.np.zeros(160, "int16"), 16_000, 0, 1), Transcript(text, "en", 0.9), 1, 1, 1)
        return respond(turn, heard_to_end)

    talk = talking.Conversation(reply, recogniser=Ears())
    talk.hear(said("coffee"), pause(14), said("please"), pause(8))
    assert talk.turns == [("reorder my coffee", True), ("yes please", True)]


def bought(shops: Shops, buy: Callable[[Assistant], None]) -> tuple[Order, list[tuple[str, ...]]]:
    """The one order that came of it without its number, and what is kept of the turns."""
    assistant = shops.assistant()
    buy(assistant)
    assert (shops.orders_since(assistant.shop, NOW), shops.charges(assistant.shop)) == (1, 1)
    kept = select(turns.c.channel, turns.c.language, turns.c.intent, turns.c.action, turns.c.outcome)
    with assistant.sessions.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(kept.order_by(turns.c.at, turns.c.action.is_not(None)))]
    return replace(assistant.shop.orders_of("C001", 1)[0], number="", placed_at=NOW), rows


def test_a_purchase_is_the_same_by_tool_by_alexa_and_by_voice(shops: Shops) -> None:
    by = {"mcp": by_program, "alexa": by_alexa, "microphone": by_microphone}
    found = {channel: bought(shops, buy) for channel, buy in by.items()}
    orders = [order for order, _ in found.values()]
    assert orders[0] == orders[1] == orders[2]
    for channel, (_, rows) in found.items():
        assert {row[0] for row in rows} == {channel}
        assert rows[-1] == (channel, "en", "affirm", "order", "placed")
        assert [row[3:] for row in rows[:-1]] == [(None, None)]
    assert [rows[0][2] for _, rows in found.values()] == ["buy_now", "reorder", "reorder"]
