"""The shop's nouns as plain values. Money is integer minor units with an ISO 4217 code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import total_ordering
from typing import Literal

from commerce.reasons import Reason

AttributeValue = str | bool | int | float


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding or comparing two currencies raises ValueError."""

    minor: int
    """Minor units: cents for USD, öre for SEK, yen for JPY."""
    currency: str
    """ISO 4217 code."""

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.minor + other.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        if other.currency != self.currency:
            raise ValueError(f"cannot compare {other.currency} with {self.currency}")
        return self.minor < other.minor

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    @staticmethod
    def total(amounts: Iterable[Money], currency: str) -> Money:
        """The sum; nothing at all is 0 in `currency`."""
        result = Money(0, currency)
        for amount in amounts:
            result = result + amount
        return result


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of an option: "oat milk"."""

    label: str
    aliases: tuple[str, ...] = ()
    extra: int = 0
    """Minor units added to the price of the line, per piece."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose about a product. Options named by its variants pick the variant; all others are modifiers."""

    name: str
    choices: tuple[Choice, ...]
    required: bool = False
    """Whether an order needs it; `default` answers where nothing was said."""
    default: str | None = None
    """A choice's label."""
    amounts: bool = False
    """Whether it can be dosed: "a bit of", "lots of"."""
    several: bool = False
    """Whether more than one choice may be taken."""

    def choice(self, label: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.label == label), None)

    def called(self, name: str) -> Choice | None:
        """The choice with that label or alias, in whatever case."""
        said = name.casefold()
        return next((one for one in self.choices if said in map(str.casefold, (one.label, *one.aliases))), None)


@dataclass(frozen=True, slots=True)
class Variant:
    """What is sold under one SKU."""

    sku: str
    title: str
    """The product's title, or that with the chosen options: "Trail Jacket, black, M"."""
    price: Money
    stock: int
    """Pieces free to sell."""
    selected: Mapping[str, str] = field(default_factory=dict)
    """Option name -> choice label."""


@dataclass(frozen=True, slots=True)
class Review:
    stars: int
    """1..5."""
    text: str


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    title: str
    categories: tuple[str, ...]
    """Broad to narrow: ("outdoor", "jackets")."""
    variants: tuple[Variant, ...]
    """At least one; the first is the featured one."""
    description: str = ""
    brand: str = ""
    aliases: tuple[str, ...] = ()
    """Other names people use for it, lower case."""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    """colour, size, material, waterproof, weight_grams ... as the merchant keeps them."""
    options: tuple[Option, ...] = ()
    rating: float | None = None
    """1..5, mean of the ratings."""
    rating_count: int = 0
    reviews: tuple[Review, ...] = ()
    tags: tuple[str, ...] = ()

    def variant(self, sku: str) -> Variant | None:
        return next((variant for variant in self.variants if variant.sku == sku), None)

    def option(self, name: str) -> Option | None:
        return next((option for option in self.options if option.name == name), None)

    @property
    def variant_options(self) -> frozenset[str]:
        """Names of the options that pick a variant."""
        return frozenset(name for variant in self.variants for name in variant.selected)

    @property
    def price_from(self) -> Money:
        return min(variant.price for variant in self.variants)

    @property
    def stock(self) -> int:
        return sum(variant.stock for variant in self.variants)


AMOUNTS = ("a little", "some", "a lot", "no")
"""How much of a dosed option."""


@dataclass(frozen=True, slots=True)
class LineOption:
    """A modifier taken: name, label, how much (one of AMOUNTS), and what it costs a piece (minor units)."""

    name: str
    value: str
    amount: str | None = None
    extra: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a basket or an order."""

    sku: str
    product_id: str
    title: str
    quantity: int
    unit_price: Money
    """With the extras of its options; frozen when the line is made."""
    options: tuple[LineOption, ...] = ()

    @property
    def total(self) -> Money:
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Basket:
    owner: str
    """Customer id, or session id of a guest."""
    currency: str
    lines: tuple[Line, ...] = ()
    version: int = 0
    """Grows with every change, so that a change made on an older basket is noticed."""
    changed_at: datetime | None = None
    """UTC; None where who changed it did not say."""

    @property
    def total(self) -> Money:
        return Money.total((line.total for line in self.lines), self.currency)


class OrderState(StrEnum):
    PLACED = "placed"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Shipment:
    carrier: str
    tracking: str
    expected: date


@dataclass(frozen=True, slots=True)
class Address:
    """Where something is sent."""

    label: str
    """What its customer calls it: "home"; lower case."""
    name: str
    """Who receives it."""
    street: str
    postcode: str
    city: str
    country: str
    """ISO 3166-1 alpha-2."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an order reaches its customer, as agreed when it was placed."""

    choice: str
    """Key of the merchant's delivery choice."""
    title: str
    """"Standard delivery"."""
    price: Money
    expected: date
    """In the merchant's time zone."""
    address: Address | None = None
    """None where the customer picks it up."""


