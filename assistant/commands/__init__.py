"""What the command `handla` offers beside a conversation; `assistant.cli` is the way in."""
