"""Understanding: intents, slots and catalogue entries from text. Knows language, never sound, never a shop's database."""
