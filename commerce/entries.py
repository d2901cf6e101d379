"""The shape of a catalogue file. docs/catalogue.md describes it for merchants.

Names follow product and variant of the Universal Commerce Protocol (ucp.dev). Ours in addition: aliases, attributes,
reviews, and what an option needs to be a free modifier. Short forms are widened before they are checked: a string where
an object with one text is meant, a whole number where a price is meant.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

UNTRACKED = 1_000_000
"""Pieces assumed where the merchant does not count them."""
_MOST = 10**12

Text = Annotated[str, StringConstraints(strip_whitespace=True)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


def _plain_value(value: object) -> object:
    if isinstance(value, str | bool | int | float):
        return value
    raise PydanticCustomError("attribute", "attribute")


Attribute = Annotated[str | bool | int | float, BeforeValidator(_plain_value)]


class Entry(BaseModel):
    """Unknown keys are refused; nothing is converted silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Price(Entry):
    amount: int = Field(ge=0, le=_MOST, description="Minor units: 450 for $4.50.")
    currency: Currency | None = Field(None, description="ISO 4217 code; the file's currency where left out.")


class Availability(Entry):
    available: bool = True
    quantity: int | None = Field(None, ge=0, le=_MOST, description="Pieces free to sell; left out: not counted.")

    @property
    def stock(self) -> int:
        if not self.available:
            return 0
        return UNTRACKED if self.quantity is None else self.quantity


class Description(Entry):
    plain: Text


class Category(Entry):
    value: Name
    taxonomy: Text = ""


def _short_price(value: object) -> object:
    return {"amount": value} if isinstance(value, int | float | str) else value


def _short_availability(value: object) -> object:
    if value == "untracked":
        return {}
    if isinstance(value, bool):
        return {"available": value}
    return {"quantity": value} if isinstance(value, int | float | str) else value


def _short_description(value: object) -> object:
    return {"plain": value} if isinstance(value, str) else value


def _short_category(value: object) -> object:
    return {"value": value} if isinstance(value, str) else value


def _short_label(value: object) -> object:
    return {"label": value} if isinstance(value, str) else value


class OptionValue(Entry):
    label: Name
    aliases: list[Name] = []
    price_delta: int = Field(0, ge=-_MOST, le=_MOST, description="Minor units added to the price of one piece.")


AnyPrice = Annotated[Price, BeforeValidator(_short_price, json_schema_input_type=Price | int)]
AnyAvailability = Annotated[
    Availability, BeforeValidator(_short_availability, json_schema_input_type=Availability | int | Literal["untracked"])
]
AnyDescription = Annotated[Description, BeforeValidator(_short_description, json_schema_input_type=Description | str)]
AnyCategory = Annotated[Category, BeforeValidator(_short_category, json_schema_input_type=Category | str)]
AnyValue = Annotated[OptionValue, BeforeValidator(_short_label, json_schema_input_type=OptionValue | str)]


class OptionEntry(Entry):
    name: Name
    values: list[AnyValue] = Field(min_length=1)
    required: bool | None = Field(
        None, description="Left out: true where variants name the option, false for a free modifier."
    )
    default: Name | None = None
    amounts: bool = Field(False, description="Whether it can be dosed: a little, a lot.")
    several: bool = Field(False, description="Whether more than one value may be taken.")


class SelectedOption(Entry):
    name: Name
    label: Name


class VariantEntry(Entry):
    id: Name | None = Field(None, description="The SKU, unless `sku` is given.")
    sku: Name | None = None
    title: Text = ""
    price: AnyPrice | None = Field(None, description="Left out: the product's price.")
    availability: AnyAvailability | None = Field(None, description="Left out: the product's availability.")
    options: list[SelectedOption] = []
    # Keys of the protocol that a spoken shop has no use for: taken and left alone.
    description: Any = None
    handle: Any = None
    url: Any = None
    media: Any = None
    barcodes: Any = None
    list_price: Any = None
    categories: Any = None
    rating: Any = None
    tags: Any = None
    metadata: Any = None


class RatingEntry(Entry):
    value: float = Field(ge=0, le=5)
    count: int = Field(0, ge=0)
    scale_min: float | None = None
    scale_max: float | None = Field(None, le=5, ge=5, description="5, as everywhere in this file.")


class ReviewEntry(Entry):
    stars: int = Field(ge=1, le=5)
    text: Name


class ProductEntry(Entry):
    id: Name | None = Field(None, description="Left out: made from the title.")
    title: Name
    brand: Text = ""
    description: AnyDescription = Description(plain="")
    categories: list[AnyCategory] = Field([], description="Broad to narrow: outdoor, jackets.")
    aliases: list[Name] = Field([], description="Other names people say.")
    tags: list[Name] = []
    attributes: dict[Name, Attribute] = {}
    price: AnyPrice | None = Field(None, description="For a product without variants, or shared by its variants.")
    availability: AnyAvailability | None = None
    options: list[OptionEntry] = []
    variants: list[VariantEntry] = []
    rating: RatingEntry | None = None
    reviews: list[ReviewEntry] = []
    # As in VariantEntry: of the protocol, left alone.
    handle: Any = None
    url: Any = None
    media: Any = None
    price_range: Any = None
    list_price_range: Any = None
    metadata: Any = None


class CatalogueFile(Entry):
    currency: Currency = Field("USD", description="ISO 4217 code of every price in the file.")
    products: list[ProductEntry] = Field(min_length=1)


MODELS: dict[tuple[str, ...], type[Entry]] = {
    (): CatalogueFile,
    ("products",): ProductEntry,
    ("products", "description"): Description,
    ("products", "categories"): Category,
    ("products", "price"): Price,
    ("products", "availability"): Availability,
    ("products", "rating"): RatingEntry,
    ("products", "reviews"): ReviewEntry,
    ("products", "options"): OptionEntry,
    ("products", "options", "values"): OptionValue,
    ("products", "variants"): VariantEntry,
    ("products", "variants", "price"): Price,
    ("products", "variants", "availability"): Availability,
    ("products", "variants", "options"): SelectedOption,
}
"""Which model stands at which path of keys, list positions left out: the known names for a misspelt key."""
