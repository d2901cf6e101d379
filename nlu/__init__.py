"""Understanding: intents, slots and catalogue entries from text; knows language, never sound or a shop's database."""

from nlu.parse import parse
from nlu.vocabulary import Vocabulary

__all__ = ["Vocabulary", "parse"]
