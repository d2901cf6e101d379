from __future__ import annotations

import pytest

from assistant.phrases.prepared import prepared


@pytest.mark.parametrize(("language", "said"), [("en", "Which one would you like?"), ("sv", "Vilken vill du ha?")])
def test_what_is_made_ahead_is_what_everybody_is_told(language: str, said: str) -> None:
    sentences = prepared(language)

    assert said in sentences
    assert not [sentence for sentence in sentences if "{" in sentence or sentence[-1] not in ".?!"]
