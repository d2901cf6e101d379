"""What the catalogue's things are called: terms for understanding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from commerce.ports import ReadOnlyShop
from commerce.types import Product, Query
from nlu.types import Term

MOST_MEANT = 4


def terms(products: Sequence[Product]) -> tuple[Term, ...]:
    """Every product, category, brand, attribute value and option choice as people name it."""
    return (*_products(products), *_groups(products), *_attributes(products), *_options(products))


def meant_by(shop: ReadOnlyShop, words: str) -> list[tuple[str, float]]:
    """Products that words may mean which are no name of theirs, best first: what the shop's search finds for them."""
    return [(hit.product.id, hit.score) for hit in shop.find(Query(words=words), MOST_MEANT).hits]


def _products(products: Sequence[Product]) -> Iterator[Term]:
    for product in products:
        yield Term("product", product.id, product.title, _names(product.title, product.aliases))


def _groups(products: Sequence[Product]) -> Iterator[Term]:
    for category in sorted({category for product in products for category in product.categories}):
        yield Term("category", "", category, _names(category))
    for brand in sorted({product.brand for product in products if product.brand}):
        yield Term("brand", "", brand, _names(brand))


def _attributes(products: Sequence[Product]) -> Iterator[Term]:
    seen = set()
    for product in products:
        for name, value in product.attributes.items():
            if value is True:
                seen.add((name, "true", name.replace("_", " ")))
            elif isinstance(value, str):
                seen.add((name, value, value))
    for name, value, said in sorted(seen):
        yield Term("attribute", name, value, _names(said))


def _options(products: Sequence[Product]) -> Iterator[Term]:
    offered: dict[tuple[str, str, bool], list[str]] = defaultdict(list)
    aliases: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for product in products:
        for option in product.options:
            for choice in option.choices:
                offered[option.name, choice.label, option.amounts].append(product.id)
                aliases[option.name, choice.label] |= dict.fromkeys(choice.aliases)
    for (name, label, amounts), product_ids in sorted(offered.items()):
        said = _names(label, tuple(aliases[name, label]))
        yield Term("option", name, label, said, tuple(product_ids), amounts)


def _names(title: str, aliases: Sequence[str] = ()) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.lower() for name in (title, *aliases)))
