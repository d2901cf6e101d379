"""Shopping lists: what a customer means to buy some day. Pure: every change gives a new list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from commerce.lines import make_line
from commerce.types import Line, LineOption, Product
from commerce.words import terms

LONGEST_NAME = 100
"""Characters of a list's name that are kept."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list: a product, or words that stand for none yet."""

    text: str
    """As the customer said it; a product's title where it is one."""
    quantity: int = 1
    product_id: str | None = None
    sku: str | None = None
    """None: which variant is not settled."""
    options: tuple[LineOption, ...] = ()
    ticked: bool = False

    @property
    def same_as(self) -> tuple[object, ...]:
        """Items for which this is equal are one item."""
        options = tuple(sorted((option.name, option.value, option.amount or "") for option in self.options))
        said = () if self.product_id else tuple(terms(self.text))
        return (self.product_id, self.sku, options, said)


@dataclass(frozen=True, slots=True)
class ShoppingList:
    owner: str
    """Customer id, or session id of a guest."""
    name: str = ""
    """As the customer calls it; empty: the one without a name."""
    items: tuple[Item, ...] = ()
    """In the order they were added."""
    version: int = 0
    """Grows with every change, so that a change made on an older list is noticed."""

    @property
    def open(self) -> tuple[Item, ...]:
        """What is not ticked off."""
        return tuple(item for item in self.items if not item.ticked)


@dataclass(frozen=True, slots=True)
class Unclear:
    """An item that cannot go into a basket as it is."""

    item: Item
    why: Literal["unknown", "several", "variant", "option", "not_for_sale", "out_of_stock"]
    """`unknown`: the words are the name of no product; `several`: of more than one. `variant`, `option`: to be
    chosen."""
    product_ids: tuple[str, ...] = ()
    """The products that it may be."""
    missing: tuple[str, ...] = ()
    """Names of the options to choose."""
    left: int | None = None
    """Pieces left, for `out_of_stock`."""


@dataclass(frozen=True, slots=True)
class ForBasket:
    """A list read as lines of a basket."""

    lines: tuple[Line, ...]
    taken: tuple[Item, ...]
    """The items of those lines, in the same order; tick them off once the lines are in the basket."""
    unclear: tuple[Unclear, ...]
    """Stay on the list."""


def key_of(name: str) -> str:
    """What two spellings of a list's name have in common: "Camping Trip" and "camping trip" are one list.

    Names are told apart by their first LONGEST_NAME characters.
    """
    # Cut twice: some letters become several when case and accents are taken away.
    return _said(name[:LONGEST_NAME])[: 2 * LONGEST_NAME]


def _said(text: str) -> str:
    return " ".join(terms(text))


def add(onto: ShoppingList, item: Item) -> ShoppingList:
    """With the item; one that is there already counts for more, and is open again where it was ticked off.

    Raises ValueError for a quantity below 1, or an item without words.
    """
    if item.quantity < 1 or not terms(item.text):
        raise ValueError("an item needs words and a quantity of 1 or more")
    for place, there in enumerate(onto.items):
        if there.same_as == item.same_as:
            before = 0 if there.ticked else there.quantity
            more = replace(there, quantity=before + item.quantity, ticked=False)
            return replace(onto, items=(*onto.items[:place], more, *onto.items[place + 1 :]))
    return replace(onto, items=(*onto.items, item))


def remove(from_: ShoppingList, items: Collection[Item]) -> ShoppingList:
    """Without these items; what is not there is no mistake."""
    gone = {item.same_as for item in items}
    return replace(from_, items=tuple(item for item in from_.items if item.same_as not in gone))


def tick(on: ShoppingList, items: Collection[Item], ticked: bool = True) -> ShoppingList:
    """With these items ticked off, or open again."""
    done = {item.same_as for item in items}
    return replace(on, items=tuple(replace(item, ticked=ticked) if item.same_as in done else item for item in on.items))


