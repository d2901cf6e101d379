"""From the items of a call to what the dialogue understands, and from lines of the shop to what a call gets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.chapters.apart import Item as Offered
from assistant.surfaces.agents import outputs
from assistant.surfaces.agents.ground import Ground, Mistake
from assistant.surfaces.agents.inputs import Chosen, Item
from assistant.surfaces.agents.untrusted import LONGEST_TEXT, clean
from commerce.types import Line, Money, Option, Order, Product, Variant
from nlu.types import Candidate, HeardLine, HeardOption

MOST_REVIEWS = 5
MOST_NAMED = 12
"""Choices that an error names."""


def heard_lines(items: Iterable[Item], ground: Ground, ordered: bool = False) -> tuple[HeardLine, ...] | Mistake:
    """A line for each item, nothing of it left to guess. `ordered`: it is about what was bought, in stock or not."""
    lines = []
    for place, item in enumerate(items):
        line = _heard(item, f"items[{place}]", ground, ordered)
        if isinstance(line, Mistake):
            return line
        lines.append(line)
    return tuple(lines)


def _heard(item: Item, where: str, ground: Ground, ordered: bool) -> HeardLine | Mistake:
    product = ground.product(item.sku)
    if product is None:
        told = f"{where}.sku is sold under no such name; take a sku or product_id that search_products returned."
        return Mistake("no_product", told)
    variant = product.variant(item.sku)
    if variant is not None and variant.stock < 1 and not ordered:
        others = [one.sku for one in product.variants if one.stock > 0]
        instead = f"in stock of this product: {_named(others)}" if others else "no variant of this product is"
        return Mistake("out_of_stock", f"{where} is out of stock; {instead}.")
    options: list[HeardOption] = []
    for at, chosen in enumerate(item.options):
        made = _option(chosen, product, f"{where}.options[{at}]")
        if isinstance(made, Mistake):
            return made
        options.append(made)
    for name, label in variant.selected.items() if variant else ():
        differs = next((one for one in options if one.name == name and one.value != label), None)
        if differs:
            return Mistake("two_variants", f"{where}: the SKU is {name} {label}, but options say {differs.value}.")
        if all(one.name != name for one in options):
            options.append(HeardOption(name, label, None, label, (0, 0)))
    missing = _missing(product, options) if not ordered else None
    if missing is not None:
        labels = _named(choice.label for choice in missing.choices)
        return Mistake("option_lacking", f"{where}.options lacks {missing.name!r}, one of: {labels}. Ask the customer.")
    title = product.title
    return HeardLine(title, (0, 0), (Candidate(product.id, 1.0),), item.quantity, tuple(options), counted=True)


def _option(chosen: Chosen, product: Product, where: str) -> HeardOption | Mistake:
    option = next((one for one in product.options if one.name.casefold() == chosen.name.casefold()), None)
    if option is None:
        known = _named(one.name for one in product.options) or "none at all"
        return Mistake("no_option", f"{where}.name: this product has no such option; it has: {known}.")
    choice = option.called(chosen.value)
    if choice is None:
        labels = _named(one.label for one in option.choices)
        return Mistake("no_choice", f"{where}.value is no choice of {option.name!r}; it is one of: {labels}.")
    if chosen.amount and not option.amounts:
        return Mistake("no_amount", f"{where}.amount: {option.name!r} cannot be dosed; leave the amount out.")
    return HeardOption(option.name, choice.label, chosen.amount, choice.label, (0, 0))


def _missing(product: Product, options: Sequence[HeardOption]) -> Option | None:
    """The first option that must be chosen and is not, where nothing answers for it."""
    chosen = {one.name for one in options}
    for option in product.options:
        needed = option.required or option.name in product.variant_options
        if needed and option.name not in chosen and option.default is None and len(option.choices) > 1:
            return option
    return None


def _named(names: Iterable[str]) -> str:
    known = [clean(name) for name in names]
    return ", ".join(known[:MOST_NAMED]) + (" ..." if len(known) > MOST_NAMED else "")


def price(money: Money, ground: Ground) -> outputs.Price:
    return outputs.Price(minor=money.minor, currency=money.currency, text=ground.word(money))


def line(made: Line, ground: Ground) -> outputs.LineTold:
    return outputs.LineTold(
        sku=made.sku,
        title=clean(made.title),
        quantity=made.quantity,
        options=tuple(
            outputs.LineChoice(name=clean(one.name), value=clean(one.value), amount=one.amount) for one in made.options
        ),
        unit_price=price(made.unit_price, ground),
        total=price(made.total, ground),
    )


def lines(made: Iterable[Line], ground: Ground) -> tuple[outputs.LineTold, ...]:
    return tuple(line(one, ground) for one in made)


def order(placed: Order, ground: Ground) -> outputs.OrderTold:
    shipment = placed.shipment
    return outputs.OrderTold(
        number=placed.number,
        state=placed.state.value,
        placed_at=placed.placed_at,
        lines=lines(placed.lines, ground),
        total=price(placed.total, ground),
        delivery=clean(placed.delivery.title) if placed.delivery else None,
        expected=placed.expected,
        carrier=shipment.carrier if shipment else None,
        tracking=shipment.tracking if shipment else None,
    )


def product(
    offered: Offered, ground: Ground, reasons: Iterable[str] = (), fails: Iterable[str] = ()
) -> outputs.ProductTold:
    found, variant = offered
    return outputs.ProductTold(
        product_id=found.id,
        sku=variant.sku,
        title=clean(found.title),
        brand=clean(found.brand),
        price=price(variant.price, ground),
        stock=variant.stock,
        options=tuple(_option_told(one) for one in found.options),
        rating=found.rating,
        rating_count=found.rating_count,
        reasons=tuple(reasons),
        fails=tuple(fails),
    )


def variant(sold: Variant, ground: Ground) -> outputs.VariantTold:
    return outputs.VariantTold(
        sku=sold.sku,
        title=clean(sold.title),
        price=price(sold.price, ground),
        stock=sold.stock,
        options={clean(name): clean(label) for name, label in sold.selected.items()},
    )


def written(found: Product) -> outputs.UntrustedText:
    """The product's free text, by itself and bounded."""
    reviews = tuple(
        outputs.ReviewTold(stars=one.stars, text=clean(one.text, LONGEST_TEXT)) for one in found.reviews[:MOST_REVIEWS]
    )
    return outputs.UntrustedText(description=clean(found.description, LONGEST_TEXT), reviews=reviews)


def _option_told(option: Option) -> outputs.OptionTold:
    return outputs.OptionTold(
        name=clean(option.name),
        choices=tuple(clean(choice.label) for choice in option.choices),
        required=option.required,
        default=option.default,
        several=option.several,
        dosed=option.amounts,
    )
