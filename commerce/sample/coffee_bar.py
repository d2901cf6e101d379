"""The coffee bar of the sample shop: drinks made to order, with options instead of variants.

A drink's price is that of its defaults, so what is quoted is what is charged when nothing else is said.
"""

from __future__ import annotations

from commerce.sample.cards import Card, Json, choice, option, read_cards

CARDS = """
House Coffee | BAR-HOUSE | 2.90 | 400 | Handla Bar | hot coffee | 4.4 x212
  The coffee of the day from the big brewer.
  aka: regular coffee, coffee of the day, house blend, coffee, cup of coffee
  is: caffeine, vegan
Drip Coffee | BAR-DRIP | 3.10 | 400 | Handla Bar | hot coffee | 4.5 x140
  Filter coffee, brewed cup by cup.
  aka: filter coffee, pour over, black coffee, brewed coffee
  is: caffeine, vegan
Espresso | BAR-ESPR | 2.60 | 400 | Handla Bar | hot coffee | 4.6 x188
  A short, strong shot with a hazel crema.
  aka: shot of espresso
  is: caffeine, vegan
Americano | BAR-AMER | 3.20 | 400 | Handla Bar | hot coffee | 4.3 x97
  Espresso lengthened with hot water.
  aka: long black, cafe americano
  is: caffeine, vegan
Macchiato | BAR-MACC | 3.30 | 400 | Handla Bar | hot coffee | 4.4 x58
  Espresso with a spoon of milk foam.
  aka: espresso macchiato
  is: caffeine
Cortado | BAR-CORT | 3.60 | 400 | Handla Bar | hot coffee | 4.6 x49
  Equal parts of espresso and warm milk in a small glass.
  aka: gibraltar
  is: caffeine
Flat White | BAR-FLAT | 4.20 | 400 | Handla Bar | hot coffee | 4.7 x131
  A double shot under a thin layer of silky milk.
  is: caffeine
Cappuccino | BAR-CAPP | 4.10 | 400 | Handla Bar | hot coffee | 4.6 x176
  Espresso and steamed milk under thick foam.
  is: caffeine
  5 The foam stands up to a spoon of sugar.
Caffe Latte | BAR-LATT | 4.30 | 400 | Handla Bar | hot coffee | 4.6 x223
  Espresso with plenty of steamed milk.
  aka: latte, cafe latte, milk coffee
  is: caffeine
Caffe Mocha | BAR-MOCH | 4.70 | 400 | Handla Bar | hot coffee | 4.5 x119
  Espresso, chocolate and steamed milk.
  aka: mocha, chocolate coffee
  is: caffeine
Iced Coffee | BAR-ICED | 3.70 | 400 | Handla Bar | cold drinks | 4.3 x126
  Chilled coffee over ice.
  aka: ice coffee, cold coffee
  is: caffeine, vegan
Iced Latte | BAR-ILAT | 4.50 | 400 | Handla Bar | cold drinks | 4.5 x108
  Espresso and cold milk over ice.
  aka: ice latte
  is: caffeine
Iced Mocha | BAR-IMOC | 4.90 | 400 | Handla Bar | cold drinks | 4.4 x91
  Espresso, chocolate and cold milk over ice.
  aka: ice mocha, iced chocolate coffee
  is: caffeine
Cold Brew | BAR-COLD | 4.20 | 60 | Handla Bar | cold drinks | 4.6 x84
  Steeped for eighteen hours, smooth and strong.
  aka: cold brew coffee
  is: caffeine, vegan
Chai Latte | BAR-CHAI | 4.40 | 400 | Handla Bar | tea and chocolate | 4.5 x102
  Spiced black tea with steamed milk.
  aka: chai, chai tea, spiced tea
  is: caffeine
Hot Chocolate | BAR-CHOC | 4.10 | 400 | Handla Bar | tea and chocolate | 4.7 x137
  Dark chocolate melted into hot milk.
  aka: cocoa, drinking chocolate
  is: !caffeine
Matcha Latte | BAR-MATC | 4.80 | 400 | Handla Bar | tea and chocolate | 4.3 x65
  Whisked green tea with steamed milk.
  aka: matcha, green tea latte
  is: caffeine
Cup of Tea | BAR-TEA | 2.70 | 400 | Handla Bar | tea and chocolate | 4.4 x76
  A cup of tea of your choice.
  aka: hot tea, tea
  is: vegan
Lemon Iced Tea | BAR-ITEA | 3.50 | 0 | Handla Bar | cold drinks | 4.2 x43
  Black tea with lemon over ice.
  aka: iced tea, ice tea
  is: caffeine, vegan
Steamed Milk | BAR-STEM | 2.50 | 400 | Handla Bar | tea and chocolate | 4.1 x28
  Warm foamed milk, also for children.
  aka: steamer, warm milk, hot milk
  is: !caffeine, recipient=children
"""

