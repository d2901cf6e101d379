"""The command `handla`."""

from __future__ import annotations

import gc
import importlib
import io
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer

from assistant import bootstrap, reports
from assistant.commands import server
from assistant.commands.agents import agents_app
from assistant.commands.alexa import alexa_app
from assistant.commands.customers import customer_app
from assistant.commands.devices import devices
from assistant.commands.dialogflow import dialogflow_app
from assistant.commands.evaluate import evaluate
from assistant.commands.fixtures import fixtures_app
from assistant.commands.handoffs import handoff_app
from assistant.commands.listen import listen
from assistant.commands.mcp import mcp
from assistant.commands.mistakes import UserMistake
from assistant.commands.outbox import outbox
from assistant.commands.printing import AsJson, print_json
from assistant.commands.shop import shop_app
from assistant.commands.speaking import Customer, conversation_name, who_speaks, with_voice
from assistant.phrases.book import BadPhrases
from assistant.pipeline import Assistant
from assistant.settings import BadSettings, Settings, read_settings
from assistant.surfaces.text import typed
from assistant.types import Reply, Turn
from commerce.refused import ImportRefused
from commerce.store import UnusableDatabase
from voice.devices import NoDevice
from voice.models import ModelError
from voice.types import BadAudio, Transcript

USER_MISTAKES = (BadSettings, BadPhrases, BadAudio, ImportRefused, ModelError, UnusableDatabase)
MISTAKE = 2
"""Exit code for what the user can mend."""
NO_DEVICE = 3
"""Exit code where no microphone or loudspeaker can be used."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
app.add_typer(shop_app, name="shop")
app.add_typer(dialogflow_app, name="dialogflow")
app.add_typer(alexa_app, name="alexa")
app.command()(listen)
app.command()(server.serve)
app.command()(server.key)
app.command()(mcp)
app.command()(devices)
app.command()(outbox)
app.command()(evaluate)
app.add_typer(handoff_app, name="handoffs")
app.add_typer(customer_app, name="customer")
app.add_typer(agents_app, name="agents")
app.add_typer(fixtures_app, name="fixtures")

CatalogueFile = Annotated[
    Path | None, typer.Option("--catalogue", help="Use this catalogue with a scratch database; see docs/catalogue.md.")
]
SessionName = Annotated[str, typer.Option("--session", help="The conversation to go on with.")]


@app.callback()
def _start(
    context: typer.Context,
    settings: Annotated[
        Path | None, typer.Option(help="Settings file; default: handla.toml where there is one.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is being done.")] = False,
) -> None:
    """A local, voice-first shopping assistant."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    context.obj = read_settings(settings)


@app.command()
def demo(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder for the spoken replies and the demo's shop.")] = Path("handla-demo"),
    script: Annotated[
        Path | None, typer.Option(help="JSON lines with `file` and `text`; default: the fixtures'.")
    ] = None,
) -> None:
    """Play a recorded shopping conversation through the whole of Handla."""
    from assistant.demo import run_demo

    run_demo(context.obj, out, script)


@app.command()
def hear(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="WAV, FLAC, OGG or MP3; each file is one turn.")],
    as_json: AsJson = False,
    catalogue: CatalogueFile = None,
    separate: Annotated[bool, typer.Option(help="Make each file a conversation of its own.")] = False,
    customer: Customer = None,
) -> None:
    """Answer recordings: each file is one turn of one conversation."""
    settings: Settings = context.obj
    assistant = bootstrap.open_assistant(settings, catalogue)
    ears = with_voice(bootstrap.open_ears, settings)
    who = who_speaks(assistant, settings, customer, catalogue)
    conversation = uuid4().hex
    failed = 0
    for number, file in enumerate(files, start=1):
        session = f"{conversation}-{number}" if separate else conversation
        try:
            heard = ears.hear(file, assistant.hints(session, who))
        except BadAudio as error:
            failed += 1
            if as_json:
                print_json({"file": str(file), "error": str(error)})
            typer.echo(str(error), err=True)
            continue
        turn = Turn(uuid4().hex, session, who, "file", settings.dialogue.language, heard.transcript, datetime.now(UTC))
        reply = assistant.handle(turn)
        if as_json:
            print_json(reports.hear_report(str(file), heard, reply, assistant.shop, who))
        else:
            _print_heard(str(file), heard.transcript, reply)
    if failed:
        raise typer.Exit(MISTAKE)


