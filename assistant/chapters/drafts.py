"""From what was said of an item to a line of the basket, or to the one question still open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from assistant.types import Draft
from commerce.lines import make_line, repriced
from commerce.ports import ReadOnlyShop
from commerce.types import Line, LineOption, Option, Product, Variant
from nlu.types import HeardLine, HeardOption, Understanding

CLOSE = 0.08
"""Candidates this near to the best score are meant as likely as it."""
LIKELY = 0.5
"""A candidate below this score is no answer."""
SURE = 0.85
"""A candidate below this score is asked about before it is added."""
LARGEST_QUANTITY = 999
GRAMS: Mapping[str | None, float] = {"gram": 1, "hectogram": 100, "kilogram": 1000, "ounce": 28.35, "pound": 453.6}
MILLILITRES: Mapping[str | None, float] = {
    "millilitre": 1,
    "centilitre": 10,
    "decilitre": 100,
    "litre": 1000,
    "pint": 473,
    "gallon": 3785,
}
LENGTHS = frozenset({"metre", "centimetre"})
COUNTED = frozenset({"litre", "kilogram", "pint", "gallon", "pound"})
"""Measures that goods without a size are counted by: three kilos of potatoes are three."""
ROUNDING = 0.05
"""A twentieth of a piece more is not worth another one: a pound is a 450 gram pack."""


@dataclass(frozen=True, slots=True)
class Open:
    """Choices that must be made before the line can be."""

    product: Product
    options: tuple[tuple[str, tuple[str, ...]], ...]
    """Option name and the labels on offer; at least one."""


def draft_of(line: HeardLine, shop: ReadOnlyShop, customer_id: str | None) -> Draft | None:
    """What a heard line may mean; the customer's usual among likely candidates; None where nothing likely fits."""
    best = max((candidate.score for candidate in line.candidates), default=0.0)
    likely = [c.product_id for c in line.candidates if c.score >= max(LIKELY, best - CLOSE)]
    if not likely:
        return None
    if len(likely) > 1 and customer_id and (usual := shop.usual(customer_id, likely)):
        likely = [usual.product_id]
    quantity = min(max(_pieces(line, shop.product(likely[0])), 1), LARGEST_QUANTITY)
    options = tuple(_as_line_option(option) for option in line.options)
    return Draft(tuple(likely), quantity, options, sure=best >= SURE)


def _pieces(line: HeardLine, product: Product | None) -> int:
    """How many pieces of the product a quantity is: two litres of what comes by the half litre are four.

    A measure of something that does not say its size is one piece: 500 grams are not 500.
    """
    if line.unit not in GRAMS and line.unit not in MILLILITRES and line.unit not in LENGTHS:
        return line.quantity
    by, name = (GRAMS, "weight_grams") if line.unit in GRAMS else (MILLILITRES, "volume_ml")
    size = product.attributes.get(name) if product and line.unit in by else None
    if isinstance(size, bool) or not isinstance(size, int | float) or size <= 0:
        return line.quantity if line.unit in COUNTED else 1
    return ceil(line.quantity * by[line.unit] / size - ROUNDING)


def draft_from(line: Line, product: Product) -> Draft:
    """A finished line opened again, to be changed."""
    variant = product.variant(line.sku)
    selected = tuple(LineOption(name, label) for name, label in variant.selected.items()) if variant else ()
    return Draft((product.id,), line.quantity, (*selected, *line.options))


def places_of(heard: HeardLine, lines: Sequence[Line]) -> list[int]:
    """Positions of the lines these words may mean: of the likeliest product that is there."""
    for candidate in heard.candidates:
        of_product = [place for place, line in enumerate(lines) if line.product_id == candidate.product_id]
        if candidate.score >= LIKELY and of_product:
            return of_product
    return []


def choose(draft: Draft, options: Iterable[LineOption], product: Product) -> Draft:
    """The draft with these choices; a later choice replaces an earlier one of an option that takes one."""
    chosen = list(draft.chosen)
    for new in options:
        option = product.option(new.name)
        if option is None or not option.several:
            chosen = [old for old in chosen if old.name != new.name]
        chosen.append(new)
    return replace(draft, chosen=tuple(chosen), asking=None)


def heard_options(heard: Understanding, product: Product) -> tuple[LineOption, ...]:
    """Every choice about this product in the words: as options of a line, or as a slot named like the option."""
    from_lines = [option for line in heard.lines for option in options_of(line, product)]
    named = {option.name for option in from_lines}
    return (*from_lines, *(option for option in _slot_options(heard, product) if option.name not in named))