BREWED = {"House Coffee", "Drip Coffee", "Iced Coffee", "Cold Brew"}
ESPRESSO_BASED = {
    "Espresso",
    "Americano",
    "Macchiato",
    "Cortado",
    "Flat White",
    "Cappuccino",
    "Caffe Latte",
    "Caffe Mocha",
    "Iced Latte",
    "Iced Mocha",
}
WITHOUT_MILK = BREWED | {"Espresso", "Americano", "Cup of Tea", "Lemon Iced Tea"}
"""Drinks that come black unless milk is asked for."""
DOUBLE = {"Flat White"}
SHOTS = (
    ("single shot", "single", "one shot"),
    ("double shot", "double", "two shots", "doppio"),
    ("triple shot", "triple", "three shots"),
)


def cards() -> list[Card]:
    found = read_cards(CARDS, "coffee bar", {})
    for card in found:
        card.options = _options(card.title)
    return found


def _options(title: str) -> list[Json]:
    options = [_size()]
    if title in BREWED | ESPRESSO_BASED:
        options.append(_roast())
    if title in BREWED | ESPRESSO_BASED | {"Chai Latte"}:
        options.append(_shots(2 if title in DOUBLE else 1 if title in ESPRESSO_BASED else 0))
    if title == "Cup of Tea":
        options.append(_tea())
    options.append(_milk(None if title in WITHOUT_MILK else "whole milk"))
    options.append(_sweetener())
    if title in BREWED | ESPRESSO_BASED | {"Hot Chocolate", "Steamed Milk"}:
        options.append(_syrup())
    return options


def _size() -> Json:
    sizes = [
        choice("small", "eight ounce", "8 ounce", "short", extra=-40),
        choice("medium", "twelve ounce", "12 ounce", "regular size", "tall"),
        choice("large", "sixteen ounce", "16 ounce", "big", extra=50),
        choice("extra large", "twenty ounce", "20 ounce", extra=90),
    ]
    return option("size", sizes, required=True, default="medium")


def _roast() -> Json:
    roasts = [choice(f"{colour} roast", colour, f"{colour} roasted") for colour in ("light", "medium", "dark")]
    return option("roast", roasts, default="medium roast")


def _shots(included: int) -> Json:
    """`included` of them cost nothing, and fewer do not make the drink cheaper; "an extra shot" is one more."""
    shots = []
    for count, (label, *names) in enumerate(SHOTS, start=1):
        extra_shot = ["extra shot"] if count == included + 1 else []
        shots.append(choice(label, *names, *extra_shot, extra=80 * max(0, count - included)))
    return option("shots", shots, default=SHOTS[included - 1][0] if included else None)


def _tea() -> Json:
    teas = [
        choice("breakfast tea", "black tea", "english breakfast"),
        choice("green tea", "green"),
        choice("peppermint tea", "peppermint", "mint", "mint tea"),
        choice("rooibos tea", "rooibos", "red bush"),
    ]
    return option("tea", teas, required=True)


def _milk(default: str | None) -> Json:
    milks = [
        choice("whole milk", "milk", "regular milk", "full fat milk"),
        choice("skim milk", "skimmed milk", "fat free milk", "nonfat milk"),
        choice("soy milk", "soya milk", extra=40),
        choice("oat milk", "oat", extra=60),
        choice("almond milk", "almond", extra=60),
        choice("cream", "single cream", "half and half", extra=30),
    ]
    return option("milk", milks, default=default, amounts=True)


def _sweetener() -> Json:
    sweeteners = [
        choice("sugar", "white sugar", "sugars"),
        choice("brown sugar", "raw sugar", "cane sugar"),
        choice("honey", "spoon of honey", extra=30),
        choice("sweetener", "artificial sweetener", "stevia", "sugar substitute"),
    ]
    return option("sweetener", sweeteners, amounts=True)


def _syrup() -> Json:
    syrups = [choice(f"{taste} syrup", taste, extra=60) for taste in ("vanilla", "caramel", "hazelnut")]
    return option("syrup", syrups, amounts=True, several=True)
