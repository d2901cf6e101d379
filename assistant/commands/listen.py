"""Command: a conversation at the microphone."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread, Timer
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from assistant import bootstrap
from assistant.commands.mistakes import UserMistake
from assistant.commands.printing import AsJson, print_json
from assistant.commands.speaking import Customer, conversation_name, who_speaks, with_voice
from assistant.settings import Settings
from assistant.terminal import Console, LiveLine

if TYPE_CHECKING:  # sound needs the extra `voice`; words alone do not
    from assistant.listening.room import Room
    from assistant.listening.screen import Show
    from voice.floor import FloorSettings

_NO_CANCELLER = (
    "Handla cannot tell its own voice from yours here, so it hears nothing while it speaks. To interrupt it: "
    "pip install 'handla[echo]', or use headphones and set listening.echo to \"headphones\"."
)


@dataclass(frozen=True, slots=True)
class _Way:
    """How this conversation goes, beside the settings."""

    session: str
    customer: str | None
    push_to_talk: bool
    quiet: bool
    as_json: bool
    record: Path | None
    seconds: float | None


def listen(
    context: typer.Context,
    microphone: Annotated[str | None, typer.Option("--input", help="Number or part of the name; see devices.")] = None,
    loudspeaker: Annotated[str | None, typer.Option("--output", help="The same.")] = None,
    push_to_talk: Annotated[bool, typer.Option(help="Listen only after Enter; Enter again ends the turn.")] = False,
    wake: Annotated[str | None, typer.Option(help='Wait for these words, such as "hey Handla".')] = None,
    half_duplex: Annotated[bool, typer.Option(help="Hear nothing while speaking.")] = False,
    quiet: Annotated[bool, typer.Option(help="Show only who said what.")] = False,
    as_json: AsJson = False,
    record: Annotated[Path | None, typer.Option(help="Keep each turn as sound and fixture row in this folder.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Record without asking.")] = False,
    customer: Customer = None,
    session: Annotated[str | None, typer.Option(help="The conversation to go on with; default: a new one.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="End after so many seconds.")] = None,
) -> None:
    """Talk with Handla at the microphone, until you say goodbye or press Ctrl-C."""
    settings: Settings = context.obj
    session = conversation_name(session or uuid4().hex[:12])
    if record is not None and not yes and not _may_record(record):
        raise UserMistake("Nothing is recorded without a yes: leave out --record, or give --yes.")
    given: dict[str, Any] = {"microphone": microphone, "loudspeaker": loudspeaker, "wake": wake}
    given["echo"] = "half-duplex" if half_duplex else None
    listening = settings.listening.model_copy(update={name: value for name, value in given.items() if value})
    way = _Way(session, customer, push_to_talk, quiet, as_json, record, seconds)
    _talk(settings.model_copy(update={"listening": listening}), way)


def _talk(settings: Settings, way: _Way) -> None:
    floor: FloorSettings = with_voice(_floor, settings, way)
    line = LiveLine(Console(stderr=way.as_json, highlight=False, soft_wrap=True))
    line.print("Loading Whisper and the voice ...", style="dim")
    room: Room = with_voice(bootstrap.open_room, settings)
    from assistant.listening.answering import Conversation
    from assistant.listening.session import talk
    from voice.loop import Pressed, Quit

    assistant = bootstrap.open_assistant(settings)
    conversation = Conversation(way.session, who_speaks(assistant, settings, way.customer), settings.dialogue.language)
    if settings.listening.echo == "cancel" and room.canceller is None:
        line.print(_NO_CANCELLER, style="yellow")
        floor = replace(floor, half_duplex=True)
    show = _with_keeping(_shown(line, way), way, conversation, assistant.shop)
    with ExitStack() as stack:
        stack.callback(room.close)
        stack.enter_context(_keys(lambda: room.inbox.put(Pressed())))
        if way.seconds is not None:
            stack.enter_context(_after(way.seconds, lambda: room.inbox.put(Quit())))
        stack.enter_context(line)
        talk(assistant, conversation, room, floor, show)


def _floor(settings: Settings, way: _Way) -> FloorSettings:
    from assistant.listening.session import floor_settings

    try:
        return floor_settings(settings.listening, settings.dialogue.language, push_to_talk=way.push_to_talk)
    except ValueError as error:
        raise UserMistake(str(error)) from error


def _shown(line: LiveLine, way: _Way) -> Show:
    from assistant.listening import records, screen

    if not way.as_json:
        return screen.quietly(line) if way.quiet else screen.on_screen(line)

    begun = False

    def show(what: Any) -> None:
        nonlocal begun
        report = records.event_report(what)
        if report is not None:
            print_json(report)
        elif not begun:  # the first sound has come
            begun = True
            print_json({"event": "listening", "session": way.session})

    return show


def _with_keeping(show: Show, way: _Way, conversation: Any, shop: Any) -> Show:
    from assistant.listening.answering import Answer
    from assistant.listening.records import Keeper
    from voice.loop import Answered

    if way.record is None:
        return show
    keeper = Keeper(way.record, conversation, shop)

    def keep_and_show(what: Any) -> None:
        match what:
            case Answered(_, turn, Answer() as answer):
                keeper.keep(turn, answer)
        show(what)

    return keep_and_show


def _may_record(folder: Path) -> bool:
    """Ask once; without a terminal nobody can say yes."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    return typer.confirm(f"Keep the sound of what is said, with its words, in {folder}?", err=True)


@contextmanager
def _keys(pressed: Callable[[], None]) -> Iterator[None]:
    """`pressed` for each Enter on the terminal, where there is one."""
    over = Event()

    def read() -> None:
        waiting = sys.stdin.fileno()
        while not over.is_set():
            ready, _, _ = select.select([waiting], [], [], 0.2)
            if ready:
                text = os.read(waiting, 1024)
                if not text:
                    return
                for _ in range(text.count(b"\n")):
                    pressed()

    thread = Thread(target=read, name="keys", daemon=True)
    if sys.stdin is not None and sys.stdin.isatty():
        thread.start()
    try:
        yield
    finally:
        over.set()
        if thread.is_alive():
            thread.join()


@contextmanager
def _after(seconds: float, do: Callable[[], None]) -> Iterator[None]:
    timer = Timer(seconds, do)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
