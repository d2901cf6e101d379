"""One conversation as plain values: what comes in, what is remembered, what goes out (what is done: acts.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal

from assistant.acts import Action, Move, Pending, PlaceOrder, Released
from assistant.visits import VisitWish
from commerce.types import Line, LineOption, Money, Query
from nlu.types import Understanding
from voice.types import Transcript


@dataclass(frozen=True, slots=True)
class Turn:
    """Something a customer said, on whatever channel."""

    id: str
    """Unique within the session; the same id again returns the stored reply."""
    session_id: str
    customer_id: str | None
    """None for a guest: may look and fill a basket, may not order."""
    channel: str
    """'microphone', 'file', 'text', 'http' ..."""
    language: str
    """ISO 639-1 code."""
    said: Transcript | Understanding
    """Words, or what a smart speaker already understood."""
    at: datetime
    """UTC."""
    reply_was_heard: bool = True
    """Whether Handla's last reply was played to its end."""


Asked = Literal[
    "nothing",
    "order",
    "confirm",
    "add",
    "choose",
    "option",
    "anything_else",
    "what",
    "return",
    "reason",
    "code",
    "change",
    "person",
    "forget",
    "visit",
]
"""'order': yes or no to the read-back of an order; 'confirm': of a cancellation, a change or a return; 'return': what
to send back; 'reason': why; 'change': what to change of an order; 'code': the voice code; 'person': yes or no to
fetching one; 'forget': yes or no to forgetting all that is known of the customer; 'add': yes or no to taking the one
product named; 'choose': one of those listed; 'option': a choice about the first draft; 'anything_else': more items, or
done; 'visit': what an appointment is for, or when; 'what': an open question."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A line in the making: what was said of it so far."""

    product_ids: tuple[str, ...]
    """What it may be; one when that is settled."""
    quantity: int = 1
    chosen: tuple[LineOption, ...] = ()
    """Choices made, the variant's among them."""
    asking: str | None = None
    """The option asked about last."""
    sure: bool = True
    """Whether the product was named well enough to be taken without asking."""


