"""What a turn leads to, by subject: each chapter is pure, and `assistant.dialogue` is their contents page."""