def options_of(line: HeardLine, product: Product) -> tuple[LineOption, ...]:
    """The choices about this product that one heard line makes."""
    known = {option.name for option in product.options}
    return tuple(_as_line_option(option) for option in line.options if option.name in known)


def _slot_options(heard: Understanding, product: Product) -> Iterator[LineOption]:
    """Slots that choose something of this product, by the label or by what it calls it: "large" is one's L.

    A word that several options know, "medium" of size and of roast, means the one that must be chosen.
    """
    for slot in heard.slots:
        own = product.option(slot.name)
        if own is None:
            continue
        if own.choice(str(slot.value)) is not None:
            yield LineOption(slot.name, str(slot.value))
            continue
        knowing = [option for option in product.options if option.called(slot.said)]
        for option in sorted(knowing, key=lambda option: not option.required)[:1]:
            choice = option.called(slot.said)
            yield LineOption(option.name, choice.label if choice else "")


def settle(draft: Draft, shop: ReadOnlyShop) -> Line | Open | None:
    """The line this draft of one product makes, or the options still open; None when it is no longer sold."""
    product = shop.product(draft.product_ids[0])
    if product is None:
        return None
    chosen = {option.name: option for option in draft.chosen}
    variants: Sequence[Variant] = product.variants
    modifiers: list[LineOption] = []
    missing: list[tuple[str, tuple[str, ...]]] = []
    for option in product.options:
        said = chosen.get(option.name)
        if option.name in product.variant_options:
            labels = _labels(option, variants)
            label = _label(option, said, labels)
            if label is None:
                missing.append((option.name, labels))
            else:
                variants = [variant for variant in variants if variant.selected.get(option.name) == label]
        elif said is not None:
            modifiers += [taken for taken in draft.chosen if taken.name == option.name and option.choice(taken.value)]
        elif option.required and option.default is not None:
            modifiers.append(LineOption(option.name, option.default))
        elif option.required:
            missing.append((option.name, tuple(choice.label for choice in option.choices)))
    if missing:
        return Open(product, tuple(missing))
    return make_line(product, variants[0].sku, draft.quantity, modifiers)


def reprice(line: Line, shop: ReadOnlyShop) -> Line | None:
    """The same line at today's price; None when it is no longer sold."""
    product = shop.product_of(line.sku)
    return repriced(line, product) if product else None


def merge(basket: Sequence[Line], new: Sequence[Line]) -> tuple[Line, ...]:
    """The basket with these lines; the same thing with the same options becomes one line."""
    lines = list(basket)
    for line in new:
        same = next((i for i, old in enumerate(lines) if (old.sku, old.options) == (line.sku, line.options)), None)
        if same is None:
            lines.append(line)
        else:
            lines[same] = replace(line, quantity=lines[same].quantity + line.quantity)
    return tuple(lines)


def without(basket: Sequence[Line], ordered: Sequence[Line]) -> tuple[Line, ...]:
    """What stays in the basket when these pieces have been ordered, whatever they cost when they were put there."""
    taken = Counter({_what(line): line.quantity for line in ordered})
    left = []
    for line in basket:
        gone = min(line.quantity, taken[_what(line)])
        taken[_what(line)] -= gone
        if gone < line.quantity:
            left.append(replace(line, quantity=line.quantity - gone))
    return tuple(left)


def _what(line: Line) -> tuple[str, frozenset[tuple[str, str, str | None]]]:
    return line.sku, frozenset((option.name, option.value, option.amount) for option in line.options)


def _labels(option: Option, variants: Sequence[Variant]) -> tuple[str, ...]:
    """Choices that are in stock, in the merchant's order; all of them where none is."""
    in_stock = {variant.selected.get(option.name) for variant in variants if variant.stock > 0}
    offered = in_stock or {variant.selected.get(option.name) for variant in variants}
    return tuple(choice.label for choice in option.choices if choice.label in offered)


def _label(option: Option, said: LineOption | None, labels: Sequence[str]) -> str | None:
    if said is not None and said.value in labels:
        return said.value
    if said is None and option.default in labels:
        return option.default
    return labels[0] if len(labels) == 1 and said is None else None


def _as_line_option(option: HeardOption) -> LineOption:
    return LineOption(option.name, option.value, option.amount)
