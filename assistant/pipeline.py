"""The one way in: every surface makes a Turn and gets a Reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from threading import Lock
from typing import cast
from weakref import WeakValueDictionary

from assistant import actions, dialogue
from assistant.acts import AtOnce, CheckCode, FetchPerson, PlaceOrder, Released
from assistant.biasing import hints_for
from assistant.chapters import confirming, ordering, person, remembering
from assistant.considerate import Considerate
from assistant.handing_over import ONE_CONVERSATION, People, Story, opening
from assistant.memory import Fact, Recalled, facts_in
from assistant.mood import felt, with_apology
from assistant.phrases.book import Brand
from assistant.records.sessions import Conflict, Sessions
from assistant.scene import Scene, joined
from assistant.services import Services
from assistant.stopwatch import Stopwatch
from assistant.terms import meant_by, terms
from assistant.types import Decision, Done, Reply, Session, Turn, Verbatim
from assistant.wording import Wording
from commerce.ports import ReadOnlyShop, Shop
from commerce.types import Order
from nlu.parse import parse, prepare
from nlu.types import Expectation, Understanding
from nlu.vocabulary import Vocabulary
from voice.types import Transcript

Awaited = Callable[[], bool]
"""Whether somebody still waits for the reply that is about to be kept; asked once it is ready, for good."""
PRIVATE = frozenset({"code", "address", "name"})
"""What was asked where the answer's meaning is not remembered for others."""
REMEMBERED = 2_000
"""Sentences whose meaning is remembered: most turns are among a few."""
TRIES = 8
"""How often a turn is decided anew when another turn of its session comes in between."""


@dataclass(frozen=True, slots=True)
class _Words:
    """A catalogue's words, and what sentences mean in them."""

    version: int
    vocabulary: Vocabulary
    parse: Callable[[str, Expectation, str], Understanding]

    @classmethod
    def of(cls, version: int, vocabulary: Vocabulary) -> _Words:
        def read(text: str, expects: Expectation, language: str) -> Understanding:
            return parse(text, vocabulary, expects, language)

        return cls(version, vocabulary, lru_cache(REMEMBERED)(read))


