"""What the command line answers to something it cannot do."""

from __future__ import annotations


class UserMistake(Exception):
    """Something asked of the command line that cannot be; the message says what would be right."""
