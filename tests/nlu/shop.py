"""A small shop's names, for tests of understanding."""

from __future__ import annotations

from nlu import Vocabulary
from nlu.types import Term

DRINKS = ("latte", "cappuccino", "espresso", "mocha", "coffee")


def small_shop(currency: str = "USD") -> Vocabulary:
    """Groceries, jackets and a coffee bar."""
    return Vocabulary([*_products(), *_options(), *_kinds()], currency)


def _products() -> list[Term]:
    named = {
        "latte": ("caffe latte", "latte"),
        "cappuccino": ("cappuccino",),
        "espresso": ("espresso",),
        "mocha": ("mocha",),
        "coffee": ("house coffee", "coffee"),
        "beans": ("dark roast coffee beans", "dark roast", "coffee beans"),
        "oat-milk": ("oat milk",),
        "whole-milk": ("whole milk", "milk"),
        "bread": ("rye bread", "bread"),
        "butter": ("salted butter", "butter"),
        "crisps": ("salt and vinegar crisps", "crisps"),
        "olive-oil": ("olive oil",),
        "shell": ("rain shell jacket", "rain jacket"),
        "parka": ("arctic winter parka", "winter jacket", "parka"),
        "puffer": ("down puffer", "winter jacket", "puffer"),
        "quilted": ("quilted winter jacket", "winter jacket"),
        "lamp": ("kitchen light",),
        "apples": ("red apples", "apples"),
    }
    return [Term("product", product_id, names[0].title(), names) for product_id, names in named.items()]


def _options() -> list[Term]:
    milky = tuple(drink for drink in DRINKS if drink != "espresso")
    return [
        *(Term("option", "size", label, names, DRINKS) for label, names in _SIZES.items()),
        Term("option", "size", "M", ("m", "medium"), ("shell", "parka")),
        *(
            Term("option", "roast", f"{kind} roast", (f"{kind} roast", kind), DRINKS)
            for kind in ("light", "medium", "dark")
        ),
        *(Term("option", "milk", label, names, milky, amounts=True) for label, names in _MILKS.items()),
        *(Term("option", "sweetener", label, (label,), DRINKS, amounts=True) for label in ("sugar", "brown sugar")),
    ]


_SIZES = {
    "small": ("small", "eight ounce"),
    "medium": ("medium", "twelve ounce"),
    "large": ("large", "sixteen ounce"),
}
_MILKS = {"whole milk": ("whole milk", "milk"), "oat milk": ("oat milk",)}


def _kinds() -> list[Term]:
    return [
        *(Term("category", "", name, (name,)) for name in ("jackets", "groceries", "coffee bar")),
        Term("brand", "", "Norrvik", ("norrvik",)),
        *(Term("attribute", "colour", colour, (colour,)) for colour in ("black", "red", "blue")),
        Term("attribute", "waterproof", "true", ("waterproof",)),
        Term("attribute", "season", "winter", ("winter",)),
        Term("attribute", "warmth", "warm", ("warm",)),
    ]