@dataclass(slots=True)
class Assistant:
    """A shop, its sessions, and the conversation about them. Safe to use from several threads."""

    shop: Shop
    sessions: Sessions
    clear_enough: float = 0.4
    """Transcript confidence a spoken yes needs, 0..1."""
    services: Services = field(default_factory=Services)
    """What the shop offers beside selling."""
    brand: Brand = field(default_factory=Brand)
    """How the shop speaks."""
    people: People | None = None
    """Who takes conversations over; None where nobody does."""
    forget_after: timedelta = timedelta(hours=12)
    """Silence after which a conversation begins anew."""
    _known: _Words | None = None
    _building: Lock = field(default_factory=Lock)
    _locks: WeakValueDictionary[str, Lock] = field(default_factory=WeakValueDictionary)

    def handle(self, turn: Turn, awaited: Awaited = lambda: True) -> Reply:
        """Answer one turn: effects at most once however often the turn comes, the same reply each time.

        A reply that is not `awaited` any more is kept all the same, as one that was not heard. Raises Conflict when
        other turns of the session keep coming in between.
        """
        turn = replace(turn, session_id=bound(turn.session_id, turn.customer_id))
        with self._turns_of(turn.customer_id or turn.session_id):
            for _ in range(TRIES):
                session, stored = self.sessions.opened(turn.session_id, turn.id)
                if session is not None and stored is not None:
                    self._delivered(turn, session)
                    return stored
                session = session or Session(turn.session_id, turn.language, turn.customer_id)
                session = rested(session, turn.at, self.forget_after)
                try:
                    with self.shop.steady():
                        decision, reply = self._answer(turn, replace(session, language=turn.language))
                    after = replace(decision.session, unheard=not awaited())
                    self.sessions.save(after, turn, reply, decision.moves)
                    return reply
                except (Conflict, actions.Moved):
                    continue
        raise Conflict(turn.session_id)

    def _delivered(self, turn: Turn, session: Session) -> None:
        """A reply that came too late is heard when its turn is sent again before any other."""
        if session.unheard and session.last_turn == turn.id:
            with suppress(Conflict):
                self.sessions.save(replace(session, unheard=False), turn)

    def hints(self, session_id: str, customer_id: str | None) -> tuple[str, ...]:
        """Phrases this session makes likely next, most likely first; for the speech recogniser."""
        return hints_for(self.session(session_id, customer_id), self.shop)

    def session(self, session_id: str, customer_id: str | None, language: str = "en") -> Session:
        """Where this customer's conversation stands; a new one where there is none."""
        known = bound(session_id, customer_id)
        return self.sessions.load(known) or Session(known, language, customer_id)

    def replies(self, session_id: str, customer_id: str | None) -> list[Reply]:
        """The replies of this customer's conversation, oldest first."""
        return self.sessions.turns(bound(session_id, customer_id))

    def stored(self, session_id: str, customer_id: str | None, turn_id: str) -> Reply | None:
        """The reply that this turn got; None while it is still being answered."""
        return self.sessions.reply(bound(session_id, customer_id), turn_id)

    def understand(
        self, text: str, language: str, session: Session | None = None, today: date | None = None
    ) -> Understanding:
        """What the words mean, given where the session stands; no effect. Without `today` no day is read."""
        session = session or Session("", language)
        found = (self.shop.product_of(sku) for sku in session.listed)
        listed = tuple(product.id for product in found if product)
        about = self.shop.product_of(session.about) if session.about else None
        expects = replace(dialogue.expectation(session, listed, about.id if about else None), today=today)
        words = self._words()
        if expects.asked in PRIVATE:
            return parse(text, words.vocabulary, expects, language)
        return words.parse(text, expects, language)

    def take_over(self, guest_session: str, customer_id: str, at: datetime) -> None:
        """A guest who turns out to be this customer finds what they put into their basket."""
        actions.take_over(bound(guest_session, None), customer_id, self.shop, at)

    def foretell(self, turn: Turn) -> str:
        """What would be said aloud to this turn, as far as that is known without doing anything; else empty."""
        session = self.session(turn.session_id, turn.customer_id, turn.language)
        if not session.concluded or session.unsettled or session.handoff:
            return ""
        session = replace(session, language=turn.language)
        heard = self._understand(turn, session)
        decision = self._decide(turn, Decision(session, ()), heard)
        if not isinstance(decision.perform, AtOnce | None):
            return ""
        return self._worded(turn, decision, heard, None, Stopwatch())[1].speech

    def warm_up(self, language: str) -> None:
        """Read the language pack and the catalogue now, so that the first customer does not wait for it."""
        prepare(language)
        self.understand("hello", language)

    def vocabulary(self) -> Vocabulary:
        """The catalogue's words; built anew when the catalogue has changed."""
        return self._words().vocabulary

    def shop_for(self, customer_id: str | None) -> ReadOnlyShop:
        """The shop as this customer sees it, by what is known of them; questions only."""
        if customer_id is None or self.services.memory is None:
            return self.shop
        return Considerate(self.shop, customer_id, self.services.memory.of(customer_id))

    def _words(self) -> _Words:
        version = self.shop.catalogue_version()
        with self._building:
            if self._known is None or self._known.version != version:
                known = Vocabulary(terms(self.shop.products()), self.shop.currency, partial(meant_by, self.shop))
                self._known = _Words.of(version, known)
            return self._known

    def _answer(self, turn: Turn, session: Session) -> tuple[Decision, Reply]:
        """What the turn leads to and what is said, both still to be kept."""
        watch = Stopwatch()
        before = Decision(session, ())
        done = None
        if session.placing is not None and (not session.concluded or session.placing_turn == turn.id):
            before, done = self._release(session, turn, watch)
            if session.placing_turn == turn.id or before.session.pending is not None:
                return self._worded(turn, before, None, done, watch)  # a new read-back must be heard before any yes
        for action in session.unsettled:
            before, done = self._settle(before, action, done, turn.at, watch)
        with watch.stage("understand"):
            heard = self._understand(turn, before.session)
        if before.session.handoff:
            before, goes_on = self._with_people(turn, before, heard)
            if not goes_on:
                return self._worded(turn, before, heard, done, watch)
        with watch.stage("decide"):
            decision = self._decide(turn, before, heard)
        if isinstance(decision.perform, FetchPerson):
            decision, done = self._hand_over(turn, before.session, decision, heard), Done("person", "fetched")
        elif decision.perform is not None:
            decision, done = self._carry_out(decision, turn, watch)
        if before.session.asked == "code" and heard:
            heard = Understanding("", heard.intent, heard.confidence, heard.language)  # codes are never kept
        return self._worded(turn, decision, heard, done, watch)

    def _decide(self, turn: Turn, before: Decision, heard: Understanding | None) -> Decision:
        """The dialogue's decision, after what was said and moved before it."""
        if heard:
            scene = self._scene(turn, felt(before.session, heard), heard)
            decision = person.offered(scene, remembering.noted(scene, dialogue.decide(scene)))
        else:
            decision = dialogue.unheard(before.session)
        return replace(decision, says=(*before.says, *decision.says), moves=(*before.moves, *decision.moves))

    def _with_people(self, turn: Turn, before: Decision, heard: Understanding | None) -> tuple[Decision, bool]:
        """What the open handoff makes of this turn, and whether Handla goes on with it."""
        if self.people is None:
            return replace(before, session=person.back(before.session)), True
        scene = self._scene(turn, before.session, heard or _silence(turn))
        decision, goes_on = self.people.meanwhile(scene)
        return replace(decision, says=(*before.says, *decision.says)), goes_on and heard is not None

    def _hand_over(self, turn: Turn, was: Session, decision: Decision, heard: Understanding | None) -> Decision:
        """Put the conversation into the queue, with all that was said and done in it."""
        if not isinstance(decision.perform, FetchPerson):
            raise TypeError(f"{decision.perform} fetches nobody")
        scene = self._scene(turn, replace(was, mood=decision.session.mood), heard or _silence(turn))
        story = Story(
            self.sessions.turns(was.id, since=turn.at - ONE_CONVERSATION),
            scene.basket,
            next(iter(self.shop.orders_of(was.customer_id, 1)), None) if was.customer_id else None,
        )
        words = self._wording(turn, Session(was.id))
        opens = opening(scene, turn, decision.perform, story, lambda says: words.word(says, was.turns).text)
        return replace(decision, moves=(*decision.moves, opens))

    def _carry_out(self, decision: Decision, turn: Turn, watch: Stopwatch) -> tuple[Decision, Done | None]:
        """Do what is easily undone, or release what a yes, or the right code after it, allows."""
        action = decision.perform
        if isinstance(action, AtOnce):
            with watch.stage("act"):
                return decision, actions.do_at_once(action, self.shop, self.services, turn.at)
        if isinstance(action, CheckCode):
            with watch.stage("check"):
                check = actions.check_code(action, self.services.codes, turn.at)
            if check.outcome != "right":
                return confirming.code_checked(decision.session, check), Done("order", f"code_{check.outcome}")
            action = action.action
        if action is None or isinstance(action, FetchPerson):
            raise TypeError(f"{action} needs no release")
        released = self.sessions.save(_released(decision.session, action, turn), turn)
        return self._release(released, turn, watch)

    def _release(self, session: Session, turn: Turn, watch: Stopwatch) -> tuple[Decision, Done]:
        """Conclude what a yes has released; the same whether it is this turn's or was left by a crash."""
        if session.placing is None:
            raise ValueError("nothing was released")
        with watch.stage("act"):
            outcome, done = actions.release(session.placing, self.shop, self.services, turn.at)
        scene = self._scene(turn, session, Understanding("", "affirm", 1.0, turn.language))
        return dialogue.conclude(scene, session.placing, outcome), done

    def _settle(
        self, before: Decision, action: PlaceOrder, done: Done | None, at: datetime, watch: Stopwatch
    ) -> tuple[Decision, Done | None]:
        """Ask after a payment that had not answered, and say so before anything else."""
        with watch.stage("act"):
            outcome, settled = actions.settle(action, self.shop, self.services, at)
        news = ordering.settled(before.session, action, outcome)
        return replace(news, says=(*before.says, *news.says)), settled if isinstance(outcome, Order) else done

    def _worded(
        self, turn: Turn, decision: Decision, heard: Understanding | None, done: Done | None, watch: Stopwatch
    ) -> tuple[Decision, Reply]:
        """The decision with the session as the next turn finds it, and its words."""
        with watch.stage("word"):
            decision = decision if decision.handed_over else with_apology(decision)
            wording = self._wording(turn, decision.session)
            spoken = wording.word(decision.says, decision.session.turns) if decision.says else Verbatim("", "")
        was = decision.session
        last = was.spoken if decision.handed_over else None if was.ended else spoken
        after = replace(was, turns=was.turns + 1, last_at=turn.at, last_turn=turn.id, channel=turn.channel, spoken=last)
        reply = Reply(
            turn_id=turn.id,
            text=spoken.text,
            speech=spoken.speech,
            asks=after.asked,
            ended=after.ended,
            understanding=heard,
            listed=after.listed if after.asked in ("choose", "add") else (),
            option=(after.drafts[0].asking or "") if after.asked == "option" and after.drafts else "",
            needs_customer=any(one.key.endswith(".whose") for one in decision.says),
            done=done,
            timings_ms=watch.milliseconds,
            handed_over=decision.handed_over,
        )
        return replace(decision, session=after), reply

    def _wording(self, turn: Turn, session: Session) -> Wording:
        """How things are said in this turn's language, to this customer, after what was said last."""
        phrases, last = self.brand.phrases(turn.language, session.mood), session.spoken.text if session.spoken else ""
        return Wording(turn.language, phrases, turn.at.date(), session.mood, last)

    def _turns_of(self, owner: str) -> Lock:
        """A lock for the turns of one customer in this process, who has one basket in all conversations.

        Other processes are met by the versions of session and basket.
        """
        with self._building:
            return self._locks.setdefault(owner, Lock())

    def _understand(self, turn: Turn, session: Session) -> Understanding | None:
        said = turn.said
        if isinstance(said, Understanding):
            return said
        return self.understand(said.text, turn.language, session, turn.at.date()) if said.text.strip() else None

    def _scene(self, turn: Turn, session: Session, heard: Understanding) -> Scene:
        clear = not isinstance(turn.said, Transcript) or turn.said.confidence >= self.clear_enough
        here = session.channel in ("", turn.channel)  # what another device asked was not heard on this one
        was_heard = turn.reply_was_heard and here and not session.unheard
        shop: Shop = self.shop
        facts: Sequence[Fact] = ()
        if session.customer_id is not None and self.services.memory is not None:
            facts = Recalled(facts_in(heard, turn.at), partial(self.services.memory.of, session.customer_id))
            shop = cast(Shop, Considerate(self.shop, session.customer_id, facts))
        return Scene(session, heard, shop, turn.at, turn.id, clear, was_heard, self.services, facts)


def bound(session_id: str, customer_id: str | None) -> str:
    """The session as this customer's: nobody else's turns reach it, whatever name they give."""
    return joined("guest", session_id) if customer_id is None else joined("customer", customer_id, session_id)


def rested(session: Session, now: datetime, forget_after: timedelta) -> Session:
    """The session, or after so long a silence a new one that knows only what must not be lost."""
    if session.last_at is None or now - session.last_at <= forget_after:
        return session
    return Session(
        session.id,
        session.language,
        session.customer_id,
        session.version,
        placing=session.placing,
        placing_turn=session.placing_turn,
        concluded=session.concluded,
        unsettled=session.unsettled,
        handoff=session.handoff,
        turns=session.turns,
        last_turn=session.last_turn,
    )


def sessions_of(customer_id: str) -> str:
    """What the ids of this customer's sessions begin with, but for those of very long names."""
    return joined("customer", customer_id, "")


def _silence(turn: Turn) -> Understanding:
    return Understanding("", "out_of_scope", 1.0, turn.language)


def _released(session: Session, action: Released, turn: Turn) -> Session:
    """The session to be kept before the shop is asked for what a yes released."""
    return replace(session, pending=None, asked="nothing", placing=action, placing_turn=turn.id, concluded=False)
