"""A merchant's catalogue file: read, checked as a whole, and turned into products.

The file is JSON in the shape of commerce/entries.py. Nothing is returned unless everything is right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from commerce.entries import Availability, CatalogueFile, OptionEntry, Price, ProductEntry, VariantEntry
from commerce.faults import Where, fault, show, worded
from commerce.refused import ImportRefused, nearest
from commerce.types import Choice, Money, Option, Product, Review, Variant


@dataclass(frozen=True, slots=True)
class Catalogue:
    currency: str
    """ISO 4217 code of every price."""
    products: tuple[Product, ...]
    """As ordered in the file."""


def read_catalogue(path: Path | str) -> Catalogue:
    """The products of a catalogue file.

    Raises ImportRefused with every fault as a line.
    """
    path = Path(path)
    document = _load(path)
    try:
        entries = CatalogueFile.model_validate(document)
    except ValidationError as error:
        raise ImportRefused(worded(path.name, document, error.errors(include_url=False))) from None
    faults = [fault(path.name, document, where, message) for where, message in _faults(entries)]
    if faults:
        raise ImportRefused(faults)
    products = tuple(_product(entry, entries.currency) for entry in entries.products)
    return Catalogue(entries.currency, products)


def catalogue_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the file, short forms included."""
    schema = CatalogueFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Handla catalogue"}


def _load(path: Path) -> object:
    name = path.name
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_refuse_constant)
    except OSError as error:
        raise ImportRefused([f"{path}: cannot be read: {error.strerror}."]) from None
    except UnicodeDecodeError as error:
        raise ImportRefused([f"{name}: byte {error.start} is not UTF-8; save the file as UTF-8."]) from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ImportRefused([f"{name}: {place}: not valid JSON: {error.msg}."]) from None
    except RecursionError:
        raise ImportRefused([f"{name}: nested too deep to be a catalogue."]) from None
    except ValueError as error:
        raise ImportRefused([f"{name}: {error}"]) from None


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not a number that JSON knows; give a number.")


# --- from entries to products


def _product(entry: ProductEntry, currency: str) -> Product:
    options = tuple(_option(option, entry) for option in _options(entry))
    return Product(
        id=_product_id(entry),
        title=entry.title,
        categories=tuple(category.value for category in entry.categories),
        variants=tuple(_variant(entry, variant, currency) for variant in _variants(entry)),
        description=entry.description.plain,
        brand=entry.brand,
        aliases=tuple(alias.lower() for alias in entry.aliases),
        attributes=dict(entry.attributes),
        options=options,
        rating=entry.rating.value if entry.rating else None,
        rating_count=entry.rating.count if entry.rating else 0,
        reviews=tuple(Review(review.stars, review.text) for review in entry.reviews),
        tags=tuple(entry.tags),
    )


def _option(entry: OptionEntry, product: ProductEntry) -> Option:
    picks = entry.name in _picking(product)
    return Option(
        name=entry.name,
        choices=tuple(
            Choice(value.label, tuple(alias.lower() for alias in value.aliases), value.price_delta)
            for value in entry.values
        ),
        required=picks if entry.required is None else entry.required,
        default=entry.default,
        amounts=entry.amounts,
        several=entry.several,
    )


def _variant(product: ProductEntry, entry: VariantEntry, currency: str) -> Variant:
    price = entry.price or product.price
    assert price is not None  # _faults has refused it
    availability = entry.availability or product.availability or Availability()
    selected = {option.name: option.label for option in entry.options}
    return Variant(
        sku=_sku(product, entry),
        title=entry.title or ", ".join([product.title, *selected.values()]),
        price=Money(price.amount, currency),
        stock=availability.stock,
        selected=selected,
    )


def _variants(product: ProductEntry) -> list[VariantEntry]:
    return product.variants or [VariantEntry()]


def _options(product: ProductEntry) -> list[OptionEntry]:
    """The declared options and, after them, those that only the variants name."""
    declared = {option.name for option in product.options}
    found: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for option in variant.options:
            if option.name not in declared:
                found.setdefault(option.name, {})[option.label] = None
    derived = [OptionEntry.model_validate({"name": name, "values": list(labels)}) for name, labels in found.items()]
    return [*product.options, *derived]


def _picking(product: ProductEntry) -> set[str]:
    return {option.name for variant in product.variants for option in variant.options}


def _product_id(entry: ProductEntry) -> str:
    return entry.id or _slug(entry.title)


