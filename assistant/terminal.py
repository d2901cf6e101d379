"""What a person sees on the terminal: lines that stay, and one that lives."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console as Console
from rich.live import Live
from rich.text import Text


class LiveLine:
    """A line at the bottom that changes while others are printed above it. Use as a context manager.

    Where the output is no terminal there is only what is printed.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._live = Live(console=console, refresh_per_second=12, transient=True) if console.is_terminal else None

    def show(self, text: str) -> None:
        if self._live is not None:
            self._live.update(Text(text, no_wrap=True, overflow="ellipsis", style="dim"))

    def print(self, text: str, style: str | None = None) -> None:
        """A line that stays."""
        self.console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> LiveLine:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
