"""What stands on a screen as it is said aloud: signs, units of measure, and labels such as sizes. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.phrases.book import Phrases

MEASURE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s?(°C|%|[A-Za-z]{1,3})(?![\w%])")
"""A number and what may be a unit."""
PRICE = re.compile(r"([$€£])\s?(\d+)(?:\.(\d\d))?(?![.,]?\d)")
"""A price as a merchant writes it in a text: "$50", "$4.90"."""
CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP"}
SIGN = re.compile(r"\s*([&×+@])\s*")


def aloud(text: str, phrases: Phrases) -> str:
    """The text with the signs and units the language has words for in words: "500 g" -> "500 grams"."""
    priced = PRICE.sub(lambda found: _price(found, phrases), text)
    measured = MEASURE.sub(lambda found: _measure(found, phrases), priced)
    return SIGN.sub(lambda found: _sign(found, phrases), measured).strip()


def called(label: str, phrases: Phrases, many: bool = False) -> str:
    """What the language calls a word of the catalogue; the word itself where it has none. `many`: said of several."""
    named = _word(label, phrases, ".many" if many else "") or _word(label, phrases)
    return named or label.replace("_", " ")


def called_aloud(label: str, phrases: Phrases, many: bool = False) -> str:
    """The same as it is said: "XL" -> "extra large"."""
    return _word(label, phrases, ".speech") or aloud(called(label, phrases, many), phrases)


def labels_at_the_end(title: str, phrases: Phrases) -> tuple[str, list[str]]:
    """A title without the labels of a variant that it ends in, and those: "Trail Jacket, black, XL"."""
    parts = title.split(", ")
    name = len(parts)
    while name > 1 and (_word(parts[name - 1], phrases) or _word(parts[name - 1], phrases, ".speech")):
        name -= 1
    return ", ".join(parts[:name]), parts[name:]


def _word(label: str, phrases: Phrases, form: str = "") -> str | None:
    found = phrases.get(f"word.{label.casefold().replace('_', ' ')}{form}")
    return found[0] if found else None


def _measure(found: re.Match[str], phrases: Phrases) -> str:
    number, unit = found.groups()
    names = phrases.get(f"ear.unit.{unit}")
    return f"{number} {names[0 if number == '1' else -1]}" if names else found[0]


def _price(found: re.Match[str], phrases: Phrases) -> str:
    names = phrases.get(f"money.{CURRENCIES[found[1]]}")
    if not names:
        return found[0]
    major, minor = int(found[2]), int(found[3] or 0)
    whole = names[0 if major == 1 else 1].format(count=major)
    rest = names[2 if minor == 1 else 3].format(count=minor)
    return phrases["money.and"][0].format(major=whole, minor=rest) if minor else whole


def _sign(found: re.Match[str], phrases: Phrases) -> str:
    names = phrases.get(f"ear.sign.{found[1]}")
    return f" {names[0]} " if names else found[0]
