"""What the catalogue's things are called: terms for understanding, and the words likely to be said next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from assistant.types import Session
from commerce.ports import ReadOnlyShop
from commerce.types import Product
from nlu.types import Term

MOST_HINTS = 40


def terms(products: Sequence[Product]) -> tuple[Term, ...]:
    """Every product, category, brand, attribute value and option choice as people name it."""
    return (*_products(products), *_groups(products), *_attributes(products), *_options(products))


def hints(session: Session, shop: ReadOnlyShop) -> tuple[str, ...]:
    """Phrases likely to be said now, most likely first: the open option's choices, what was listed, what is sold."""
    likely: list[str] = []
    if session.drafts:
        likely += [
            choice for p in _of_drafts(session, shop) for option in p.options for choice in _labels(p, option.name)
        ]
    likely += [product.title for product in (shop.product_of(sku) for sku in session.listed) if product]
    if session.customer_id:
        likely += [line.title for order in shop.orders_of(session.customer_id, limit=5) for line in order.lines]
    products = shop.products()
    if len(products) <= MOST_HINTS:
        likely += [product.title for product in products]
        likely += [
            label for product in products for option in product.options for label in _labels(product, option.name)
        ]
    return tuple(dict.fromkeys(phrase.lower() for phrase in likely))[:MOST_HINTS]


def _of_drafts(session: Session, shop: ReadOnlyShop) -> Iterator[Product]:
    for product_id in session.drafts[0].product_ids:
        product = shop.product(product_id)
        if product:
            yield product


def _labels(product: Product, name: str) -> tuple[str, ...]:
    option = product.option(name)
    return tuple(choice.label for choice in option.choices) if option else ()


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