def like(on: ShoppingList, words: str) -> tuple[Item, ...]:
    """The items meant by these words: those named exactly so, or else those that say all of them."""
    wanted = terms(words)
    exact = tuple(item for item in on.items if terms(item.text) == wanted)
    return exact or tuple(item for item in on.items if wanted and set(wanted) <= set(terms(item.text)))


class Names:
    """Which products are called what; to be made once for each version of the catalogue."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._ids: dict[str, set[str]] = defaultdict(set)
        for product in products:
            for name in (product.title, *product.aliases):
                self._ids[_said(name)].add(product.id)

    def ids(self, words: str) -> tuple[str, ...]:
        """Ids of the products of which these words are the title or an alias."""
        return tuple(sorted(self._ids.get(_said(words), ())))


def for_basket(items: Iterable[Item], names: Names, product: Callable[[str], Product | None]) -> ForBasket:
    """The items as lines at present prices; words are a product where they are the name of just one.

    `product` gives what is sold under an id now.
    """
    lines: list[Line] = []
    taken: list[Item] = []
    unclear: list[Unclear] = []
    wanted: dict[str, int] = defaultdict(int)
    for item in items:
        line = _line(item, names, product, wanted)
        if isinstance(line, Unclear):
            unclear.append(line)
            continue
        wanted[line.sku] += line.quantity
        lines.append(line)
        taken.append(item)
    return ForBasket(tuple(lines), tuple(taken), tuple(unclear))


def _meant(item: Item, names: Names, product: Callable[[str], Product | None]) -> Product | Unclear:
    ids = (item.product_id,) if item.product_id else names.ids(item.text)
    found = [one for one in map(product, ids) if one is not None]
    if len(found) == 1:
        return found[0]
    if item.product_id:
        return Unclear(item, "not_for_sale")
    return Unclear(item, "several" if found else "unknown", tuple(one.id for one in found))


def _line(
    item: Item, names: Names, product: Callable[[str], Product | None], wanted: Mapping[str, int]
) -> Line | Unclear:
    """`wanted` has the pieces of each SKU that items before this one take."""
    meant = _meant(item, names, product)
    if isinstance(meant, Unclear):
        return meant
    sku = _sku(meant, item)
    if isinstance(sku, Unclear):
        return sku
    modifiers = _modifiers(meant, item)
    if isinstance(modifiers, Unclear):
        return modifiers
    variant, line = meant.variant(sku), make_line(meant, sku, item.quantity, modifiers)
    if variant is None or line is None:
        return Unclear(item, "not_for_sale", (meant.id,))
    left = variant.stock - wanted.get(sku, 0)
    return line if left >= item.quantity else Unclear(item, "out_of_stock", (meant.id,), left=max(left, 0))


def _sku(product: Product, item: Item) -> str | Unclear:
    """The one variant that the item's SKU, its options and the defaults leave."""
    said = {option.name: option.value for option in item.options}
    left = [variant for variant in product.variants if item.sku in (None, variant.sku)]
    for option in product.options:
        label = said.get(option.name, option.default)
        if option.name in product.variant_options and item.sku is None and label is not None:
            left = [variant for variant in left if variant.selected.get(option.name) == label]
    if not left:
        return Unclear(item, "not_for_sale", (product.id,))
    if len(left) == 1:
        return left[0].sku
    differ = (name for name in product.variant_options if len({one.selected.get(name) for one in left}) > 1)
    return Unclear(item, "variant", (product.id,), missing=tuple(sorted(differ)))


def _modifiers(product: Product, item: Item) -> list[LineOption] | Unclear:
    """What was said of the free options, and the defaults of required ones, in the product's order."""
    taken: list[LineOption] = []
    missing = []
    for option in product.options:
        if option.name in product.variant_options:
            continue
        said = [one for one in item.options if one.name == option.name]
        if not said and option.required and option.default is None:
            missing.append(option.name)
        elif not said and option.required and option.default is not None:
            said = [LineOption(option.name, option.default)]
        taken += said
    return Unclear(item, "option", (product.id,), missing=tuple(missing)) if missing else taken
