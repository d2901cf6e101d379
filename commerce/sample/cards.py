"""Product cards: the short text form in which the sample shop's products are written down.

    Trail Jacket | JKT-TRAIL | 149.00 | 12 | Norrvik | jackets | 4.6 x132
      A light shell for wet days on the path.
      aka: rain coat, shell
      is: waterproof, !hooded, material=nylon, weight_grams=380
      colours: black/BLK, moss green/MOS
      sizes: S M L XL
      tags: gift
      5 Kept me dry for a week.

The head holds title, SKU, price in major units, pieces in stock, brand, category and rating with count. `is:` lists
attributes: a bare name is true, `!name` is false. With colours or sizes every combination is a variant of its own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Attributes = dict[str, str | bool | int | float]
Json = dict[str, Any]

CURRENCY = "USD"

LETTER_SIZES: Mapping[str, tuple[str, ...]] = {
    "S": ("small",),
    "M": ("medium",),
    "L": ("large",),
    "XL": ("extra large", "x large"),
}


@dataclass(slots=True)
class Card:
    """One product as written on its card."""

    title: str
    sku: str
    price: int
    """Minor units."""
    stock: int
    """Pieces; with variants, about so many of each."""
    brand: str
    categories: tuple[str, ...]
    rating: float
    rating_count: int
    description: str = ""
    aliases: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    attributes: Attributes = field(default_factory=dict)
    colours: tuple[tuple[str, str], ...] = ()
    """Label and its part of the SKU."""
    sizes: tuple[str, ...] = ()
    options: list[Json] = field(default_factory=list)
    """Modifiers, in the form of the catalogue file."""
    reviews: list[tuple[int, str]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")


def read_cards(text: str, department: str, usual: Mapping[str, Attributes]) -> list[Card]:
    """The cards in `text`, all under `department`.

    `usual` gives the attributes that every card of a category has unless it says otherwise; "" stands for all
    categories. A card that cannot be read raises ValueError with its first line.
    """
    cards: list[Card] = []
    for block in _blocks(text):
        try:
            cards.append(_read(block, department, usual))
        except ValueError as error:
            raise ValueError(f"{department}: {block[0]!r}: {error}") from error
    return cards


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        if not line.startswith(" ") and block:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _read(block: list[str], department: str, usual: Mapping[str, Attributes]) -> Card:
    title, sku, price, stock, brand, category, rating = (part.strip() for part in block[0].split("|"))
    stars, count = rating.split(" x")
    card = Card(
        title=title,
        sku=sku,
        price=round(float(price) * 100),
        stock=int(stock),
        brand=brand,
        categories=(department, category),
        rating=float(stars),
        rating_count=int(count),
        attributes={**usual.get("", {}), **usual.get(category, {})},
    )
    for line in block[1:]:
        _read_line(card, line.strip())
    return card


def _read_line(card: Card, line: str) -> None:
    key, _, rest = line.partition(": ")
    match key:
        case "aka":
            card.aliases = _listed(rest)
        case "tags":
            card.tags = _listed(rest)
        case "is":
            card.attributes.update(_attribute(item) for item in _listed(rest))
        case "colours":
            pairs = (item.split("/") for item in _listed(rest))
            card.colours = tuple((label, code) for label, code in pairs)
        case "sizes":
            card.sizes = _sizes(rest)
        case _ if line[0].isdigit() and line[1] == " ":
            card.reviews.append((int(line[0]), line[2:]))
        case _ if card.description:
            raise ValueError(f"cannot read {line!r}")
        case _:
            card.description = line


def _listed(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(","))


def _attribute(item: str) -> tuple[str, str | bool | int]:
    name, equals, value = item.partition("=")
    if not equals:
        return item.removeprefix("!"), not item.startswith("!")
    return name, int(value) if value.lstrip("-").isdigit() else value


def _sizes(text: str) -> tuple[str, ...]:
    if found := re.fullmatch(r"(\d+)-(\d+)", text):
        return tuple(str(size) for size in range(int(found[1]), int(found[2]) + 1))
    return tuple(text.split())


def product_json(card: Card) -> Json:
    """The card as one product of the catalogue file."""
    return {
        "id": card.id,
        "title": card.title,
        "brand": card.brand,
        "description": card.description,
        "categories": list(card.categories),
        "aliases": list(card.aliases),
        "tags": list(card.tags),
        "attributes": dict(sorted(card.attributes.items())),
        "options": _variant_options(card) + card.options,
        "variants": list(_variants(card)),
        "rating": {"value": card.rating, "count": card.rating_count},
        "reviews": [{"stars": stars, "text": text} for stars, text in card.reviews],
    }


def _variant_options(card: Card) -> list[Json]:
    options = []
    if card.colours:
        options.append(option("colour", [choice(label) for label, _ in card.colours], required=True))
    if card.sizes:
        choices = [choice(size, *LETTER_SIZES.get(size, (f"size {size}",))) for size in card.sizes]
        options.append(option("size", choices, required=True))
    return options


def choice(label: str, *aliases: str, extra: int = 0) -> Json:
    """One value of an option; `extra` in minor units."""
    return {"label": label, "aliases": list(aliases), "price_delta": extra}


def option(name: str, values: list[Json], **rules: Any) -> Json:
    """An option of the catalogue file; `rules` overrides required, default, amounts and several."""
    return {
        "name": name,
        "values": values,
        "required": False,
        "default": None,
        "amounts": False,
        "several": False,
        **rules,
    }


def _variants(card: Card) -> Iterator[Json]:
    if not card.colours and not card.sizes:
        yield _variant(card, card.sku, card.stock, [])
        return
    for label, code in card.colours or (("", ""),):
        for size in card.sizes or ("",):
            sku = "-".join(part for part in (card.sku, code, size) if part)
            chosen = [{"name": "colour", "label": label}] if label else []
            chosen += [{"name": "size", "label": size}] if size else []
            yield _variant(card, sku, _spread(card.stock, sku), chosen)


def _variant(card: Card, sku: str, stock: int, chosen: list[Json]) -> Json:
    return {
        "id": sku,
        "price": {"amount": card.price, "currency": CURRENCY},
        "availability": {"quantity": stock},
        "options": chosen,
    }


def _spread(stock: int, sku: str) -> int:
    """Pieces of one size, the same for the same SKU: about `stock`, and of one size in 25 none."""
    rng = random.Random(sku)
    return 0 if rng.random() < 0.04 else int(stock * (0.4 + 1.2 * rng.random()))