@app.command()
def understand(context: typer.Context, as_json: AsJson = False, catalogue: CatalogueFile = None) -> None:
    """Understand text lines on standard input, one understanding a line out; nothing is done."""
    settings: Settings = context.obj
    assistant = bootstrap.open_assistant(settings, catalogue)
    for line in _lines(sys.stdin.buffer if sys.stdin else ()):
        heard = assistant.understand(line, settings.dialogue.language, today=datetime.now(UTC).date())
        if as_json:
            print_json(reports.understanding_report(heard, assistant.shop, None))
        else:
            typer.echo(f"{heard.text}\n    {reports.summary(heard)}")


@app.command()
def say(
    context: typer.Context,
    text: str,
    session: SessionName = "terminal",
    customer: Customer = None,
    as_json: AsJson = False,
    turn_id: Annotated[str | None, typer.Option(help="The same id again gives the stored reply.")] = None,
) -> None:
    """One typed turn."""
    settings: Settings = context.obj
    assistant = bootstrap.open_assistant(settings)
    turn = _typed_turn(assistant, settings, text, session, customer)
    _print_reply(assistant.handle(replace(turn, id=turn_id or turn.id)), as_json)


@app.command()
def chat(
    context: typer.Context, session: SessionName = "terminal", customer: Customer = None, as_json: AsJson = False
) -> None:
    """Type with Handla until you say goodbye, or end the input."""
    settings: Settings = context.obj
    assistant = bootstrap.open_assistant(settings)
    if sys.stdin is None:
        return
    if sys.stdin.isatty() and not as_json:
        typer.echo('Type what you would say; "goodbye" ends.')
    while True:
        try:
            text = input("> " if sys.stdin.isatty() and not as_json else "")
        except (EOFError, KeyboardInterrupt):
            return
        reply = assistant.handle(_typed_turn(assistant, settings, text, session, customer))
        _print_reply(reply, as_json)
        if reply.ended:
            return


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def bench(context: typer.Context, name: str) -> None:
    """Run one measurement of benchmarks/ and print its JSON line; needs the source checkout."""
    folder = Path(__file__).parents[1] / "benchmarks"
    known = sorted(file.stem for file in folder.glob("[a-z]*.py"))
    if name not in known:
        there = f"known are: {', '.join(known)}" if known else "there is no folder benchmarks; run it from the checkout"
        raise UserMistake(f"no measurement {name}; {there}")
    sys.path.insert(0, str(folder.parent))
    importlib.import_module(f"benchmarks.{name}").main(context.args)


def main() -> None:
    """Run the command; a user's mistake is a sentence on standard error and exit code 2, no device 3."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    try:
        app()
    except (*USER_MISTAKES, UserMistake) as error:
        typer.echo(str(error), err=True)
        sys.exit(MISTAKE)
    except NoDevice as error:
        typer.echo(str(error), err=True)
        sys.exit(NO_DEVICE)
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        typer.echo(f"{error.filename or 'output'}: {error.strerror or error}", err=True)
        sys.exit(MISTAKE)


def _typed_turn(assistant: Assistant, settings: Settings, text: str, session: str, customer: str | None) -> Turn:
    who, name = who_speaks(assistant, settings, customer), conversation_name(session)
    language = settings.dialogue.language
    return Turn(uuid4().hex, name, who, "text", language, typed(text, language), datetime.now(UTC))


def _lines(stream: Any) -> Iterator[str]:
    for line in stream:
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


def _print_heard(file: str, transcript: Transcript, reply: Reply) -> None:
    words = transcript.text or f"[{transcript.refused}]"
    typer.echo(f"{file}\n    heard       {words} ({transcript.confidence:.2f})")
    typer.echo(f"    understood  {reports.summary(reply.understanding)}\n    said        {reply.text}")


def _print_reply(reply: Reply, as_json: bool) -> None:
    if as_json:
        print_json(reports.reply_report(reply))
    else:
        typer.echo(reply.text or ("[a person has the conversation]" if reply.handed_over else ""))


gc.freeze()  # to look through all that was imported, now and then and at the end, takes a fifth of a command's time
if __name__ == "__main__":
    main()
