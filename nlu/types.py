"""Understanding as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

INTENTS = (
    "find_product",
    "product_details",
    "compare_products",
    "recommend",
    "add_to_basket",
    "remove_from_basket",
    "change_quantity",
    "show_basket",
    "clear_basket",
    "checkout",
    "reorder",
    "order_history",
    "order_status",
    "change_order",
    "cancel_order",
    "return_item",
    "refund_status",
    "list_add",
    "list_show",
    "list_remove",
    "store_info",
    "loyalty_balance",
    "set_alert",
    "book_appointment",
    "change_appointment",
    "cancel_appointment",
    "talk_to_human",
    "give_feedback",
    "affirm",
    "deny",
    "select_option",
    "give_value",
    "correct",
    "repeat",
    "help",
    "greet",
    "thank",
    "cancel",
    "stop",
    "out_of_scope",
)
"""Every intent the model knows; each language pack documents them with examples."""

REMARKS = ("remember", "recall", "forget")
"""Intents of what customers say about themselves, read by templates alone (nlu.remarks)."""

DIRECT = ("buy_now",)
"""Intents of programs that say exactly what they mean; no words are read as these."""

SLOTS = frozenset(
    {
        "query",
        "category",
        "brand",
        "exclude",
        "price_min",
        "price_max",
        "currency",
        "rating_min",
        "ordinal",
        "superlative",
        "reference",
        "quantity",
        "unit",
        "order_number",
        "date",
        "time",
        "topic",
        "recipient",
        "occasion",
        "person",
        "place",
        "service",
        "staff",
        "alert",
        "reason",
        "rating",
        "code",
        "answer",
        "not_offered",
        "wear",
        "diet",
        "avoid",
        "like",
        "dislike",
        "forget",
        "address",
        "delivery",
        "points",
    }
)
"""Slot names with a meaning of their own; any other slot is named like an attribute or an option of the catalogue.
`recipient` and `occasion` may be both. No words are read as the last three: programs name by them a label of the
customer's address book, the key of a way of delivery, and a number of loyalty points."""

SlotValue = str | int | float | bool

TermKind = Literal["product", "category", "brand", "attribute", "option"]

Sentiment = Literal["frustrated", "neutral", "pleased"]

Asked = Literal[
    "nothing",
    "confirm",
    "choose",
    "anything_else",
    "option",
    "what",
    "quantity",
    "date",
    "time",
    "code",
    "address",
    "name",
    "order",
    "reason",
    "rating",
]
"""'confirm': yes or no to a read-back; 'choose': one of `listed`; 'anything_else': more items, or done;
'option': a value of `option` for `product_id`; 'what': an open question; 'code': digits sent to the customer;
'order': which order; the others: a bare value of that name."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One piece of meaning: what was said, where, and the normalised value."""

    name: str
    """'price_max', 'colour', 'ordinal', 'order_number', 'query' ...; docs/understanding.md lists them."""
    value: SlotValue
    """Normalised: whole minor units for prices, 1-based place for ordinals (-1 is the last), ISO day or 'day/day' for
    dates, 'HH:MM' or a part of the day for times, canonical label else."""
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
    unit: str | None = None
    """What the quantity counts where a unit was said, canonical: 'litre', 'kilogram', 'pack' ...; None for pieces.
    A measure that is no whole number is given in a smaller unit: half a kilo is 500 'gram'."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What one utterance means."""

    text: str
    intent: str
    """One of INTENTS, REMARKS or DIRECT."""
    confidence: float
    """0..1."""
    language: str
    """ISO 639-1 code."""
    slots: tuple[Slot, ...] = ()
    lines: tuple[HeardLine, ...] = ()
    """The items named, in the order said; for every intent that names products."""
    sentiment: Sentiment = "neutral"
    sentiment_score: float = 0.0
    """0..1: how plainly the words show the sentiment; 0 where it is neutral."""
    hurried: bool = False
    """Whether the words say that there is no time: "make it quick", "I'm in a hurry"."""

    def slot(self, name: str) -> SlotValue | None:
        """The value of the first slot of that name, or None."""
        return next((slot.value for slot in self.slots if slot.name == name), None)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the conversation makes likely: what was asked and what was listed."""

    asked: Asked = "nothing"
    listed: tuple[str, ...] = ()
    """Product ids read out last, in order."""
    product_id: str | None = None
    """The product being talked about."""
    option: str | None = None
    """The option asked for."""
    today: date | None = None
    """The customer's day, which "tomorrow" and "on Friday" are relative to; without it they give no `date`."""
    names: tuple[str, ...] = ()
    """What was listed that is no product, in order: times of an appointment, orders, lists."""
    pending: str | None = None
    """Kind of the action that waits for a yes: 'order', 'cancel_order', 'return_item' ...; None for none."""


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
