"""The queue of conversations for the shop's people: in rows, at the command line, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from assistant.handoff import Brief, End, Handoff, Message, Open, PassOn, Tell
from assistant.pipeline import Assistant
from assistant.records.handoffs import Handoffs, NotDone
from assistant.records.sessions import Conflict, Sessions
from assistant.types import Session, Turn
from commerce.store import open_engine
from tests.assistant.served import served
from tests.assistant.test_cli import Command, handla  # noqa: F401  (a fixture)
from tests.databases import Databases
from tests.shops import NOW, Shops, assistant_on
from voice.types import Transcript

CLAIM_FIRST = "claim it first: `handla handoffs claim ID --as NAME`"
BRIEF = Brief("text", "en", "asked", "calm", "The customer asked for a person.", (), (), None)


def turn(text: str, turn_id: str | None = None, at: datetime = NOW) -> Turn:
    return Turn(turn_id or text, "s1", "C001", "text", "en", Transcript(text, "en", 1.0), at)


class Rows:
    """Sessions and queue on one database."""

    def __init__(self, url: str) -> None:
        engine = open_engine(url)
        self.sessions, self.queue = Sessions(engine), Handoffs(engine)

    def opened(self, name: str = "h1") -> str:
        handoff = Handoff(name, f"session of {name}", "C001", BRIEF, NOW)
        self.sessions.save(Session(handoff.session_id), turn("a person please", name), moves=[Open(handoff)])
        return name


@pytest.fixture
def rows(databases: Databases) -> Rows:
    return Rows(databases.new())


def test_a_handoff_is_claimed_once_answered_and_closed(rows: Rows) -> None:
    name = rows.opened()
    assert [one.id for one in rows.queue.listed()] == [name]
    claimed = rows.queue.claim(name, "Sam", NOW)
    assert isinstance(claimed, Handoff)
    assert (claimed.state, claimed.who, claimed.brief) == ("claimed", "Sam", BRIEF)
    assert rows.queue.claim(name, "Sam", NOW) == claimed
    assert rows.queue.claim(name, "Kim", NOW) == NotDone("taken", "Sam")
    assert rows.queue.say(name, "Hello", NOW) == Message(1, "person", "Hello", NOW)
    closed = rows.queue.close(name, "sent a new one", NOW)
    assert isinstance(closed, Handoff)
    assert (closed.state, closed.note, closed.closed_at) == ("closed", "sent a new one", NOW)
    assert rows.queue.listed() == []
    assert rows.queue.say(name, "one more thing", NOW) == NotDone("closed")
    assert rows.queue.claim(name, "Kim", NOW) == NotDone("closed")
    assert rows.queue.close("h2", "", NOW) == NotDone("unknown")


def test_who_has_not_claimed_cannot_speak(rows: Rows) -> None:
    assert rows.queue.say(rows.opened(), "Hello", NOW) == NotDone("not_claimed")


def test_what_a_turn_changes_is_kept_with_its_session_or_not_at_all(rows: Rows) -> None:
    name = rows.opened()
    session = Session("s2")
    rows.sessions.save(session, turn("hello"), moves=[PassOn(name, "hello", NOW), Tell(name, 1)])
    assert [message.text for message in rows.queue.messages(name)] == ["hello"]
    with pytest.raises(Conflict):  # the session has moved on
        rows.sessions.save(session, turn("again"), moves=[PassOn(name, "again", NOW), End(name, "", NOW)])
    assert len(rows.queue.messages(name)) == 1
    assert rows.queue.find(name).state == "waiting"  # type: ignore[union-attr]
    rows.queue.close(name, "", NOW)
    with pytest.raises(Conflict):  # the person was quicker
        rows.sessions.save(Session("s2", version=1), turn("more"), moves=[PassOn(name, "more", NOW)])


def test_of_two_people_at_two_doors_one_gets_the_conversation(shared: Databases) -> None:
    url = shared.new()
    doors = [Rows(url), Rows(url)]
    for number in range(4):
        name = doors[0].opened(f"h{number}")
        with ThreadPoolExecutor(2) as pool:
            both = list(pool.map(lambda door, who: door.queue.claim(name, who, NOW), doors, ("Sam", "Kim")))  # noqa: B023
        assert sum(isinstance(one, Handoff) for one in both) == 1
        assert sum(isinstance(one, NotDone) for one in both) == 1


def test_messages_of_both_sides_at_once_are_all_kept_in_one_order(shared: Databases) -> None:
    url = shared.new()
    doors = [Rows(url), Rows(url)]
    name = doors[0].opened()
    doors[0].queue.claim(name, "Sam", NOW)

    def talk(number: int) -> None:
        if number % 2:
            doors[1].queue.say(name, f"person {number}", NOW)
        else:
            doors[0].sessions.save(Session(f"s{number}"), turn("x", str(number)), moves=[PassOn(name, "x", NOW)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(talk, range(12)))
    assert [message.number for message in doors[0].queue.messages(name)] == list(range(1, 13))


def test_the_brief_says_what_was_wanted_done_and_left_open(shops: Shops) -> None:
    assistant = shops.assistant(staffed=True)
    texts = ("where is my parcel", "add two oat milk", "check out", "let me talk to someone")
    for number, text in enumerate(texts):
        assistant.handle(turn(text, at=NOW + timedelta(seconds=number)))
    assert assistant.people is not None
    (handoff,) = assistant.people.handoffs.listed()
    brief = handoff.brief
    assert (brief.reason, brief.channel, brief.mood, handoff.customer_id) == ("asked", "text", "calm", "C001")
    for part in ('"where is my parcel"', "basket was changed", "Not answered yet: ", "Oat Milk", "last order"):
        assert part in brief.summary
    assert [said.heard for said in brief.transcript][-2:] == ["check out", "let me talk to someone"]
    assert [line.product_id for line in brief.basket] == ["oat-milk"]
    assert brief.last_order == assistant.shop.orders_of("C001", 1)[0].number


def test_turns_of_another_day_are_not_in_the_brief(shops: Shops) -> None:
    assistant = shops.assistant(staffed=True)
    assistant.handle(turn("where is my parcel", at=NOW - timedelta(days=1)))
    assistant.handle(turn("let me talk to someone"))
    assert assistant.people is not None
    assert [said.heard for said in assistant.people.handoffs.listed()[0].brief.transcript] == ["let me talk to someone"]


def test_the_summary_is_in_the_customers_language(shops: Shops) -> None:
    assistant = shops.assistant(staffed=True)
    said = Transcript("jag vill prata med en människa", "sv", 1.0)
    assistant.handle(Turn("t1", "s1", "C001", "text", "sv", said, NOW))
    assert assistant.people is not None
    assert assistant.people.handoffs.listed()[0].brief.summary.startswith("Kunden bad om en person.")


# --- over HTTP


@pytest.fixture
def assistant(shops: Shops) -> Assistant:
    return shops.assistant(staffed=True)


@pytest.fixture
def client(assistant: Assistant) -> Iterator[TestClient]:
    with served(assistant) as client:
        yield client


def said(client: TestClient, text: str) -> dict[str, object]:
    body = {"session": "s1", "customer": "C001", "text": text, "turn_id": text}
    found: dict[str, object] = client.post("/v1/turns", json=body).json()
    return found


def test_a_conversation_is_taken_over_and_given_back_over_http(client: TestClient) -> None:
    said(client, "let me talk to someone")
    (waiting,) = client.get("/v1/handoffs").json()
    there = f"/v1/handoffs/{waiting['id']}"
    assert client.post(f"{there}/claim", json={"who": "Sam"}).json()["state"] == "claimed"
    assert client.post(f"{there}/claim", json={"who": "Kim"}).status_code == 409
    assert said(client, "my tent is torn")["handed_over"] is True
    assert client.post(f"{there}/messages", json={"text": "Oh dear"}).json()["number"] == 2
    shown = client.get(there).json()
    assert [message["text"] for message in shown["messages"]] == ["my tent is torn", "Oh dear"]
    assert shown["transcript"][0]["customer"] == "let me talk to someone"
    assert client.post(f"{there}/close", json={"note": "done"}).json()["state"] == "closed"
    back = said(client, "where is my parcel")
    assert str(back["text"]).startswith("Oh dear I'm back with you.")
    assert client.get("/v1/handoffs", params={"state": "closed"}).json()[0]["note"] == "done"


def test_a_message_that_a_channel_has_fetched_is_not_said_again(client: TestClient) -> None:
    said(client, "let me talk to someone")
    name = client.get("/v1/handoffs").json()[0]["id"]
    client.post(f"/v1/handoffs/{name}/claim", json={"who": "Sam"})
    client.post(f"/v1/handoffs/{name}/messages", json={"text": "Hello"})
    polled = client.get("/v1/sessions/s1/messages", params={"customer": "C001"}).json()
    assert [(one["number"], one["text"]) for one in polled["messages"]] == [(1, "Hello")]
    again = client.get("/v1/sessions/s1/messages", params={"customer": "C001", "after": 1}).json()
    assert (again["state"], again["messages"]) == ("claimed", [])
    assert said(client, "hello")["text"] == ""
    assert client.get("/v1/sessions/s1/messages").json()["handoff"] is None  # a guest's session of that name


def test_what_cannot_be_done_is_said_with_its_status(client: TestClient) -> None:
    assert client.get("/v1/handoffs/nothing").status_code == 404
    assert client.post("/v1/handoffs/nothing/claim", json={"who": ""}).status_code == 422
    assert client.post("/v1/handoffs/nothing/close", json={}).json() == {"error": "there is no such handoff"}


def test_the_queue_needs_a_key_where_one_is_set_and_is_not_there_without_people(shops: Shops) -> None:
    with served(shops.assistant(staffed=True), server={"keys": {"till": "0" * 64}}) as client:
        assert client.get("/v1/handoffs").status_code == 401
    with served(shops.assistant()) as client:
        assert client.get("/v1/handoffs").status_code == 404


# --- at the command line


@pytest.mark.models
def test_the_queue_at_the_command_line(
    handla: Command,  # noqa: F811
    shops: Shops,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = shops.copy()
    monkeypatch.setenv("HANDLA_SHOP__DATABASE", url)
    assistant_on(url, staffed=True).handle(turn("let me talk to someone", at=datetime.now(UTC)))
    (row,) = [json.loads(line) for line in handla("handoffs", "list", "--json")[1].splitlines()]
    name = row["id"]
    assert handla("handoffs", "say", name, "Hello")[::2] == (2, f"handoff {name}: {CLAIM_FIRST}\n")
    assert "claimed by Sam" in handla("handoffs", "claim", name, "--as", "Sam")[1]
    assert handla("handoffs", "claim", name, "--as", "Kim")[0] == 2
    assert handla("handoffs", "say", name, "Hello")[0] == 0
    shown = handla("handoffs", "show", name)[1]
    assert "customer: let me talk to someone" in shown
    assert "person: Hello" in shown
    assert handla("handoffs", "close", name, "--note", "done")[0] == 0
    assert handla("handoffs", "list") == (0, "", "")
    assert "closed by Sam" in handla("handoffs", "list", "--all")[1]
    assert handla("handoffs", "show", "nothing")[0] == 2
