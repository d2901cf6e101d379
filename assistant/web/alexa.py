"""POST /alexa: the custom skill's endpoint."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import monotonic

import certifi
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from assistant.settings import AlexaSettings, BadSettings
from assistant.surfaces.alexa import responses
from assistant.surfaces.alexa.directives import asking, delegate, own_products
from assistant.surfaces.alexa.heard import TOUCH, Grounds, delegated, fulfillable, heard, opened
from assistant.surfaces.alexa.language import SkillLanguage, languages, skill_language
from assistant.surfaces.alexa.requests import Envelope
from assistant.surfaces.alexa.responses import Extras, Memory
from assistant.surfaces.alexa.screen import Shown, products_shown
from assistant.surfaces.text import LONGEST_TEXT, typed
from assistant.types import Phrase, Reply, Session, Turn
from assistant.web.amazon import Progress, fetch_chain
from assistant.web.answering import Answer, Unanswered
from assistant.web.door import Door
from assistant.web.signatures import Refused, Verifier, check_time, trusted_roots
from assistant.web.tokens import SECRET, JwtReader, NoTokens, TokenReader
from assistant.wording import Wording
from commerce.types import Product
from nlu.types import Understanding
from voice.types import Transcript

ANSWERED = ("LaunchRequest", "IntentRequest", TOUCH)
"""Requests that are turns of a conversation."""
TELLS_THE_LATE = ("affirm", "deny", "greet", "repeat", "out_of_scope")
"""What is no request of its own where a reply came too late to be said: then that is told."""
ORDERS_LOOKED_THROUGH = 20
SAID = 0.5
"""Seconds beyond the deadline in which a reply that came in time is made Alexa's."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outside:
    """What the skill needs of the world beside the shop."""

    verifier: Verifier | None
    """None: whoever can reach the server is believed."""
    tokens: TokenReader
    progress: Progress


def outside(settings: AlexaSettings) -> Outside:
    """As the settings say. Raises BadSettings."""
    if settings.insecure:
        _log.warning("alexa.insecure is set: requests to /alexa are taken without Amazon's signature")
    file = settings.roots or Path(certifi.where())
    try:
        verifier = None if settings.insecure else Verifier(fetch_chain, trusted_roots(file))
    except (OSError, ValueError) as error:
        raise BadSettings(f"setting alexa.roots: {file} holds no certificates: {error}") from error
    return Outside(verifier, _tokens(settings), Progress())


def routes(door: Door, outside: Outside) -> APIRouter:
    """POST /alexa."""
    router = APIRouter(include_in_schema=False)
    skill = _Skill(door, outside)

    @router.post("/alexa")
    async def alexa(request: Request) -> Response:
        body, now = await request.body(), door.now()
        try:
            envelope = await skill.checked(request.headers, body, now)
        except Refused as refusal:
            door.metrics.rejected("alexa", refusal.reason)
            _log.warning("a request to /alexa was refused: %s", refusal.reason)
            return JSONResponse({"error": f"refused: {refusal.reason}"}, status_code=400)
        return JSONResponse(await skill.response(envelope, now))

    return router


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as a turn of its conversation."""

    turn: Turn
    late: str
    """The turn whose reply is still to be told; '' for none."""
    with_people: bool
    """Whether the shop's people had the conversation."""

    @property
    def leaves(self) -> bool:
        """Whether the customer stops listening while a person is on their way, which calls nobody back."""
        return self.with_people and isinstance(self.turn.said, Understanding) and self.turn.said.intent == "stop"


