"""The Model Context Protocol: the shop's tools at /mcp over Streamable HTTP, and on stdio."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from mcp import MCPError, types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from assistant.records.agents import AgentRecords
from assistant.surfaces.agents.callers import SCOPES, Caller, Unauthorised, WhoAsks
from assistant.surfaces.agents.ground import Mistake
from assistant.surfaces.agents.tools import BY_NAME, INSTRUCTIONS, RESOURCES, TOOLS, Tool
from assistant.web.access import THIS_MACHINE, is_local
from assistant.web.agents import Tools
from assistant.web.door import Door

CALLER = "handla.caller"
"""Where a request's scope holds who asks."""
NOT_FOUND = -32002
"""The protocol's code for a resource that is not there."""
Who = Callable[[ServerRequestContext[Any, Any]], Caller]


def on_stdio(door: Door, caller: Caller) -> None:
    """Speak on standard input and output until the input ends."""

    async def speak() -> None:
        tools = _tools(door)
        server = _server(tools, lambda _: caller)
        async with stdio_server() as (reads, writes):
            await server.run(reads, writes, server.create_initialization_options())
        await tools.finish()

    asyncio.run(speak())


class Endpoint:
    """POST /mcp as an ASGI application. No session is kept between requests, so any worker may answer any of them."""

    def __init__(self, door: Door, who_asks: WhoAsks | None) -> None:
        """Without `who_asks`, only programs on this machine are answered."""
        self._door, self._who_asks = door, who_asks
        self._tools = _tools(door)
        server = _server(self._tools, lambda context: _asking(context.request))
        self._manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While it lasts, requests are answered; then those that were begun are finished."""
        async with self._manager.run():
            yield
        await self._tools.finish()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        caller = await self._caller(request, body)
        if isinstance(caller, Response):
            await caller(scope, receive, send)
            return
        messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return messages.pop() if messages else await receive()

        await self._manager.handle_request({**scope, CALLER: caller}, replay, send)

    async def _caller(self, request: Request, body: bytes) -> Caller | Response:
        """Who asks, or what they are answered instead."""
        found = await self._who(request, body)
        if isinstance(found, Caller) and request.method != "POST":  # no stream to listen on, no session to end
            return self._turned_away("method", 405, "POST is all there is", {"allow": "POST"})
        return found

    async def _who(self, request: Request, body: bytes) -> Caller | Response:
        origin = request.headers.get("origin")
        if origin is not None and not self._is_ours(origin):
            return self._turned_away("origin", 403, "pages of other sites may not ask")
        if self._who_asks is None:
            if not is_local(request):
                told = "no tokens are set up (docs/agents.md), so only this machine is answered"
                return self._turned_away("elsewhere", 403, told)
            return Caller("local", self._door.settings.agents.customer or None, frozenset(SCOPES), "local", None)
        found = await self._who_asks(request.headers.get("authorization"), self._door.now())
        if isinstance(found, Caller) and (tool := _tool_called(body)) and tool.scope not in found.scopes:
            found = self._who_asks.lacking(tool.scope)
        if isinstance(found, Unauthorised):
            headers = {"www-authenticate": found.challenge} if found.challenge else None
            return self._turned_away("token", found.status, found.reason, headers)
        return found

    def _is_ours(self, origin: str) -> bool:
        """Whether a page of this very machine asks: others could come by a name that was made to point here."""
        return urlsplit(origin).hostname in THIS_MACHINE

    def _turned_away(self, why: str, status: int, told: str, headers: dict[str, str] | None = None) -> Response:
        self._door.metrics.rejected("mcp", why)
        return JSONResponse({"error": told}, status, headers)


def _tools(door: Door) -> Tools:
    return Tools(door, AgentRecords(door.assistant.sessions.engine))


def _asking(request: Any) -> Caller:
    """Who was found to ask before the request came here."""
    caller = request.scope[CALLER] if request is not None else None
    if not isinstance(caller, Caller):
        raise TypeError("nobody was found to ask")
    return caller


def _tool_called(body: bytes) -> Tool | None:
    """The tool that a request calls; None for other requests, and for what is none at all."""
    try:
        message = json.loads(body)
        return BY_NAME.get(message["params"]["name"]) if message["method"] == "tools/call" else None
    except (ValueError, KeyError, TypeError):
        return None


def _server(tools: Tools, who: Who) -> Server[Any]:
    """The protocol's server, whatever it is spoken on."""
    listed = types.ListToolsResult(tools=[_listed(tool) for tool in TOOLS])
    resources = types.ListResourcesResult(
        resources=[
            types.Resource(
                uri=one.uri, name=one.name, title=one.title, description=one.description, mime_type="application/json"
            )
            for one in RESOURCES
        ]
    )

    async def list_tools(*_: object) -> types.ListToolsResult:
        return listed

    async def call_tool(
        context: ServerRequestContext[Any, Any], asked: types.CallToolRequestParams
    ) -> types.CallToolResult:
        told = await tools.call(asked.name, asked.arguments or {}, who(context))
        if isinstance(told, Mistake):
            if told.code == "no_tool":
                raise MCPError(types.INVALID_PARAMS, told.sentence)
            return types.CallToolResult(content=[types.TextContent(text=told.sentence)], is_error=True)
        structured = told.model_dump(mode="json")
        text = json.dumps(structured, ensure_ascii=False)  # for clients that do not read structured content
        return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=structured)

    async def list_resources(*_: object) -> types.ListResourcesResult:
        return resources

    async def read_resource(
        context: ServerRequestContext[Any, Any], asked: types.ReadResourceRequestParams
    ) -> types.ReadResourceResult:
        found = next((one for one in RESOURCES if one.uri == str(asked.uri)), None)
        if found is None:
            raise MCPError(NOT_FOUND, "There is no such resource; resources/list names them.")
        text = json.dumps(await tools.read(found, who(context)), ensure_ascii=False)
        content = types.TextResourceContents(uri=found.uri, mime_type="application/json", text=text)
        return types.ReadResourceResult(contents=[content])

    return Server(
        "handla",
        title="Handla shop",
        version=version("handla"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_read_resource=read_resource,
    )


def _listed(tool: Tool) -> types.Tool:
    effect = tool.effect
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        annotations=types.ToolAnnotations(
            title=tool.title,
            read_only_hint=effect.reads,
            destructive_hint=effect.destroys,
            idempotent_hint=effect.repeatable,
            open_world_hint=False,
        ),
    )
