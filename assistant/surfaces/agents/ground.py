"""What a tool call is read by and answered with: who asks, of which shop, in which language, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from assistant.phrases.book import LANGUAGES
from assistant.pipeline import Assistant
from assistant.scene import Scene
from assistant.surfaces.agents.callers import Caller
from assistant.surfaces.agents.untrusted import LONGEST_SPEECH, LONGEST_TEXT, clean
from assistant.types import Reply, Say, Session, Value
from assistant.wording import Wording
from commerce.ports import ReadOnlyShop
from commerce.types import Money, Product
from nlu.types import Understanding

CHANNEL = "mcp"
"""Of turn records."""
ASKED = "asked"
"""The first turn of a conversation."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a call came to nothing, for the model that made it."""

    code: str
    """One word for the audit: 'no_product', 'expired', 'unclear' ..."""
    sentence: str
    """What is wrong and what to do; nothing personal, nothing that was sent."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a yes would take from the customer."""

    amount: Money
    order: bool
    """Whether for a new order; else for a change of one."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The turn that a call becomes."""

    id: str
    """Of the conversation it belongs to, as the model knows it."""
    said: Understanding
    turn: str = ASKED
    spends: Charge | None = None
    """Counted towards the limits before the turn."""


@dataclass(frozen=True)
class Ground:
    """One call's grounds."""

    assistant: Assistant
    caller: Caller
    customer: str | None
    """Whom it is for; None where the caller may not ask for anybody."""
    wanted: str | None
    """The language asked for."""
    default: str
    """The language where neither the call nor the customer has one."""
    at: datetime
    """UTC."""
    most: int | None
    """Minor units that one order may cost."""
    unique: Callable[[], str]
    """A name that nobody else has and nobody can guess."""

    @cached_property
    def shop(self) -> ReadOnlyShop:
        """As the customer sees it."""
        return self.assistant.shop_for(self.customer)

    @cached_property
    def language(self) -> str:
        known = self.assistant.shop.customer(self.customer) if self.customer and not self.wanted else None
        told = self.wanted or (known.language if known else "")
        return told if told in LANGUAGES else self.default

    @cached_property
    def wording(self) -> Wording:
        return Wording(self.language, self.assistant.brand.phrases(self.language), self.at.date())

    def product(self, name: str) -> Product | None:
        """What a SKU or a product id stands for."""
        return self.shop.product_of(name) or self.shop.product(name)

    def conversation(self, name: str) -> str:
        """The session of that name: of this program alone, as the customer's own is of them alone."""
        return f"mcp-{sha256(self.caller.client_id.encode()).hexdigest()[:12]}-{name}"

    def session(self, name: str) -> Session:
        return self.assistant.session(self.conversation(name), self.customer, self.language)

    def fresh(self, kind: str, said: Understanding) -> Planned:
        """A turn in a conversation of its own, named after what it is for."""
        return Planned(f"{kind}-{self.unique()}", said)

    def scene(self, said: Understanding) -> Scene:
        """What the dialogue's own questions to the shop are asked by."""
        return Scene(Session("", self.language, self.customer), said, self.shop, self.at, "")

    def text(self, *says: Say) -> str:
        """In words, for a screen."""
        return clean(self.wording.word(says, 0).text, LONGEST_TEXT)

    def word(self, value: Value) -> str:
        """One value in words: a price, an attribute."""
        return self.text(Say("quoted", {"words": value}))

    def meant(self, intent: str, text: str = "", **fields: object) -> Understanding:
        """What a program means, as sure as can be; `fields` are slots and lines."""
        return Understanding(text, intent, 1.0, self.language, **fields)  # type: ignore[arg-type]


def speech(reply: Reply) -> str:
    """The line that can be read out as it is."""
    return clean(reply.speech, LONGEST_SPEECH)


def refused(code: str, reply: Reply) -> Mistake:
    """The shop's own words where a turn did not lead where it should."""
    return Mistake(code, clean(reply.text, LONGEST_TEXT))
