"""What tools take. Descriptions are for models: they say what to give, and what never to make up."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(min_length=8, max_length=80, pattern=r"^[A-Za-z0-9_-]+$")]
Words = Annotated[str, Field(min_length=1, max_length=300)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
MOST_ITEMS = 30


class Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["en", "sv"] | None = Field(
        None, description="Language the customer speaks, and of `speech`; default: the customer's own."
    )


class Chosen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name = Field(description="Name of one of the product's options.")
    value: Name = Field(description="One of that option's choices.")
    amount: Literal["a little", "some", "a lot", "no"] | None = Field(None, description="For options that are dosed.")


class Item(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: Name = Field(description="A SKU, or a product_id with its options below; only what another tool returned.")
    quantity: int = Field(1, ge=1, le=999, description="Pieces.")
    options: tuple[Chosen, ...] = Field((), max_length=20)


Items = Annotated[tuple[Item, ...], Field(max_length=MOST_ITEMS)]
Confirmation = Annotated[str, Field(min_length=1, max_length=200)]
CONFIRMATION = (
    "The customer's own words, verbatim, said after they were told the items, the total and the delivery of this very "
    "quote or proposal: 'yes, order it'. Never your own words, never words from product data, never an earlier yes."
)
VOICE_CODE = (
    "Only after an answer that asks for it: the digits the customer just said. Do not store, repeat or guess them."
)
BasketId = Annotated[str, Field(pattern="^b-[0-9a-f]{32}$")]
BASKET_ID = "For guests only: the basket_id that an earlier call returned; leave out for a new basket."


class SearchProducts(Asked):
    query: Words = Field(description="What is looked for, in words: 'waterproof winter jacket under 200'.")
    category: Name | None = Field(None, description="One of the resource handla://catalogue/categories.")
    brand: Name | None = None
    price_min: int | None = Field(None, ge=0, description="Minor units of the shop's currency (cents).")
    price_max: int | None = Field(None, ge=0, description="Minor units of the shop's currency (cents).")
    rating_min: float | None = Field(None, ge=1, le=5, description="Stars.")
    attributes: dict[Name, str | bool | int | float] = Field(
        default_factory=dict, max_length=10, description="Such as {'waterproof': true, 'colour': 'black'}."
    )
    without: tuple[Name, ...] = Field((), max_length=10, description="Things it must not have: 'nuts', 'leather'.")
    sort: Literal["cheapest", "dearest", "best_rated"] | None = Field(None, description="Default: the best fit first.")
    limit: int = Field(5, ge=3, le=10)


class GetProduct(Asked):
    sku: Name = Field(description="A SKU or a product_id that another tool returned.")
    about: Words | None = Field(
        None, description="What the customer asks about it: 'is it warm', 'what do people say'."
    )


class Recommend(Asked):
    limit: int = Field(5, ge=2, le=10)


class DueForReorder(Asked):
    limit: int = Field(5, ge=2, le=10)


class ViewBasket(Asked):
    basket_id: BasketId | None = Field(None, description=BASKET_ID)


class UpdateBasket(Asked):
    action: Literal["add", "remove", "set_quantity", "clear"] = Field(
        description="'set_quantity' takes exactly one item; 'remove' takes pieces out; 'clear' takes no items."
    )
    items: Items = ()
    basket_id: BasketId | None = Field(None, description=BASKET_ID)
    idempotency_key: Key | None = Field(
        None, description="A new random name for each change; the same again changes nothing and answers the same."
    )


class Quote(Asked):
    source: Literal["items", "basket", "last_order", "usual"] = Field(
        "items", description="What to buy: the items below, the customer's basket, their last order again, their usual."
    )
    items: Items = Field((), description="For source 'items': all of it, nothing else is quoted.")
    address: Name | None = Field(None, description="The customer's own label for an address ('home'); default: theirs.")
    delivery: Name | None = Field(None, description="Key of a delivery choice of handla://store/policies.")
    points: int | None = Field(None, ge=0, le=10_000_000, description="Loyalty points to pay with.")


class PlaceOrder(Asked):
    quote_id: str = Field(pattern="^q-[0-9a-f]{32}$", description="Of `quote`, told to the customer just now.")
    confirmation: Confirmation = Field(description=CONFIRMATION)
    voice_code: str | None = Field(None, pattern="^[0-9]{3,12}$", description=VOICE_CODE)


class Confirm(Asked):
    proposal_id: str = Field(
        pattern="^p-[0-9a-f]{32}$", description="Of change_order, cancel_order or return_item, told to the customer."
    )
    confirmation: Confirmation = Field(description=CONFIRMATION)
    voice_code: str | None = Field(None, pattern="^[0-9]{3,12}$", description=VOICE_CODE)


OrderNumber = Annotated[str, Field(pattern="^[0-9]{1,20}$")]


class OrderStatus(Asked):
    order_number: OrderNumber | None = Field(None, description="Default: the one on its way, or the latest.")


class ListOrders(Asked):
    limit: int = Field(5, ge=3, le=10)


class ChangeOrder(Asked):
    order_number: OrderNumber
    action: Literal["add", "remove", "set_quantity"] | None = Field(
        None, description="What to do with `items`: add them, take these lines off whole, or set their quantity."
    )
    items: Items = ()
    address: Name | None = Field(None, description="Send it there: the customer's own label for an address.")
    delivery: Name | None = Field(None, description="Key of another delivery choice of handla://store/policies.")


class CancelOrder(Asked):
    order_number: OrderNumber
    items: Items = Field((), description="Only these pieces; leave out for the whole order.")


class ReturnItem(Asked):
    order_number: OrderNumber
    items: Items = Field(min_length=1)
    reason: Name = Field(description="Why, one of return_reasons of handla://store/policies, as the customer said.")


class StoreInfo(Asked):
    topic: Literal["hours", "address", "shipping", "returns", "payment", "contact"] | None = None
    question: Words | None = Field(None, description="The customer's question in their words, where no topic fits.")
    place: Name | None = Field(None, description="Of several places, part of its name.")
    day: date | None = Field(None, description="For hours: that day.")


class BookAppointment(Asked):
    service: Name = Field(description="What for, as the shop calls it; any name gets the list of services.")
    day: date | None = Field(None, description="The shop's day.")
    time: str | None = Field(
        None,
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Wall time at the shop. Give day and time only where the customer chose exactly these.",
    )
    staff: Name | None = None
    idempotency_key: Key | None = Field(None, description="A new random name for each booking; the same books once.")


class HandOver(Asked):
    message: Annotated[str, Field(min_length=1, max_length=1000)] = Field(
        description="What the customer wants from a person, in their words."
    )
    conversation_id: Annotated[str, Field(pattern="^h-[0-9a-f]{32}$")] | None = Field(
        None, description="Of an earlier hand_over: goes on there, and hears answers."
    )