def _sku(product: ProductEntry, variant: VariantEntry) -> str:
    labels = [_slug(option.label) for option in variant.options]
    return variant.sku or variant.id or "-".join([_product_id(product), *labels])


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text.lower()).strip("-") or text


# --- what no single field can say

Faults = Iterator[tuple[Where, str]]


def _faults(file: CatalogueFile) -> Faults:
    ids: dict[str, int] = {}
    skus: dict[str, int] = {}
    for index, product in enumerate(file.products):
        here: Where = ("products", index)
        earlier = ids.setdefault(_product_id(product), index)
        if earlier != index:
            made = "" if product.id else ", made from the title,"
            yield (
                (*here, "id"),
                f"id {show(_product_id(product))}{made} is that of product {earlier + 1} too; give each its own id.",
            )
        for position, variant in enumerate(_variants(product)):
            sku = _sku(product, variant)
            if sku in skus and earlier == index:
                yield (
                    (*here, "variants", position, "id") if product.variants else (*here, "id"),
                    f"SKU {show(sku)} is in use in product {skus[sku] + 1} already; give each variant its own.",
                )
            skus.setdefault(sku, index)
        yield from _option_faults(here, product)
        yield from _variant_faults(here, product)
        yield from _price_faults(here, product, file.currency)


def _option_faults(here: Where, product: ProductEntry) -> Faults:
    names: set[str] = set()
    picking = _picking(product)
    for position, option in enumerate(product.options):
        where = (*here, "options", position, "")
        labels = [value.label for value in option.values]
        if option.name in names:
            yield where, "name is that of an earlier option; give each option its own name."
        names.add(option.name)
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice:
            yield where, f"value {show(twice[0])} is listed twice."
        if option.default is not None and option.default not in labels:
            yield where, f"default is {show(option.default)}, which is not among the values; {_rather(option)}"
        if option.name in picking and any(value.price_delta for value in option.values):
            yield where, "price_delta is given, but variants choose by this option; put the price into the variants."


def _variant_faults(here: Where, product: ProductEntry) -> Faults:
    declared = {option.name: option for option in product.options}
    seen: dict[frozenset[tuple[str, str]], int] = {}
    for position, variant in enumerate(product.variants):
        where = (*here, "variants", position, "")
        selected = frozenset((option.name, option.label) for option in variant.options)
        if len({name for name, _ in selected}) < len(variant.options):
            yield where, "an option is named twice; give each option one label."
        if selected in seen:
            told = "the same options as" if selected else "no options to tell it from"
            yield where, f"it has {told} variant {seen[selected] + 1}; give each variant its own options."
        seen.setdefault(selected, position)
        for chosen in variant.options:
            option = declared.get(chosen.name)
            if option and chosen.label not in [value.label for value in option.values]:
                yield where, f'option "{chosen.name}" has no value {show(chosen.label)}; {_rather(option)}'
            like = nearest(chosen.name, declared, cutoff=0.8)
            if option is None and like:
                yield where, f'option {show(chosen.name)} is not declared; did you mean "{like}"?'


def _rather(option: OptionEntry) -> str:
    return f"give one of: {', '.join(value.label for value in option.values)}."


def _price_faults(here: Where, product: ProductEntry, currency: str) -> Faults:
    if product.price:
        yield from _currency_faults((*here, "price"), product.price, currency)
    picking = _picking(product)
    modifiers = [option for option in product.options if option.name not in picking]
    discount = sum(_most_off(option) for option in modifiers)
    for position, variant in enumerate(_variants(product)):
        where = (*here, "variants", position, "price") if product.variants else (*here, "price")
        price = variant.price or product.price
        if price is None:
            yield where, 'price is missing; give "price": 450 (minor units) or "price": {"amount": 450}.'
        elif price.amount + discount < 0:
            yield where, f"price {price.amount} is less than what its options take off ({-discount})."
        if variant.price:
            yield from _currency_faults(where, variant.price, currency)


def _most_off(option: OptionEntry) -> int:
    """The most this option can take off the price, zero or negative."""
    off = [value.price_delta for value in option.values if value.price_delta < 0]
    return sum(off) if option.several else min(off, default=0)


def _currency_faults(where: Where, price: Price, currency: str) -> Faults:
    if price.currency not in (None, currency):
        yield (
            where,
            f'price.currency is "{price.currency}", the file\'s is "{currency}"; one shop keeps one currency.',
        )


def schema_text() -> str:
    """The schema as docs/catalogue.schema.json holds it: python -m commerce.catalogue > docs/catalogue.schema.json"""
    return json.dumps(catalogue_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
