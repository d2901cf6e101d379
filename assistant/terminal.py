"""What a person sees on the terminal: lines that stay, one that lives, tables, and how far work has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType

from rich.box import SIMPLE_HEAD
from rich.console import Console as Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table
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


def table(console: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; the first column is text, the others are figures."""
    console.print(Text(f"\n{title}", style="bold"))
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        shown.add_column(column, justify="right" if number else "left", min_width=max(map(len, column.split())))
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    console.print(shown)


@contextmanager
def progress(console: Console, what: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on `console`; the function given is told how much more is done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console) as shown:
        task = shown.add_task(what, total=total, completed=done)
        yield lambda more: shown.advance(task, more)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.1f}/s" if task.speed else "", style="dim")
