"""Several processes, one database: a conversation goes on in any of them, and an order is placed once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from assistant.pipeline import Assistant
from assistant.types import Reply, Turn
from tests.commerce.victims import PROCESSES, in_process
from tests.shops import NOW, Shops, assistant_on
from voice.types import Transcript


@pytest.fixture(params=["sqlite", "postgresql"])
def everywhere(request: pytest.FixtureRequest) -> Shops:
    found: Shops = request.getfixturevalue("shops" if request.param == "sqlite" else "postgres_shops")
    return found


def turn(text: str, turn_id: str | None = None, session: str = "s1") -> Turn:
    said = Transcript(text, "en", 1.0)
    return Turn(turn_id or text, session, "C001", "text", "en", said, NOW + timedelta(seconds=1))


def answer(url: str, said: Turn, replies: Any) -> None:
    """What a process of its own answers."""
    replies.send(assistant_on(url).handle(said))


def at_once(*calls: Callable[[], Reply]) -> list[Reply]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def orders(shops: Shops, assistant: Assistant) -> tuple[int, int]:
    return shops.orders_since(assistant.shop, NOW), shops.charges(assistant.shop)


@pytest.mark.models
def test_a_conversation_goes_on_in_another_process(everywhere: Shops) -> None:
    url = everywhere.copy()
    here = assistant_on(url)
    assert here.handle(turn("reorder my coffee")).asks == "order"
    there, theirs = PROCESSES.Pipe(duplex=False)
    process = in_process(answer, url, turn("yes"), theirs)
    reply: Reply = there.recv()
    process.join(30)
    assert reply.done is not None
    assert reply.done.outcome == "placed"
    assert orders(everywhere, here) == (1, 1)
    again = here.handle(turn("yes"))
    assert (again.text, again.repeated) == (reply.text, True)


def test_the_same_yes_at_two_doors_at_once_is_one_order_and_one_reply(everywhere: Shops) -> None:
    url = everywhere.copy()
    doors = [assistant_on(url), assistant_on(url)]
    for number in range(4):
        doors[0].handle(turn("reorder my coffee", session=f"s{number}"))
        yes = turn("yes", session=f"s{number}")
        first, second = at_once(lambda yes=yes: doors[0].handle(yes), lambda yes=yes: doors[1].handle(yes))
        assert first.text == second.text
        assert orders(everywhere, doors[0]) == (number + 1, number + 1)


def test_two_yeses_at_two_doors_at_once_are_one_order(everywhere: Shops) -> None:
    url = everywhere.copy()
    doors = [assistant_on(url), assistant_on(url)]
    doors[0].handle(turn("reorder my coffee"))
    at_once(*(lambda door=door, n=n: door.handle(turn("yes", f"yes {n}")) for n, door in enumerate(doors)))
    assert orders(everywhere, doors[0]) == (1, 1)


def test_many_conversations_at_once_all_get_an_answer(everywhere: Shops) -> None:
    url = everywhere.copy()
    doors = [assistant_on(url), assistant_on(url)]
    doors[0].shop.products()
    texts = ["add oat milk to my basket", "check out", "reorder my coffee", "yes", "where is my parcel"]

    def talk(number: int) -> list[Reply]:
        door = doors[number % 2]
        return [door.handle(turn(text, session=f"s{number}")) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        conversations = list(pool.map(talk, range(8)))
    assert all(len(replies) == len(texts) for replies in conversations)
    placed = [reply for replies in conversations for reply in replies if reply.done and reply.done.outcome == "placed"]
    assert orders(everywhere, doors[0]) == (len(placed), len(placed))
    assert len(placed) == 8


def test_a_basket_that_was_ordered_in_one_conversation_is_not_ordered_again_in_another(everywhere: Shops) -> None:
    assistant = everywhere.assistant()
    assistant.handle(turn("add two oat milk", session="kitchen"))
    assert assistant.handle(turn("check out", session="kitchen")).asks == "order"
    assert assistant.handle(turn("check out", session="telephone")).asks == "order"
    assistant.handle(turn("yes", session="telephone"))
    assert orders(everywhere, assistant) == (1, 1)
    assert "not in your basket any more" in assistant.handle(turn("yes", session="kitchen")).text
    assert orders(everywhere, assistant) == (1, 1)


def test_a_basket_that_two_conversations_order_at_once_is_ordered_once(everywhere: Shops) -> None:
    url = everywhere.copy()
    doors = [assistant_on(url), assistant_on(url)]
    for number in range(4):
        rooms = [f"kitchen {number}", f"hall {number}"]
        doors[0].handle(turn("add two oat milk", session=rooms[0]))
        for door, room in zip(doors, rooms, strict=True):
            assert door.handle(turn("check out", session=room)).asks == "order"
        kitchen, hall = (turn("yes", session=room) for room in rooms)
        replies = at_once(lambda yes=kitchen: doors[0].handle(yes), lambda yes=hall: doors[1].handle(yes))
        assert orders(everywhere, doors[0]) == (number + 1, number + 1)
        assert sum("not in your basket any more" in reply.text for reply in replies) == 1
        assert doors[0].shop.basket("C001").lines == ()
