"""The built-in authorisation server over HTTP: its metadata, the linking page, tokens, revocation, registration."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import ValidationError

from assistant.link_codes import hashed_code
from assistant.phrases.book import LANGUAGES
from assistant.records.grants import NotLinked
from assistant.surfaces.agents.callers import BUY, SCOPES
from assistant.web.door import Door
from assistant.web.guards import client_of, hashed
from assistant.web.oauth.flows import METHODS
from assistant.web.oauth.page import LinkForm, headers, link_page, notice_page
from assistant.web.oauth.registration import Registration, new_client, refusal
from assistant.web.oauth.server import UNREADABLE, Answer, Asked, BuiltIn, Consent, Wanted

METADATA = "/.well-known/oauth-authorization-server"
NAME = "oauth"
DECISIONS = ("all", "no_buying", "none")
_log = logging.getLogger(__name__)


def routes(door: Door, server: BuiltIn) -> APIRouter:
    """Everything of it but the tools it is for."""
    issuer = server.issuer.resource.issuer
    _log.info("the authorisation server built into Handla gives out tokens, as %s", issuer)
    router = APIRouter(include_in_schema=False)
    linking = _Linking(door, server)

    @router.get(METADATA)
    def about() -> dict[str, Any]:
        return metadata(issuer, registration=door.settings.agents.registration)

    @router.get("/oauth/jwks")
    def keys() -> dict[str, Any]:
        return {"keys": [server.issuer.key.public()]}

    @router.get("/oauth")
    def notice(request: Request) -> Response:
        language = linking.language(request)
        say = linking.words(language)
        return HTMLResponse(notice_page(language, say("link.server.title"), say("link.server")), headers=headers())

    @router.get("/oauth/authorize")
    async def asks(request: Request) -> Response:
        return await run_in_threadpool(linking.shown, request)

    @router.post("/oauth/authorize")
    async def decides(request: Request) -> Response:
        body = (await request.body()).decode("ascii", "replace")
        return await run_in_threadpool(linking.decided, request, body)

    @router.post("/oauth/token")
    async def token(request: Request) -> Response:
        return await _protocol(request, server.create_token_response)

    @router.post("/oauth/revoke")
    async def revoke(request: Request) -> Response:
        return await _protocol(request, server.revoke)

    if door.settings.agents.registration:

        @router.post("/oauth/register")
        async def register(request: Request) -> Response:
            return await _registered(request, door, server)

    return router


def metadata(issuer: str, registration: bool) -> dict[str, Any]:
    """RFC 8414, section 2."""
    places = {
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "service_documentation": f"{issuer}/oauth",
    }
    return {
        "issuer": issuer,
        **places,
        **({"registration_endpoint": f"{issuer}/oauth/register"} if registration else {}),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_methods_supported": METHODS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


async def _protocol(request: Request, endpoint: Callable[[Asked], Answer]) -> Response:
    """What programs ask, as a form, and are answered, as JSON."""
    body = await request.body()
    try:
        authorization = request.headers.get("authorization", "")
        asked = Asked.of(request.method, str(request.url), body.decode("ascii"), authorization)
        answer = await run_in_threadpool(endpoint, asked)
    except ValueError:
        answer = UNREADABLE
    return JSONResponse(dict(answer.body), answer.status, dict(answer.headers))


async def _registered(request: Request, door: Door, server: BuiltIn) -> Response:
    """A program that registers itself."""
    try:
        asked = Registration.model_validate_json(await request.body())
    except ValidationError as wrong:
        return JSONResponse(refusal(wrong), 400)
    client, told = new_client(asked, door.now())
    await run_in_threadpool(server.clients.add, client)
    return JSONResponse(told, 201)


@dataclass(frozen=True, slots=True)
class _Linking:
    """The linking page.

    Its form carries a check that only a page of ours can know: it is made of a random cookie and of the request. So no
    other site can send it in a customer's name.
    """

    door: Door
    server: BuiltIn

    def shown(self, request: Request) -> Response:
        """The page; or back to the program, or a page that says what is wrong with its request."""
        asked = self._asked(request)
        found = self.server.wanted(asked) if asked else UNREADABLE
        return self._refused(request, found) if isinstance(found, Answer) else self._page(request, found)

    def decided(self, request: Request, body: str) -> Response:
        """What the customer decided; the page once more where their code is not taken."""
        asked = self._asked(request)
        if asked is None:
            return self._refused(request, UNREADABLE)
        found = self.server.wanted(asked)
        if isinstance(found, Answer):
            return self._refused(request, found)
        said = dict(parse_qsl(body, max_num_fields=10)) if body.count("&") < 10 else {}
        decision = said.get("decision")
        expected = self._check(request, self._cookie(request))
        right = compare_digest(said.get("check", "").encode(), expected.encode())
        if not right or decision not in DECISIONS:
            return self._page(request, found, "link.stale")
        if decision == "none":
            return _back(self.server.sent_back(asked, None))
        customer = self._customer(request, said.get("code", ""))
        if isinstance(customer, NotLinked):
            self.door.metrics.rejected(NAME, customer.reason)
            return self._page(request, found, f"link.{customer.reason}")
        allowed = [one for one in found.scopes if decision == "all" or one != BUY]
        return _back(self.server.sent_back(asked, Consent(customer, " ".join(allowed))))

    def language(self, request: Request) -> str:
        """The first of the reader's that there are words in; else the shop's."""
        wanted = [part.strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
        return next((one for one in wanted if one in LANGUAGES), self.door.settings.dialogue.language)

    def words(self, language: str) -> Callable[[str], str]:
        return lambda key: self.door.assistant.brand.sentence(language, key)

    def _asked(self, request: Request) -> Asked | None:
        try:
            return Asked.of("GET", f"{self.server.issuer.resource.issuer}/oauth/authorize", request.url.query)
        except ValueError:
            return None

    def _customer(self, request: Request, code: str) -> str | NotLinked:
        given, who, now = self.server.given, hashed(client_of(request.scope)), self.door.now()
        if given.locked(who, now):  # before its hash is worked out, which takes a while
            return NotLinked("locked")
        return given.take_link_code(hashed_code(code[:40]), who, now)

    def _page(self, request: Request, wanted: Wanted, trouble: str = "") -> Response:
        language, cookie = self.language(request), self._cookie(request) or token_urlsafe(32)
        form = LinkForm(language, wanted, self._check(request, cookie), trouble)
        status = {"": 200, "link.locked": 429}.get(trouble, 400)
        page = HTMLResponse(link_page(form, self.words(language)), status, headers(wanted.redirect))
        page.set_cookie(self._cookie_name, cookie, secure=self._secure, httponly=True, samesite="lax")
        return page

    def _refused(self, request: Request, answer: Answer) -> Response:
        if "location" in answer.headers:
            return _back(answer)
        language = self.language(request)
        say, why = self.words(language), str(answer.body.get("error_description") or answer.body.get("error"))
        text = say("link.refused").format(why=why)
        return HTMLResponse(notice_page(language, say("link.refused.title"), text), 400, headers())

    @property
    def _secure(self) -> bool:
        return self.server.issuer.resource.issuer.startswith("https:")

    @property
    def _cookie_name(self) -> str:
        """A browser lets nobody but this host set a cookie of the first name."""
        return "__Host-handla-link" if self._secure else "handla-link"

    def _cookie(self, request: Request) -> str:
        return request.cookies.get(self._cookie_name, "")

    def _check(self, request: Request, cookie: str) -> str:
        return hashed(f"{cookie} {request.url.query}") if cookie else token_urlsafe(32)


def _back(answer: Answer) -> Response:
    """303: what was sent to us is not sent on (RFC 9700, section 4.12)."""
    return Response(status_code=303, headers={"location": answer.headers["location"]})
