"""Whether a request was understood as its row says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.dialogue import SURE
from assistant.evaluation import labels
from assistant.evaluation.manifest import Row
from assistant.evaluation.words import spelled
from commerce.ports import ReadOnlyShop
from commerce.types import LineOption, Product
from nlu.types import HeardLine, HeardOption, Slot, Understanding

TELLING = frozenset(
    {
        "price_min",
        "price_max",
        "rating_min",
        "ordinal",
        "order_number",
        "superlative",
        "exclude",
        "date",
        "time",
        "topic",
    }
)
"""Slots that change what is done: one that nobody labelled is a mistake. Others may tell more of the same request."""
CARRIED_OUT = frozenset(
    {"add_to_basket", "list_add", "remove_from_basket", "list_remove", "change_quantity", "reorder"}
)
"""Intents whose lines are carried out: with labelled lines, none may be added."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading got right and wrong."""

    intent: bool
    found: int
    """Slots and lines of the label that were understood."""
    missed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Intent, every labelled slot and every labelled line, and nothing added that changes what is done."""
        return self.intent and not self.missed and not self.added


def is_refused(heard: Understanding | None) -> bool:
    """Whether the dialogue would not act on it: no words, out of scope, or too unsure."""
    return heard is None or heard.intent == "out_of_scope" or heard.confidence < SURE


def score(row: Row, heard: Understanding | None, shop: ReadOnlyShop) -> Reading:
    """`row` has an intent. Nothing heard is a wrong intent with everything missed."""
    wanted = dict(row.slots or {})
    if "out_of_scope" in row.intents:
        return Reading(is_refused(heard), 0, (), ())
    if heard is None:
        lost = (*wanted, *(" or ".join(line.products) for line in row.lines or ()))
        return Reading(False, 0, lost, ())
    found, missed, added = 0, list[str](), list[str]()
    for name, value in wanted.items():
        if _has_slot(name, value, heard, shop):
            found += 1
        else:
            missed.append(f"{name}={value}")
    added += (
        [f"{slot.name}={slot.value}" for slot in heard.slots if slot.name in TELLING and slot.name not in wanted]
        if row.slots is not None
        else []
    )
    if row.lines is not None:
        right, without, more = _lines(row.lines, heard, shop)
        found, missed, added = found + right, missed + without, added + more
    return Reading(heard.intent in row.intents and not is_refused(heard), found, tuple(missed), tuple(added))


def _has_slot(name: str, value: labels.SlotLabel, heard: Understanding, shop: ReadOnlyShop) -> bool:
    if name == "product":
        return any(_names(str(value), said) for said in _products_said(heard, shop))
    if name == "quantity" and any(line.quantity == value for line in heard.lines):
        return True
    return any(slot.name == name and _same(value, slot) for slot in _told(heard))


def _products_said(heard: Understanding, shop: ReadOnlyShop) -> Iterator[str]:
    for line in heard.lines:
        product = _product(line, shop)
        yield f"{line.said} {product.title if product else ''}"
    yield " ".join(f"{slot.value} {slot.said}" for slot in heard.slots if slot.name in ("query", "category", "product"))


def _told(heard: Understanding) -> Iterator[Slot]:
    """The slots, and the choices said of lines."""
    yield from heard.slots
    for line in heard.lines:
        for option in line.options:
            yield Slot(option.name, label_of(option), option.said, option.span)


def _same(wanted: labels.SlotLabel, slot: Slot) -> bool:
    """Equal values; or words that stand in what was said, as people label "medium" where the shop has "M"."""
    if isinstance(wanted, bool) or isinstance(slot.value, bool):
        return str(wanted).casefold() == str(slot.value).casefold()
    if isinstance(wanted, int | float):
        return not isinstance(slot.value, str) and float(wanted) == float(slot.value)
    return str(wanted).casefold() == str(slot.value).casefold() or _names(wanted, f"{slot.value} {slot.said}")


def _lines(wanted: Sequence[labels.Line], heard: Understanding, shop: ReadOnlyShop) -> tuple[int, list[str], list[str]]:
    rest, found, missed = list(heard.lines), 0, list[str]()
    for line in wanted:
        at = next((place for place, one in enumerate(rest) if is_named(line, _product(one, shop))), None)
        if at is None:
            missed.append(f"line {' or '.join(line.products)}")
            continue
        got = rest.pop(at)
        told = {option.name: label_of(option) for option in got.options}
        if got.quantity == line.quantity and told == dict(line.options):
            found += 1
        else:
            missed.append(f"line {line.quantity} {line.products[0]} {dict(line.options)}, not {got.quantity} {told}")
    added = [f"line {line.said}" for line in rest] if heard.intent in CARRIED_OUT else []
    return found, missed, added


def is_named(wanted: labels.Line, product: Product | None, sku: str = "") -> bool:
    """Whether the label names this product, by id, SKU, title or one of its other names."""
    if product is None:
        return False
    names = {product.id, product.title, sku, *product.aliases, *(variant.sku for variant in product.variants)}
    return bool({name.casefold() for name in wanted.products} & {name.casefold() for name in names if name})


def labels_stand_in(row: Row, text: str, shop: ReadOnlyShop) -> bool:
    """Whether the text holds the words of every labelled product and choice, by any of the catalogue's names for it.

    What can be said of hearing where nobody wrote the words down.
    """
    said = spelled(text, row.language)
    for line in row.lines or ():
        named = [product for product in shop.products() if is_named(line, product)]
        names = [*line.products, *(name for product in named for name in (product.title, *product.aliases))]
        if not any(_names(spelled(name, row.language), said) for name in names):
            return False
        labels_said = (label.partition("/")[0] for label in line.options.values())
        if not all(_names(spelled(label, row.language), said) for label in labels_said):
            return False
    product = (row.slots or {}).get("product")
    return product is None or _names(spelled(str(product), row.language), said)


def _product(line: HeardLine, shop: ReadOnlyShop) -> Product | None:
    return shop.product(line.candidates[0].product_id) if line.candidates else None


def label_of(option: HeardOption | LineOption) -> str:
    """A choice as labels have it: "oat milk", or "oat milk/a little" where an amount was said."""
    return option.value + (f"/{option.amount}" if option.amount else "")


def _names(wanted: str, said: str) -> bool:
    """Whether every word of the label was said, plural or not."""
    return _stems(wanted) <= _stems(said)


def _stems(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return {re.sub(r"(?<=..)[es]+$", "", word) for word in words}
