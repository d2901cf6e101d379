"""What an import answers when a merchant's file cannot be taken as it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

SHOWN = 20


class ImportRefused(ValueError):
    """A file was refused; nothing of it was imported.

    `faults` holds every fault as one line: file, place, field, what is wrong, what to give instead. The message shows
    the first 20 and counts the rest.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self._shown()))

    def _shown(self) -> list[str]:
        hidden = len(self.faults) - SHOWN
        if hidden <= 0:
            return list(self.faults)
        return [*self.faults[:SHOWN], f"... and {hidden} more fault{'s' if hidden > 1 else ''}."]


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name most like `name`, or None when none is alike."""
    by_lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None
