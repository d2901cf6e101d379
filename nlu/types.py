"""Understanding as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

INTENTS = (
    "find_product",
    "add_to_basket",
    "checkout",
    "reorder",
    "order_status",
    "recommend",
    "affirm",
    "deny",
    "select_option",
    "repeat",
    "help",
    "cancel",
    "stop",
    "out_of_scope",
)
"""Every intent `nlu.parse` returns; each language pack documents them with examples."""

SlotValue = str | int | float | bool

TermKind = Literal["product", "category", "brand", "attribute", "option"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One piece of meaning: what was said, where, and the normalised value."""

    name: str
    """'price_max', 'colour', 'ordinal', 'order_number', 'query' ...; docs/understanding.md lists them."""
    value: SlotValue
    """Normalised: whole minor units for prices, 1-based place for ordinals (-1 is the last), canonical label else."""
    said: str
    """The words as heard."""
    span: tuple[int, int]
    """Character offsets [start, end) into the text."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A catalogue entry that a phrase may mean."""

    product_id: str
    score: float
    """0..1, 1 when the phrase is the product's own name."""


@dataclass(frozen=True, slots=True)
class HeardOption:
    """A choice about one product: size, roast, milk ..."""

    name: str
    """The option's name in the catalogue."""
    value: str
    """The choice's label in the catalogue."""
    amount: str | None
    """'a little', 'some', 'a lot', 'no' where the words said how much; None otherwise."""
    said: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class HeardLine:
    """One item of a request: "two large lattes with a bit of oat milk"."""

    said: str
    """The words that name the product."""
    span: tuple[int, int]
    candidates: tuple[Candidate, ...]
    """Best first; more than one where the words fit several products about as well; empty where none fits."""
    quantity: int = 1
    options: tuple[HeardOption, ...] = ()
    counted: bool = False
    """Whether a quantity was said; otherwise 1 is only assumed."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one utterance means."""

    text: str
    intent: str
    """One of INTENTS."""
    confidence: float
    """0..1."""
    language: str
    """ISO 639-1 code."""
    slots: tuple[Slot, ...] = ()
    lines: tuple[HeardLine, ...] = ()
    """The items named, in the order said; for every intent that names products."""
    sentiment: Literal["frustrated", "neutral", "pleased"] = "neutral"

    def slot(self, name: str) -> SlotValue | None:
        """The value of the first slot of that name, or None."""
        return next((slot.value for slot in self.slots if slot.name == name), None)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the conversation makes likely: what was asked and what was listed."""

    asked: Literal["nothing", "confirm", "choose", "anything_else", "option", "what"] = "nothing"
    """'confirm': yes or no to a read-back; 'choose': one of `listed`; 'anything_else': more items, or done;
    'option': a value of `option` for `product_id`; 'what': an open question."""
    listed: tuple[str, ...] = ()
    """Product ids read out last, in order."""
    product_id: str | None = None
    """The product being talked about."""
    option: str | None = None
    """The option asked for."""


@dataclass(frozen=True, slots=True)
class Term:
    """One catalogue entry as people name it."""

    kind: TermKind
    key: str
    """Product id, attribute name or option name; '' for categories and brands."""
    value: str
    """Canonical label: title, category, the attribute's or the choice's value ('true' for a yes/no attribute)."""
    names: tuple[str, ...]
    """Lower-case ways to say it, the label's own words included."""
    product_ids: tuple[str, ...] = ()
    """For options: the products that offer it. Empty otherwise."""
    amounts: bool = False
    """For options: whether "a bit of" or "lots of" may go with it."""
