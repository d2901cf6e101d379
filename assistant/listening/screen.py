"""What one sees of a conversation at a microphone."""

from __future__ import annotations

from collections.abc import Callable

from assistant import reports
from assistant.listening.answering import Answer
from assistant.listening.records import milliseconds, words_of
from assistant.terminal import LiveLine
from voice.floor import Hold, Ignore, Resume, State, Stop
from voice.loop import Answered, Level, Sounded, Told
from voice.mouth import Trouble

Show = Callable[[Told], None]

_STATES: dict[State, str] = {
    "asleep": "asleep, waiting for the wake phrase",
    "closed": "press Enter to speak",
    "listening": "listening",
    "thinking": "thinking",
    "speaking": "speaking",
    "held": "waiting for you",
    "over": "",
}
_BAR = 12
"""Characters of the level."""
_FLOOR = -60.0
"""Decibels at which the level is empty."""


def on_screen(line: LiveLine) -> Show:
    """Who said what, milliseconds per stage, and a line with level, state and the words as they come."""

    def show(what: Told) -> None:
        match what:
            case Level(decibels, state, words):
                line.show(f"{bar(decibels)} {_STATES[state]}" + (f"  {words}" if words else ""))
            case Answered(_, turn, Answer() as answer):
                line.print(f"you     {words_of(turn, answer) or '[' + str(turn.transcript.refused) + ']'}")
                line.print(f"        {reports.summary(answer.reply.understanding)}", style="dim")
                line.print(f"handla  {answer.reply.text}", style="bold")
            case Sounded(_, moments):
                stages = milliseconds(moments)
                line.print("        ms  " + "  ".join(f"{name} {ms:.0f}" for name, ms in stages.items()), style="dim")
            case Hold():
                line.print("        (stopped to listen)", style="dim")
            case Resume():
                line.print("        (goes on)", style="dim")
            case Ignore(turn, why) if turn.transcript.text:
                line.print(f"        ({why}: {turn.transcript.text})", style="dim")
            case Trouble(message):
                line.print(message, style="yellow")
            case Stop("silence"):
                line.print("Ended: nobody spoke.")

    return show


def quietly(line: LiveLine) -> Show:
    """Who said what, and trouble."""

    def show(what: Told) -> None:
        match what:
            case Answered(_, turn, Answer() as answer):
                line.print(f"you     {words_of(turn, answer) or '[' + str(turn.transcript.refused) + ']'}")
                line.print(f"handla  {answer.reply.text}")
            case Trouble(message):
                line.print(message)

    return show


def bar(decibels: float) -> str:
    """The level as a bar."""
    full = round(_BAR * min(1.0, max(0.0, 1 - decibels / _FLOOR)))
    return "▮" * full + "▯" * (_BAR - full)
