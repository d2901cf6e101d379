"""Tools by access tokens: what each scope opens, what a program's own token does, and whose the customer is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.pipeline import Assistant
from assistant.records.agents import AgentRecords
from assistant.surfaces.agents.callers import BUY, PERSONAL, READ
from tests.assistant.linking import SECRET, Linked, linked


@pytest.fixture
def shop(one_assistant: Assistant, tmp_path: Path) -> Iterator[Linked]:
    with linked(one_assistant, tmp_path) as served:
        served.register()
        yield served
        served.clear()


def token(shop: Linked, *scopes: str) -> str:
    return str(shop.token(shop.code(scope=" ".join(scopes))).json()["access_token"])


def call(shop: Linked, token: str | None, name: str, **arguments: Any) -> Any:
    """The response to a tool called with this token."""
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
    headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
    headers |= {"authorization": f"Bearer {token}"} if token else {}
    return shop.http.post("/mcp", content=json.dumps(message), headers=headers)


def result(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()["result"]
    assert not told["isError"], told
    content: dict[str, Any] = told["structuredContent"]
    return content


def test_without_a_right_token_nothing_is_answered(shop: Linked) -> None:
    for wrong in (None, "wrong"):
        answer = call(shop, wrong, "view_basket")
        assert answer.status_code == 401
        assert "resource_metadata=" in answer.headers["www-authenticate"]


def test_a_customers_token_buys_for_that_customer(shop: Linked) -> None:
    mine = token(shop, READ, PERSONAL, BUY)
    quote = result(call(shop, mine, "quote", items=[{"sku": "MLK-OAT-1L"}]))
    bought = result(call(shop, mine, "place_order", quote_id=quote["quote_id"], confirmation="yes"))
    number = bought["order"]["number"]
    assert result(call(shop, mine, "order_status", order_number=number))["order"]["number"] == number


@pytest.mark.parametrize(
    ("scopes", "name", "needed"),
    [((READ,), "list_orders", PERSONAL), ((READ, PERSONAL), "quote", BUY), ((READ,), "book_appointment", BUY)],
)
def test_a_scope_that_is_lacking_is_named(shop: Linked, scopes: tuple[str, ...], name: str, needed: str) -> None:
    answer = call(shop, token(shop, *scopes), name)
    assert answer.status_code == 403
    assert f'scope="{needed}"' in answer.headers["www-authenticate"]


def test_a_programs_own_token_finds_products_and_knows_nobody(shop: Linked) -> None:
    service = shop.register("Finder", service=True, redirects=())
    form = {"grant_type": "client_credentials", "client_id": service.id, "client_secret": SECRET, "scope": READ}
    own = shop.http.post("/oauth/token", data=form).json()["access_token"]
    assert result(call(shop, own, "search_products", query="oat milk"))["products"]
    reasons = [one["reasons"] for one in result(call(shop, own, "recommend"))["products"]]
    assert reasons
    assert not any("you" in reason.split() for one in reasons for reason in one)
    basket = result(call(shop, own, "update_basket", action="add", items=[{"sku": "MLK-OAT-1L"}]))
    assert basket["basket_id"]
    assert call(shop, own, "list_orders").status_code == 403


def test_a_customer_who_allowed_reading_only_is_a_guest_to_it(shop: Linked) -> None:
    reader = token(shop, READ)
    buyer = token(shop, READ, PERSONAL)
    result(call(shop, buyer, "update_basket", action="add", items=[{"sku": "COF-DARK-500"}]))
    assert result(call(shop, reader, "view_basket"))["lines"] == []
    assert result(call(shop, buyer, "update_basket", action="clear"))["lines"] == []


def test_a_quote_is_the_programs_own(shop: Linked) -> None:
    quote = result(call(shop, token(shop, BUY), "quote", items=[{"sku": "MLK-OAT-1L"}]))
    shop.register("Other")
    code = shop.code(client="other-1")
    other = shop.token(code, client_id="other-1").json()["access_token"]
    answer = call(shop, other, "place_order", quote_id=quote["quote_id"], confirmation="yes").json()["result"]
    assert answer["isError"]
    assert "no such quote" in answer["content"][0]["text"]


def test_the_audit_names_program_and_customer_and_only_a_hash_of_the_token(
    shop: Linked, one_assistant: Assistant
) -> None:
    mine = token(shop, READ, PERSONAL)
    result(call(shop, mine, "list_orders"))
    newest = AgentRecords(one_assistant.sessions.engine).calls(1)[0]
    assert (newest.client, newest.customer, newest.tool, newest.outcome) == ("agent-1", "C001", "list_orders", "done")
    assert len(newest.token) == 64
    assert mine not in newest.token
