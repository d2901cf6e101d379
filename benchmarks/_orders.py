"""The 60 recorded coffee orders: a coffee bar's names, and whether an order was understood as its label says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from nlu import Vocabulary, parse
from nlu.types import Term, Understanding

LABELS = Path("../shared/data/speech/orders/labels.jsonl")

_DRINKS = "americano, cappuccino, coffee, drip coffee, espresso, house coffee, iced coffee, iced mocha, latte, mocha"
_CHOICES = {
    "size": "small, medium, large, eight ounce, twelve ounce, sixteen ounce, twenty ounce",
    "roast": "light roast, medium roast, dark roast",
    "numberOfShots": "single shot, double shot, triple shot",
}
_DOSED = {
    "milkAmount": "milk, cream, skim milk, soy milk, almond milk, whole milk",
    "sugarAmount": "sugar, brown sugar, sweetener",
}
_AMOUNTS = {"a little bit of": "a little", "a bit of": "a little", "lots of": "a lot", "a lot of": "a lot"}
_AMOUNTS["some"] = "some"


def coffee_bar() -> Vocabulary:
    """The names of the coffee bar that the orders were made at."""
    drinks = tuple(_DRINKS.split(", "))
    terms = [Term("product", drink, drink, (drink,)) for drink in drinks]
    for dosed, options in ((False, _CHOICES), (True, _DOSED)):
        for name, values in options.items():
            terms += [Term("option", name, value, (value,), drinks, dosed) for value in values.split(", ")]
    return Vocabulary(terms, "USD")


def measure_orders(transcripts: Path) -> dict[str, object]:
    """The share of orders with every labelled slot right and nothing added.

    `transcripts` holds JSON lines with `file` and `text`, as `handla hear --json` and other recognisers can be made to
    write. What the recogniser misheard beyond recognition counts against the figure too.
    """
    if not LABELS.exists():
        return {"skipped": f"{LABELS} is not there"}
    labels = {row["file"]: row["slots"] for row in _rows(LABELS)}
    vocabulary = coffee_bar()
    rows = [(row["text"], labels[row["file"]]) for row in _rows(transcripts)]
    right = sum(is_right(parse(text, vocabulary), slots) for text, slots in rows)
    return {"orders": len(rows), "right": right, "share": round(right / max(len(rows), 1), 3)}


def is_right(heard: Understanding, slots: Mapping[str, str]) -> bool:
    """Whether exactly the labelled drink, with exactly the labelled choices and amounts, would be ordered once."""
    if heard.intent != "add_to_basket" or len(heard.lines) != 1 or heard.lines[0].quantity != 1:
        return False
    line = heard.lines[0]
    drink = line.candidates[0].product_id if line.candidates else ""
    wanted = {(name, *amount_of(value)) for name, value in slots.items() if name != "coffeeDrink"}
    return drink == slots["coffeeDrink"] and wanted == {(o.name, o.amount, o.value) for o in line.options}


def amount_of(value: str) -> tuple[str | None, str]:
    for said, amount in _AMOUNTS.items():
        if value.startswith(f"{said} "):
            return amount, value.removeprefix(f"{said} ")
    return None, value


def _rows(path: Path) -> Iterator[dict[str, object] | dict[str, dict[str, str]]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)
