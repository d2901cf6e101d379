from __future__ import annotations

import pytest

from voice.clauses import clauses, sentences


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("Done. Order 12 is placed.", ["Done.", "Order 12 is placed."]),
        ("Which  one?\nThe blue one!", ["Which one?", "The blue one!"]),
        ("Added the parka, M. Anything else?", ["Added the parka, M.", "Anything else?"]),
        ("It costs 4.50 at St. Mary's, e.g. on Mondays.", ["It costs 4.50 at St. Mary's, e.g. on Mondays."]),
        ("See no. 5 on the list.", ["See no. 5 on the list."]),
        ('One says: "Warm." Another says: "Too warm."', ['One says: "Warm.', 'Another says: "Too warm."']),
        ("Klart. Återkom gärna!", ["Klart.", "Återkom gärna!"]),
        (" ... ! ", []),
        ("", []),
    ],
)
def test_a_text_is_cut_into_its_sentences(text: str, cut: list[str]) -> None:
    assert sentences(text) == cut


@pytest.mark.parametrize(
    ("sentence", "cut"),
    [
        ("Which one would you like?", 1),
        ("The parka, M, is in your basket.", 1),  # either part would be too short
        ("I found the Harbor Winter Parka, and two that cost a little less.", 2),
        ("It costs 1,000 dollars and is on its way to you.", 1),
        ("That is five words here, then six words follow after it, " + "and one more, " * 12 + "the end.", 3),
    ],
)
def test_a_sentence_is_cut_where_one_draws_breath(sentence: str, cut: int) -> None:
    pieces = clauses(sentence)

    assert len(pieces) == cut
    assert " ".join(pieces) == sentence


def test_the_first_piece_is_short_and_each_is_made_while_those_before_it_sound() -> None:
    words = "the first one here, and then some more, " * 20

    lengths = [len(piece.split()) for piece in clauses(f"I found {words}and that is all.")]
    assert lengths[0] == 6
    assert all(4 <= length <= 4 * sum(lengths[:place]) + 4 for place, length in enumerate(lengths) if place)
    assert lengths[1] > lengths[0]
