"""Another's OAuth client, the one of the official MCP SDK, finds its way in by itself."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import httpx2
import pytest
from mcp import Client
from mcp.client import auth
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata

from assistant.pipeline import Assistant
from assistant.surfaces.agents.callers import READ
from tests.assistant.linking import BACK, HOST, SECRET, URL, Linked, linked


class Storage:
    """What a client remembers."""

    def __init__(self, client: Any = None) -> None:
        self.client, self.tokens = client, None

    async def get_tokens(self) -> Any:
        return self.tokens

    async def set_tokens(self, tokens: Any) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> Any:
        return self.client

    async def set_client_info(self, client_info: Any) -> None:
        self.client = client_info


class Browser:
    """A customer's browser: the client opens it at an address, and waits for what comes back."""

    def __init__(self, shop: Linked, decision: str = "all") -> None:
        self.shop, self.decision, self.back, self.opened = shop, decision, "", 0

    async def open(self, address: str) -> None:
        self.opened += 1
        async with reached(self.shop) as http:
            page = await http.get(address)
            check = re.search(r'name="check" value="([^"]+)"', page.text)
            assert check, page.text
            form = {"check": check[1], "code": self.shop.link_code(), "decision": self.decision}
            self.back = (await http.post(address, data=form)).headers["location"]

    async def came_back(self) -> Any:
        fields = {name: values[0] for name, values in parse_qs(urlsplit(self.back).query).items()}
        return auth.AuthorizationCodeResult(code=fields["code"], state=fields["state"], iss=fields["iss"])


@asynccontextmanager
async def reached(shop: Linked, **how: Any) -> AsyncIterator[Any]:
    transport = httpx2.ASGITransport(app=shop.app, client=("192.0.2.8", 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url=HOST, **how) as http:
        yield http


def metadata(**differs: Any) -> Any:
    values = {"redirect_uris": [BACK], "client_name": "Desktop", "token_endpoint_auth_method": "client_secret_post"}
    return OAuthClientMetadata(**{**values, **differs})


@pytest.mark.parametrize("challenge", [True, False])
def test_it_links_a_customer_finding_everything_by_itself(
    one_assistant: Assistant, tmp_path: Path, challenge: bool
) -> None:
    with linked(one_assistant, tmp_path, challenge=challenge) as shop:
        shop.register()
        known = OAuthClientInformationFull(
            client_id="agent-1", client_secret=SECRET, issuer=HOST, **metadata().model_dump(exclude_none=True)
        )
        storage, browser = Storage(known), Browser(shop)

        async def use() -> list[Any]:
            way_in = auth.OAuthClientProvider(URL, metadata(), storage, browser.open, browser.came_back)
            async with reached(shop, auth=way_in) as http:
                first = await http.post("/tools")
                way_in.context.token_expiry_time = 1.0  # as if an hour had gone by
                old = storage.tokens.refresh_token
                second = await http.post("/tools")
                assert storage.tokens.refresh_token != old
                return [first, second]

        for answer in anyio.run(use):
            assert answer.status_code == 200
            assert answer.json()["customer"] == "C001"
        shop.grants.revoke("agent-1")


def test_it_shops_and_asks_for_more_when_it_comes_to_buying(one_assistant: Assistant, tmp_path: Path) -> None:
    with linked(one_assistant, tmp_path, started=False, registration=True) as shop:
        storage, browser = Storage(), Browser(shop, "no_buying")

        async def shopping() -> tuple[Any, Any, int]:
            way_in = auth.OAuthClientProvider(URL, metadata(), storage, browser.open, browser.came_back)
            async with (
                shop.app.router.lifespan_context(shop.app),
                reached(shop, auth=way_in) as http,
                Client(streamable_http_client(URL, http_client=http)) as client,
            ):
                orders = await client.call_tool("list_orders", {})
                opened, browser.decision = browser.opened, "all"
                quote = await client.call_tool("quote", {"items": [{"product": "rain jacket"}]})
                return orders, quote, browser.opened - opened

        orders, quote, opened_again = anyio.run(shopping)
        assert orders.structured_content["orders"]
        assert opened_again == 1
        assert "shop.buy" in storage.tokens.scope
        assert quote.content
        shop.grants.revoke(storage.client.client_id)


def test_it_registers_itself_where_it_may(one_assistant: Assistant, tmp_path: Path) -> None:
    with linked(one_assistant, tmp_path, registration=True) as shop:
        storage, browser = Storage(), Browser(shop, "no_buying")

        async def use() -> Any:
            way_in = auth.OAuthClientProvider(URL, metadata(), storage, browser.open, browser.came_back)
            async with reached(shop, auth=way_in) as http:
                return await http.post("/tools")

        told = anyio.run(use).json()
        assert told["customer"] == "C001"
        assert told["scopes"] == ["shop.personal", "shop.read"]
        assert storage.client.client_id == told["client"]
        shop.grants.revoke(told["client"])


def test_a_service_gets_a_token_of_its_own(one_assistant: Assistant, tmp_path: Path) -> None:
    with linked(one_assistant, tmp_path) as shop:
        shop.register("Service", service=True, redirects=())

        async def use() -> Any:
            way_in = ClientCredentialsOAuthProvider(
                server_url=URL, storage=Storage(), client_id="service-1", client_secret=SECRET, scope=READ, issuer=HOST
            )
            async with reached(shop, auth=way_in) as http:
                return await http.post("/tools")

        told = anyio.run(use).json()
        assert (told["client"], told["customer"], told["scopes"]) == ("service-1", None, [READ])
        shop.grants.revoke("service-1")