@dataclass(frozen=True, slots=True)
class _Skill:
    door: Door
    outside: Outside

    @property
    def settings(self) -> AlexaSettings:
        return self.door.settings.alexa

    async def checked(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Envelope:
        """The request, if it is Alexa's and for this skill. Raises Refused."""
        verifier = self.outside.verifier
        if verifier:
            await run_in_threadpool(verifier.check_signature, headers, body, now)
        try:
            envelope = Envelope.model_validate_json(body)
        except ValidationError:
            raise Refused("malformed") from None
        if verifier:
            check_time(envelope.request.at, now)
        if self.settings.skill_id and envelope.skill_id != self.settings.skill_id:
            raise Refused("skill_id")
        return envelope

    async def response(self, envelope: Envelope, now: datetime) -> responses.Response:
        """What Alexa is answered. Errors of ours are said, never shown."""
        request = envelope.request
        try:
            if request.type in ANSWERED:
                return await self._conversation(envelope, now)
            if request.type == "CanFulfillIntentRequest":
                return await self.door.answering.ask(partial(self._can_fulfill, envelope), self.settings.deadline)
        except Unanswered:
            words = self.door.assistant.brand.sentence(self._language(envelope).code, "busy")
            return responses.sentence(words, Memory.of(envelope.session.attributes), ends=False)
        except Exception:
            _log.exception("turn %s failed", request.turn_id)
            words = self.door.assistant.brand.sentence(self._language(envelope).code, "trouble")
            return responses.sentence(words, Memory(), ends=True)
        trouble = logging.WARNING if request.error.type else logging.INFO
        _log.log(trouble, "alexa: %s %s %s", request.type[:60], request.reason[:40], request.error.type[:60])
        return responses.silent()

    async def _conversation(self, envelope: Envelope, now: datetime) -> responses.Response:
        memory = Memory.of(envelope.session.attributes)
        if delegated(envelope):
            return responses.delegated(delegate(), memory)
        memory = replace(memory, launched=memory.launched or envelope.request.type == "LaunchRequest")
        ask, until = self.door.answering.ask, monotonic() + self.settings.deadline
        asked = await ask(partial(self._asked, envelope, memory, now), self.settings.deadline)
        if asked.leaves:
            words = self.door.assistant.brand.sentence(asked.turn.language, "person.leave")
            return responses.sentence(words, memory, ends=True)
        answer = await self._answer(asked.turn, envelope, until - monotonic())
        if answer.outcome == "unknown":  # the account is linked, and the customer is none any more
            asked = await ask(partial(self._asked, envelope, memory, now, guest=True), until - monotonic())
            answer = await self._answer(asked.turn, envelope, until - monotonic())
        told_later = replace(memory, said="", late=asked.turn.id)
        if answer.outcome == "late":
            return responses.sentence(answer.reply.speech, told_later, ends=False)
        if answer.outcome != "answered":
            return responses.sentence(answer.reply.speech, memory, ends=answer.outcome == "failed")
        try:
            return await ask(partial(self._spoken, envelope, asked, answer.reply, memory), SAID)
        except Unanswered:
            words = self.door.assistant.brand.sentence(asked.turn.language, "late")
            return responses.sentence(words, told_later, ends=False)

    def _asked(self, envelope: Envelope, memory: Memory, now: datetime, guest: bool = False) -> _Asked:
        """`guest`: whatever account is linked."""
        request, language = envelope.request, self._language(envelope)
        customer = None if guest or not envelope.token else self.outside.tokens.customer(envelope.token, now)
        if customer and envelope.session.new:
            self.door.assistant.take_over(_guest(envelope), customer, now)
        name = self.settings.conversation if customer else _guest(envelope)
        session = self.door.assistant.session(name, customer, language.code)
        late = memory.late or (session.last_turn if session.unheard else "")
        said = self._said(envelope, Grounds(language, session, self.door.assistant.shop, bool(late)), now)
        if late and isinstance(said, Understanding) and said.intent in TELLS_THE_LATE:
            said, late = replace(said, intent="repeat"), ""
        was_heard = memory.said == session.last_turn and now.timestamp() >= memory.heard_from
        turn = Turn(request.turn_id, name, customer, "alexa", language.code, said, now, was_heard)
        return _Asked(turn, late, session.handoff is not None)

    def _said(self, envelope: Envelope, grounds: Grounds, now: datetime) -> Transcript | Understanding:
        if envelope.request.type == "LaunchRequest":
            return Understanding("", opened(grounds.session, now), 1.0, grounds.language.code)
        said = heard(envelope, grounds)
        return typed(said[:LONGEST_TEXT], grounds.language.code) if isinstance(said, str) else said

    async def _answer(self, turn: Turn, envelope: Envelope, deadline: float) -> Answer:
        """The answer within the deadline; where it takes a while, Alexa says so meanwhile."""
        work = asyncio.create_task(self.door.answering.answer(turn, deadline))
        await asyncio.wait({work}, timeout=self.settings.progress_after)
        if not work.done():
            system = envelope.context.system
            words = self.door.assistant.brand.sentence(turn.language, "working")
            await self.outside.progress.tell(system.api_endpoint, system.api_token, envelope.request.id, words)
        return await work

    def _with_late(self, asked: _Asked, reply: Reply) -> Reply:
        """The reply, behind the one that could not be told in time."""
        turn, late = asked.turn, asked.late
        before = self.door.assistant.stored(turn.session_id, turn.customer_id, late) if late else None
        if before is None or late == turn.id:
            return reply
        return replace(reply, text=f"{before.text} {reply.text}", speech=f"{before.speech} {reply.speech}")

    def _spoken(self, envelope: Envelope, asked: _Asked, reply: Reply, memory: Memory) -> responses.Response:
        turn, name = asked.turn, self.settings.name
        say = partial(self.door.assistant.brand.sentence, turn.language)
        waits, links = self._waits(asked, reply), reply.needs_customer and turn.customer_id is None
        if waits and not reply.done:  # Alexa says nothing unasked: whoever waits for a person has to come back
            passed_on = reply.understanding is not None and reply.understanding.text
            reply = replace(reply, speech=say("passed_on" if passed_on else "person.not_yet"))
        elif waits or links:
            reply = replace(reply, speech=f"{reply.speech} {say('person.come_back' if waits else 'link_account')}")
        reply = self._with_late(asked, reply)
        shown = self._shown(reply, turn) if envelope.has_screen else ()
        worth_a_card = bool(reply.done or reply.listed or reply.asks in ("order", "confirm"))
        extras = Extras(
            card_title=name if worth_a_card else "",
            link_account=links,
            asks=asking(envelope.request, reply),
            shows=products_shown(shown, name),
            names=own_products(self._bought(turn.customer_id)) if envelope.session.new else None,
            what_else=say("person.answer" if reply.handed_over else "what.else"),
            goes_away=waits,
        )
        could_be_heard = self.door.now().timestamp() + len(reply.speech) / self.settings.fastest_speech
        memory = replace(memory, said=turn.id, heard_from=could_be_heard, late="")
        return responses.spoken(reply, memory, extras)

    def _waits(self, asked: _Asked, reply: Reply) -> bool:
        """Whether the customer waits for the words of a person."""
        if not asked.with_people and not reply.fetches:
            return False
        turn = asked.turn
        here = self.door.assistant.session(turn.session_id, turn.customer_id, turn.language)
        return here.handoff is not None and not (reply.handed_over and reply.speech)

    def _shown(self, reply: Reply, turn: Turn) -> tuple[Shown, ...]:
        wording = Wording(turn.language, self.door.assistant.brand.phrases(turn.language), turn.at.date())
        shown = []
        for sku in reply.listed:
            product = self.door.assistant.shop.product_of(sku)
            variant = product.variant(sku) if product else None
            if product and variant:
                price = wording.word([Phrase("quoted", {"words": variant.price})], 0).text
                shown.append(Shown(sku, product.title, price, product.description))
        return tuple(shown)

    def _bought(self, customer: str | None) -> list[tuple[str, Product]]:
        """What this customer bought lately, each product once under its newest SKU."""
        shop = self.door.assistant.shop
        orders = shop.orders_of(customer, ORDERS_LOOKED_THROUGH) if customer else ()
        found: dict[str, tuple[str, Product]] = {}
        for line in (line for order in orders for line in order.lines):
            product = shop.product_of(line.sku)
            if product:
                found.setdefault(product.id, (line.sku, product))
        return list(found.values())

    def _can_fulfill(self, envelope: Envelope) -> responses.Response:
        language = self._language(envelope)
        assistant = self.door.assistant
        said = heard(envelope, Grounds(language, Session("", language.code), assistant.shop))
        meant = assistant.understand(said, language.code) if isinstance(said, str) else said
        return responses.can_fulfill(meant.intent != "out_of_scope", fulfillable(envelope, assistant.shop))

    def _language(self, envelope: Envelope) -> SkillLanguage:
        """Of the device where the skill speaks it; else the settings' language, else English."""
        wanted = (envelope.request.locale[:2].lower(), self.door.settings.dialogue.language, "en")
        return skill_language(next(code for code in wanted if code in languages()))


def _guest(envelope: Envelope) -> str:
    """A name for a guest's conversation, from which nobody learns Amazon's id of them."""
    who = envelope.user_id or envelope.session.id or envelope.request.id
    return f"alexa-{sha256(who.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _tokens(settings: AlexaSettings) -> TokenReader:
    if settings.token_key is None:
        return NoTokens()
    try:
        key = settings.token_key.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"setting alexa.token_key: {settings.token_key} cannot be read: {error}") from error
    secret = settings.token_algorithm in SECRET
    return JwtReader(
        key=key.strip() if secret else key,
        algorithm=settings.token_algorithm,
        issuer=settings.token_issuer,
        audience=settings.token_audience,
        claim=settings.token_claim,
        scope=settings.token_scope,
    )
