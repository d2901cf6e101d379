"""One product against what was asked for. Pure."""

from __future__ import annotations

from functools import lru_cache

from commerce.types import AttributeValue, Hit, Option, Product, Query, Variant
from commerce.words import CHOSEN, fields, fold, terms

SHORTEST = 3
"""Letters of a word that may have an ending."""
ENDING = 2
"""Letters of an ending."""

LABELS = 10_000
"""Labels of categories, brands and values whose one spelling is kept: every hit of every search asks for its own."""
_folded = lru_cache(LABELS)(fold)


def unmet(product: Product, variant: Variant, query: Query) -> tuple[str, ...]:
    """Constraints that this variant fails, but for what the whole product must be without."""
    failed = []
    if query.category is not None and _folded(query.category) not in map(_folded, product.categories):
        failed.append("category")
    if query.brand is not None and _folded(query.brand) != _folded(product.brand):
        failed.append("brand")
    if query.price_min is not None and variant.price.minor < query.price_min:
        failed.append("price_min")
    if query.price_max is not None and variant.price.minor > query.price_max:
        failed.append("price_max")
    if query.rating_min is not None and (product.rating or 0) < query.rating_min:
        failed.append("rating_min")
    failed += [name for name, value in query.attributes.items() if not _has(product, variant, name, value)]
    if any(_is(variant, thing) for thing in query.without):
        failed.append("without")
    if query.in_stock and variant.stock < 1:
        failed.append("in_stock")
    return tuple(failed)


def contains(product: Product, thing: str) -> bool:
    """Whether the product has, contains or consists of this, as far as it says: the rule of Index.without for one."""
    name = "_".join(terms(thing))
    free, stated = product.attributes.get(f"{name}_free"), product.attributes.get(name)
    if isinstance(free, bool) or isinstance(stated, bool):
        return free is False or (free is None and stated is True)
    said = {term for field, of_field in fields(product).items() if field != CHOSEN for term in of_field}
    return bool(name) and all(any(_same(word, term) for term in said) for word in terms(thing))


def value_of(hit: Hit, name: str) -> AttributeValue | None:
    """What the product has where a constraint of that name looks: minor units for a price, stars for a rating."""
    product, variant = hit.product, hit.variant
    match name:
        case "price_min" | "price_max":
            return variant.price.minor
        case "rating_min":
            return product.rating
        case "brand":
            return product.brand
        case "category":
            return product.categories[-1] if product.categories else None
        case "in_stock":
            return variant.stock
        case _:
            return variant.selected.get(name, product.attributes.get(name))


def distance(hit: Hit, query: Query) -> tuple[int, int, float]:
    """Constraints failed besides the price, minor units the price is off, and less for a better fit of words."""
    price = hit.variant.price.minor
    gap = max(0, price - (query.price_max or price), (query.price_min or price) - price)
    return len([name for name in hit.unmet if not name.startswith("price_")]), gap, -hit.score


def plain(value: AttributeValue) -> str:
    """One spelling for each value: true is not 1, and 2.0 is 2."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else _folded(value)


def meeting(value: AttributeValue) -> set[str]:
    """What may be wanted of a product with this value, each in one spelling: "very warm" is warm, too."""
    return {plain(value), *(terms(value) if isinstance(value, str) else ())}


def names_of(option: Option | None, label: str) -> set[str]:
    """Every way to name this choice."""
    choice = option.choice(label) if option else None
    return {_folded(label), *map(_folded, choice.aliases if choice else ())}


def _same(word: str, term: str) -> bool:
    """Whether one is the other, or the other with a short ending."""
    short, long = sorted((word, term), key=len)
    return word == term or (len(short) >= SHORTEST and len(long) - len(short) <= ENDING and long.startswith(short))


def _has(product: Product, variant: Variant, name: str, wanted: AttributeValue) -> bool:
    option = product.option(name)
    label = variant.selected.get(name)
    if label is not None:
        return plain(wanted) in names_of(option, label)
    if option is not None and any(plain(wanted) in names_of(option, choice.label) for choice in option.choices):
        return True
    value = product.attributes.get(name, False if isinstance(wanted, bool) else None)
    return value is not None and plain(wanted) in meeting(value)


def _is(variant: Variant, thing: str) -> bool:
    words = set(terms(thing))
    return any(words <= set(terms(label)) for label in variant.selected.values())
