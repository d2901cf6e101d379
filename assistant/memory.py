"""What is remembered of a customer: said by them or shown by their orders, always with where it comes from. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, Protocol, get_args, overload

from commerce.constraints import contains
from commerce.types import Order, Product
from commerce.words import fold
from nlu.types import Understanding

Topic = Literal["wear", "diet", "avoid", "like", "dislike"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
SIZES = frozenset({"size", "shoe size", "clothing size", "storlek", "skostorlek"})
"""Names of options that say how large something to wear is."""
EXCLUDED = {
    "vegan": ("meat", "fish", "dairy", "eggs", "honey"),
    "vegetarian": ("meat", "fish"),
    "gluten_free": ("gluten",),
    "lactose_free": ("lactose", "dairy"),
}
"""Diet -> what is not in it; an attribute of the diet's name decides where a product has one."""
LEAST = 4
"""Orders that must agree on a size before it is taken unasked."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known of a customer."""

    topic: Topic
    value: str
    """Lower case: a size, a diet of EXCLUDED, or words. Empty: forgotten, and orders do not tell it either."""
    source: Literal["said", "orders"] = "said"
    at: datetime | None = None
    """UTC; when it was said. None for what orders show."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Remember this; a size takes the place of one of its kind."""

    customer_id: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Forget:
    """Forget a topic, or one thing of it where it is named; of sizes, orders are not asked any more either."""

    customer_id: str
    topic: Topic
    value: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """Note that a customer was told this without asking (assistant.news)."""

    customer_id: str
    key: str
    at: datetime


class Memory(Protocol):
    """What is remembered of customers."""

    def of(self, customer_id: str) -> Sequence[Fact]:
        """What they said, in the order of topic and time, with what was forgotten as empty values."""
        ...


class Recalled(Sequence[Fact]):
    """What is known of a customer: this turn's words, then what was said before, asked for when first looked at."""

    def __init__(self, new: Sequence[Fact], before: Callable[[], Sequence[Fact]]) -> None:
        self._new, self._before = new, before

    @overload
    def __getitem__(self, at: int) -> Fact: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Fact]: ...
    def __getitem__(self, at: int | slice) -> Fact | Sequence[Fact]:
        return self._all[at]

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> tuple[Fact, ...]:
        """A size said now takes the place of one of its kind."""
        replaced = {(fact.topic, kind_of_size(fact.value)) for fact in self._new if fact.topic == "wear"}
        kept = (one for one in self._before() if (one.topic, kind_of_size(one.value)) not in replaced)
        return (*self._new, *kept)


def facts_in(heard: Understanding, at: datetime) -> tuple[Fact, ...]:
    """What was said about oneself in this turn."""
    if heard.intent == "forget":
        return ()
    slots = ((topic, slot) for slot in heard.slots for topic in TOPICS if slot.name == topic)
    return tuple(Fact(topic, str(slot.value).casefold(), at=at) for topic, slot in slots)


def known(facts: Iterable[Fact], *topics: Topic) -> list[Fact]:
    """The facts about these topics, without what was forgotten."""
    return [fact for fact in facts if fact.value and fact.topic in topics]


def kind_of_size(size: str) -> str:
    """Shoes go by figures and clothes by letters; one of each can be known."""
    return "figures" if any(letter.isdigit() for letter in size) else "letters"


def unfit(product: Product, facts: Iterable[Fact]) -> Fact | None:
    """Why this is nothing for the customer; None where nothing speaks against it."""
    for fact in known(facts, "diet", "avoid", "dislike"):
        if fact.topic == "diet":
            stated = product.attributes.get(fact.value)
            bad = stated is False or (stated is not True and any(contains(product, it) for it in EXCLUDED[fact.value]))
        else:
            bad = contains(product, fact.value)
        if bad:
            return fact
    return None


def liked(product: Product, facts: Iterable[Fact]) -> Fact | None:
    """What the customer likes and this is."""
    return next((fact for fact in known(facts, "like") if contains(product, fact.value)), None)


def size_for(product: Product, facts: Sequence[Fact], worn: Callable[[], Sequence[Fact]]) -> tuple[str, str] | None:
    """The option and the choice that are this customer's size; `worn` tells sizes from orders, asked only if needed."""
    option = next((one for one in product.options if fold(one.name) in SIZES), None)
    if option is None or option.default is not None:
        return None
    labels = {fold(name): one.label for one in option.choices for name in (one.label, *one.aliases)}
    said = [fact.value for fact in known(facts, "wear")]
    fitting = next((labels[fold(size)] for size in said if fold(size) in labels), None)
    if fitting is None and not any(fact.topic == "wear" and not fact.value for fact in facts):
        kinds = {kind_of_size(size) for size in said}
        sizes = [fact.value for fact in worn() if kind_of_size(fact.value) not in kinds]
        fitting = next((labels[fold(size)] for size in sizes if fold(size) in labels), None)
    return (option.name, fitting) if fitting else None


def worn_in(orders: Iterable[Order], product: Callable[[str], Product | None]) -> tuple[Fact, ...]:
    """The sizes that orders show: of each kind the one ordered most, by at least LEAST orders and more than half."""
    counts: dict[str, Counter[str]] = {}
    for order in orders:
        sizes = {size for line in order.lines if (size := _size_of(product(line.product_id), line.sku))}
        for size in sizes:
            counts.setdefault(kind_of_size(size), Counter())[size] += 1
    found = [(*count.most_common(1)[0], count.total()) for count in counts.values()]
    return tuple(Fact("wear", size, "orders") for size, times, all_of in found if times >= LEAST and 2 * times > all_of)


def _size_of(product: Product | None, sku: str) -> str | None:
    variant = product.variant(sku) if product else None
    names = [name for name in variant.selected if fold(name) in SIZES] if variant else []
    return variant.selected[names[0]] if variant and names else None