@dataclass(frozen=True, slots=True)
class Search:
    """A search that is going on; every answer narrows it."""

    query: Query
    """All that was asked for so far: "under 100", then "in black", mean both."""
    superlative: str = ""
    """What the products are sorted by: 'cheapest', 'best_rated' ...; empty for the best fit."""
    shown: tuple[str, ...] = ()
    """Product ids read out so far; "what else" goes on behind them."""
    asking: str = ""
    """The property asked about to tell the products apart."""
    asked: tuple[str, ...] = ()
    """Properties asked about so far; none is asked about twice."""


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Words already worded: for saying something again."""

    text: str
    speech: str


@dataclass(frozen=True, slots=True)
class Priced:
    """A product and its price, as read out in a list."""

    title: str
    price: Money


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the catalogue, an attribute's or an option's, which a language may have its own word for."""

    word: str
    many: bool = False
    """Whether it is said of several things."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Alternatives to read out: "S, M or L"."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Another phrase within a phrase."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


Value = (
    str | int | float | Money | date | time | Line | Verbatim | Priced | Word | Choices | Phrase | tuple["Value", ...]
)
"""What a phrase can be filled with; `wording` knows how each is written and spoken. A tuple is an "A, B and C"."""

Say = Phrase
"""One thing to say; the reply is a few of them."""


Feeling = Literal["frustrated", "neutral", "pleased", "hurried"]
"""What one turn showed."""
Mood = Literal["calm", "frustrated", "delighted", "hasty"]
"""What the last turns add up to (assistant.mood); wording goes by it."""


@dataclass(frozen=True, slots=True)
class Session:
    """What a conversation remembers between turns."""

    id: str
    language: str = "en"
    customer_id: str | None = None
    version: int = 0
    """Grows with every saved turn; two turns at once are told apart by it."""
    asked: Asked = "nothing"
    listed: tuple[str, ...] = ()
    """SKUs read out last, in order."""
    about: str = ""
    """The SKU talked of last, for "I'll take it"."""
    search: Search | None = None
    """Until something was picked from it: what it asked for needs no second asking then."""
    refused: tuple[str, ...] = ()
    """Product ids the customer said no to; they are not suggested again."""
    drafts: tuple[Draft, ...] = ()
    """Lines still lacking something; the question is about the first."""
    visit: VisitWish | None = None
    """An appointment in the making."""
    correction: Understanding | None = None
    """One of which was asked what it is about: "which one shall I change?"."""
    pending: Pending | None = None
    """What a yes would release."""
    placing: Released | None = None
    """What a yes released last: kept before the shop is asked, so that a crash in between loses nothing."""
    placing_turn: str = ""
    """The turn that said yes to `placing`."""
    concluded: bool = True
    """Whether the customer was told what came of `placing`; while not, the next turn finishes it first."""
    unsettled: tuple[PlaceOrder, ...] = ()
    """Orders whose payment has not answered; every turn asks what became of them."""
    channel: str = ""
    """Of the last turn: what was said there was not heard elsewhere."""
    misses: int = 0
    """Turns not understood in a row."""
    feelings: tuple[Feeling, ...] = ()
    """Of the last turns, newest last."""
    mood: Mood = "calm"
    """Set before each turn is decided."""
    apologised: bool = False
    """An apology is made once."""
    offered_person: bool = False
    """Whether a person was offered; once is enough."""
    handoff: str | None = None
    """The id of the handoff, while the shop's people have the conversation."""
    spoken: Verbatim | None = None
    """The last reply."""
    unheard: bool = False
    """Whether the last reply came too late to be delivered; a yes does not count then."""
    last_at: datetime | None = None
    """When the last turn was saved, UTC."""
    turns: int = 0
    last_turn: str = ""
    """Id of the turn answered last."""
    ended: bool = False

    @property
    def just_done(self) -> bool:
        """Whether the last turn placed an order, or did something else that took a yes."""
        return self.concluded and self.placing_turn != "" and self.placing_turn == self.last_turn


@dataclass(frozen=True, slots=True)
class Decision:
    """What to remember, what to do, what to say."""

    session: Session
    says: tuple[Say, ...]
    perform: Action | None = None
    aside: bool = False
    """Whether it answers something asked in between: the open question is to be asked again, in short."""
    moves: tuple[Move, ...] = ()
    """What to keep together with the session: about the handoff, and what is known of the customer."""
    handed_over: bool = False
    """Whether a person has the conversation, so that Handla is silent."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was done in a turn, for records and screens."""

    action: Literal["basket", "list", "order", "cancel", "change", "return", "visit", "alert", "person"]
    outcome: str
    """'changed', 'placed', 'cancelled', 'requested', 'fetched', or the reason of a refusal."""
    order_number: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the customer gets."""

    turn_id: str
    text: str
    """For a screen: "$27.98"."""
    speech: str
    """For the ear: "27 dollars and 98 cents"."""
    asks: Asked
    """What an answer would be an answer to."""
    ended: bool
    """Whether the conversation is over."""
    understanding: Understanding | None = None
    """None where nothing was heard."""
    listed: tuple[str, ...] = ()
    """SKUs read out that the question is about, in order."""
    option: str = ""
    """The option asked about, where `asks` is 'option'."""
    needs_customer: bool = False
    """Whether only somebody who is signed in gets further."""
    done: Done | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    """Stage -> milliseconds: understand, decide, act, word."""
    handed_over: bool = False
    """Whether a person has the conversation: `text` and `speech` are theirs, or empty."""
    repeated: bool = False
    """True where this turn was answered before and nothing was done again."""

    @property
    def fetches(self) -> bool:
        """Whether a person is to take over from here."""
        return self.done is not None and self.done.action == "person"