Discount = tuple[str, Money]
"""What it is for, and how much less is paid."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Everything a read-back names: what is bought, how it is sent, what is charged."""

    lines: tuple[Line, ...]
    total: Money
    """Lines and delivery less discounts."""
    delivery: Delivery | None = None
    discounts: tuple[Discount, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    number: str
    """What the customer is told: four digits or more."""
    customer_id: str
    lines: tuple[Line, ...]
    """As ordered, changed and cancelled since; what was returned still stands here."""
    total: Money
    """Lines and delivery less discounts: what was paid and not refunded, as long as nothing was returned."""
    state: OrderState
    placed_at: datetime
    """UTC, as are the next three."""
    shipment: Shipment | None = None
    delivered_on: date | None = None
    """In the merchant's time zone."""
    delivery: Delivery | None = None
    discounts: tuple[Discount, ...] = ()
    packed_at: datetime | None = None
    shipped_at: datetime | None = None
    version: int = 0
    """Grows with every change, so that a change decided on an older order is noticed."""

    @property
    def expected(self) -> date | None:
        """The day it should arrive, as far as anyone said."""
        if self.shipment is not None:
            return self.shipment.expected
        return self.delivery.expected if self.delivery else None


@dataclass(frozen=True, slots=True)
class Customer:
    id: str
    name: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; constraints and free words together."""

    words: str = ""
    """Free description: "winter jacket"."""
    category: str | None = None
    brand: str | None = None
    price_min: int | None = None
    """Minor units, inclusive."""
    price_max: int | None = None
    """Minor units, inclusive."""
    rating_min: float | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    """Name -> wanted value; a variant's chosen options count as attributes."""
    in_stock: bool = True
    without: tuple[str, ...] = ()
    """Things it must not have, be made of or be: "nuts", "leather"."""


@dataclass(frozen=True, slots=True)
class Why:
    """One reason why a product fits, true by its own data."""

    kind: Literal["attribute", "words", "meaning"]
    name: str = ""
    """The attribute or option, or the field that says the word: 'title', 'description' ..."""
    value: AttributeValue = ""
    """The attribute's value, the word as the product says it, or for 'meaning' the likeness, -1..1."""


@dataclass(frozen=True, slots=True)
class Hit:
    product: Product
    variant: Variant
    """The cheapest variant that meets the constraints."""
    score: float
    """0..1."""
    unmet: tuple[str, ...] = ()
    """Constraints this product fails: 'price_max', 'waterproof', 'without' ...; empty for a match."""
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """A constraint that kept a search from finding anything, and how near the nearest product comes to it."""

    name: str
    """'price_max', 'waterproof', 'without' ..."""
    wanted: AttributeValue
    nearest: AttributeValue | None
    """The nearest product's figure or value: minor units for a price, stars for a rating; None where it has none."""
    alone: bool
    """Whether no product that fits the words meets this one, even with all other constraints dropped."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave."""

    hits: tuple[Hit, ...]
    """Meet every constraint, best first."""
    nearest: tuple[Hit, ...] = ()
    """Only where `hits` is empty: the closest, each with what it fails."""
    unmet: tuple[Unmet, ...] = ()
    """Only where `hits` is empty: what the first of `nearest` fails."""
    elsewhere: bool = False
    """Whether the words mean something that this shop does not have. Only meaning can tell; words alone never do."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A product put forward, with a reason that is true."""

    product: Product
    variant: Variant
    reason: Literal["due", "bought_often", "goes_with", "goes_with_bought", "well_rated", "instead_of"]
    because: str = ""
    """Title of the product the reason points to: one in the basket for 'goes_with', one that this customer bought for
    'goes_with_bought', the one that cannot be had for 'instead_of'."""
    times: int = 0
    """For 'due' and 'bought_often' on how many days it was bought, for 'goes_with' orders that have both, for
    'goes_with_bought' how many times this customer ordered the other, for 'well_rated' ratings, for 'instead_of' on how
    many days this customer bought it."""
    last: Line | None = None
    """For 'due' and 'bought_often': the line bought last time."""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a shop puts forward, best first."""

    best: tuple[Suggestion, ...]
    stranger: bool = False
    """Nothing tells what this customer likes: no order, nothing in the basket. Time to ask."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected 'no' of the shop: nothing changed, nothing charged; after 'payment_unknown' that is still open."""

    reason: Reason
    sku: str | None = None
    title: str = ""
    left: int | None = None
    """Pieces left, for 'out_of_stock'."""
    price: Money | None = None
    """The new unit price, for 'price_changed'; for 'discount_changed' what is reserved."""
    until: datetime | None = None
    """UTC: how long 'held'; when a 'return_over' ended."""
