"""What can be asked about one product: what people say of it, and what the shop knows of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from commerce.types import AttributeValue, Product, Review
from commerce.words import Likeness, terms

LIKED = 4
"""Stars from which a review is praise."""


@dataclass(frozen=True, slots=True)
class ReviewSummary:
    """What people say about a product; every figure counted and every quote as it was written."""

    rating: float | None
    """1..5, mean of all ratings."""
    ratings: int
    """How many people gave one, most of them without words."""
    written: int
    """Reviews in words; with a subject, those that mention it."""
    praise: tuple[Review, ...]
    """Of those the ones with four stars or five, best first."""
    complaints: tuple[Review, ...]
    """And the ones with three stars or fewer, worst first."""


@dataclass(frozen=True, slots=True)
class Specification:
    """What a shop knows about one property of a product."""

    name: str
    """As the merchant calls it: 'weight_grams'."""
    values: tuple[AttributeValue, ...]
    """One, or all that can be chosen."""
    unit: str = ""
    """'grams', 'ml' ...; empty where there is none."""


def reviews(product: Product, about: str = "") -> ReviewSummary:
    """All reviews of a product, or those that mention a subject in any of its words, "comfortable" or "the sleeves"."""
    asked = terms(about)
    told = [review for review in product.reviews if not asked or _mentions(review, asked)]
    praise = sorted((review for review in told if review.stars >= LIKED), key=lambda review: -review.stars)
    complaints = sorted((review for review in told if review.stars < LIKED), key=lambda review: review.stars)
    return ReviewSummary(product.rating, product.rating_count, len(told), tuple(praise), tuple(complaints))


def specification(product: Product, asked: str) -> Specification | None:
    """The property that the words name: "weight", "what sizes does it come in"; None where the shop does not know.

    Choices come before a plain attribute of the same name. A number's unit is the last part of its name.
    """
    heard = set(terms(asked))
    known: dict[str, tuple[AttributeValue, ...]] = {name: (value,) for name, value in product.attributes.items()}
    known |= {option.name: tuple(choice.label for choice in option.choices) for option in product.options}
    for name, values in known.items():
        parts = terms(name.replace("_", " "))
        measured = len(parts) > 1 and isinstance(values[0], int | float) and not isinstance(values[0], bool)
        named = parts[:-1] if measured else parts
        if named and all(_heard(part, heard) for part in named):
            return Specification(name, values, parts[-1] if measured else "")
    return None


def _mentions(review: Review, asked: list[str]) -> bool:
    said = set(terms(review.text))
    return any(_heard(word, said) for word in asked)


def _heard(word: str, said: set[str]) -> bool:
    """Whether the word was said, with whatever ending."""
    return any(likeness >= 0.9 for _, likeness in Likeness(said).alike(word))
