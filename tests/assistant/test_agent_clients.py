"""Other people's clients at the running server: the protocol's library, its inspector, its conformance tests."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.assistant.programs import Program, Refused, content, shopping
from tests.shops import Shops

pytestmark = pytest.mark.models
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "mcp_clients"
SESSIONS = 200
SCENARIOS = ("server-initialize", "ping", "tools-list", "resources-list", "dns-rebinding-protection")
"""Conformance tests that ask nothing of a server but the protocol; the others need test tools of their own."""


@pytest.fixture(scope="module")
def node() -> str:
    """Node.js as the conformance tests need it, with both clients; the tests are skipped where it is missing."""
    found = FOLDER / "node_modules" / ".bin" / "node"
    if found.exists():
        return str(found)
    missing = "no MCP inspector: install Node.js, then run `npm install` in tests/mcp_clients"
    if os.environ.get("HANDLA_TEST_NODE") == "required":
        pytest.fail(missing)
    pytest.skip(missing)


def run(node: str, package: str, *arguments: str) -> str:
    done = subprocess.run(
        [node, str(FOLDER / "node_modules" / "@modelcontextprotocol" / package), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_inspector_lists_calls_and_reads(shops: Shops, node: str) -> None:
    with shopping(shops.assistant()) as program:

        def inspect(*arguments: str) -> dict[str, Any]:
            how = ("--cli", program.url, "--transport", "http", "--method", *arguments)
            told: dict[str, Any] = json.loads(run(node, "inspector/cli/build/cli.js", *how))
            return told

        assert "place_order" in {tool["name"] for tool in inspect("tools/list")["tools"]}
        call = ("tools/call", "--tool-name", "search_products", "--tool-arg", "query=oat milk")
        assert inspect(*call)["structuredContent"]["products"][0]["product_id"] == "oat-milk"
        policies = inspect("resources/read", "--uri", "handla://store/policies")["contents"][0]["text"]
        assert json.loads(policies)["currency"] == "USD"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_conformance_tests_pass(shops: Shops, node: str, scenario: str) -> None:
    with shopping(shops.assistant()) as program:
        told = run(node, "conformance/dist/index.js", "server", "--url", program.url, "--scenario", scenario)
    assert "0 failed, 0 warnings" in told


def test_a_whole_purchase_on_standard_input_and_output(tmp_path: Path) -> None:
    database = {"HANDLA_SHOP__DATABASE": f"sqlite:///{tmp_path / 'shop.db'}"}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "assistant.cli", "mcp"], env={**os.environ, **database}, cwd=ROOT
    )

    async def buy() -> tuple[dict[str, Any], dict[str, Any]]:
        with (tmp_path / "errors").open("w") as errors:
            async with Client(stdio_client(command, errlog=errors)) as client:
                quote = content(await client.call_tool("quote", {"source": "usual"}))
                yes = {"quote_id": quote["quote_id"], "confirmation": "yes"}
                return quote, content(await client.call_tool("place_order", yes))

    quote, placed = asyncio.run(buy())
    assert placed["order"]["total"] == quote["total"]
    assert "shopping for customer C001" in (tmp_path / "errors").read_text()


def test_two_hundred_programs_shop_at_once(shops: Shops) -> None:
    """Each has a connection of its own, asks, quotes and buys; the shop's last pieces are sold once."""
    limits: dict[str, Any] = {"orders_a_day": None, "most_per_day": None}
    with shopping(shops.assistant(), **limits, calls_deadline=120.0) as program:
        shops.change(program.assistant.shop, {"stock": {"product": "oat-milk", "pieces": 150}})
        bought = asyncio.run(_all_at_once(program))
        assert bought.count("placed") == 150
        assert all("out of stock" in told for told in bought if told != "placed")
        assert len({call.order_number for call in program.audit() if call.order_number}) == 150


async def _all_at_once(program: Program) -> list[str]:
    async def one(number: int) -> str:
        async with Client(program.url, mode="legacy" if number % 2 else "auto") as client:
            content(await client.call_tool("search_products", {"query": "oat milk"}))
            try:
                quote = content(await client.call_tool("quote", {"items": [{"sku": "MLK-OAT-1L"}]}))
                yes = {"quote_id": quote["quote_id"], "confirmation": "yes"}
                return str(content(await client.call_tool("place_order", yes))["status"])
            except Refused as refused:
                return str(refused)

    return list(await asyncio.gather(*(one(number) for number in range(SESSIONS))))
