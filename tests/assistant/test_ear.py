from __future__ import annotations

import pytest

from assistant.phrases.book import read_phrases
from assistant.phrases.ear import aloud


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Free delivery over $50, else $4.90.", "Free delivery over 50 dollars, else 4 dollars and 90 cents."),
        ("en", "It is €1, not £2.01.", "It is 1 euro, not 2 pounds and 1 penny."),
        ("sv", "Fri frakt över €50.", "Fri frakt över 50 euro."),
        ("en", "From $1,000 on.", "From $1,000 on."),  # no guess at what the comma means
    ],
)
def test_a_price_in_a_merchants_text_is_said_in_words(language: str, text: str, said: str) -> None:
    assert aloud(text, read_phrases(language)) == said
