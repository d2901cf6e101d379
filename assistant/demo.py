"""The recorded shopping conversation of `handla demo`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import bootstrap, reports
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.stopwatch import Stopwatch
from assistant.terminal import Console
from assistant.types import Reply, Turn
from voice.types import BadAudio

if TYPE_CHECKING:
    from assistant.ears import Ears, Heard
    from voice.ports import Speaker, TextToSpeech

SCRIPT = Path(__file__).parents[1] / "audio_fixtures" / "demo.jsonl"
SESSION = "demo"
CUSTOMER = "C001"


@dataclass(frozen=True, slots=True)
class _Stage:
    """What the demo is played on."""

    assistant: Assistant
    ears: Ears
    mouth: TextToSpeech
    speaker: Speaker | None
    out: Path
    console: Console


def run_demo(settings: Settings, out: Path, script: Path | None) -> None:
    """Play the script's recordings, print each turn, and keep the spoken replies in `out`.

    The shop is `out`/shop.db, and a turn's id is its place in the script: playing it again orders nothing more.
    Raises BadAudio for a script that is missing or wrong.
    """
    turns = _read(script or SCRIPT)
    out.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False, soft_wrap=True)
    console.print("[dim]Loading Whisper and the voice ...[/dim]")
    database = {"database": f"sqlite:///{out / 'shop.db'}", "sample": True}
    settings = settings.model_copy(update={"shop": settings.shop.model_copy(update=database)})
    assistant = bootstrap.open_assistant(settings)
    stage = _Stage(
        assistant, bootstrap.open_ears(settings), bootstrap.open_mouth(settings), _speaker(console), out, console
    )
    for number, (file, _) in enumerate(turns, start=1):
        _play(stage, number, file)
    _show_orders(stage)


def _play(stage: _Stage, number: int, file: Path) -> None:
    """One turn; "speak" is the time to the reply's first sentence, after which the rest can be made while it plays."""
    heard = stage.ears.hear(file, stage.assistant.hints(SESSION, CUSTOMER))
    turn = Turn(f"demo-{number}", SESSION, CUSTOMER, "file", "en", heard.transcript, datetime.now(UTC))
    reply = stage.assistant.handle(turn)
    watch = Stopwatch()
    target = stage.out / f"{number:02d}.wav"
    from voice.wav import write_wav

    sentences = stage.mouth.speak(reply.speech)
    with watch.stage("speak"):
        first = list(islice(sentences, 1))
    sound = [*first, *sentences]
    write_wav(target, sound)
    _show(stage.console, number, heard, reply, watch.milliseconds["speak"])
    if stage.speaker is not None:
        stage.speaker.play(sound)


def _show(console: Console, number: int, heard: Heard, reply: Reply, speak_ms: float) -> None:
    words = heard.transcript.text or f"[{heard.transcript.refused}]"
    stages = {**heard.timings_ms, **reply.timings_ms, "speak": speak_ms}
    done = reply.done
    what = (
        f"{done.action} {done.outcome}" + (f", number {done.order_number}" if done.order_number else "")
        if done
        else "-"
    )
    console.print(f"\n[bold]{number}[/bold] heard       {words}", markup=True)
    console.print(f"  understood  {reports.summary(reply.understanding)}", markup=False)
    console.print(f"  done        {what}" + (" (before; not again)" if reply.repeated else ""), markup=False)
    console.print(f"  said        {reply.text}", markup=False)
    console.print("  ms          " + "  ".join(f"{name} {ms:.0f}" for name, ms in stages.items()), markup=False)


def _show_orders(stage: _Stage) -> None:
    replies = stage.assistant.replies(SESSION, CUSTOMER)
    placed = [reply.done.order_number for reply in replies if reply.done and reply.done.outcome == "placed"]
    count = len(stage.assistant.shop.orders_of(CUSTOMER, limit=1_000))
    stage.console.print(
        f"\nThis conversation placed {len(placed)} orders ({', '.join(map(str, placed))}); customer {CUSTOMER} now has "
        f"{count} in {stage.out / 'shop.db'}.\nThe replies are in {stage.out}/.",
        markup=False,
    )


def _speaker(console: Console) -> Speaker | None:
    from voice.devices import NoDevice

    try:
        from voice.loudspeaker import DeviceSpeaker

        return DeviceSpeaker()
    except NoDevice as error:
        console.print(f"[dim]Not played aloud: {error}[/dim]")
        return None


def _read(script: Path) -> list[tuple[Path, str]]:
    if not script.is_file():
        raise BadAudio(f"{script}: no such script; run the demo from the source checkout or name one with --script")
    turns = []
    for number, line in enumerate(script.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            turns.append((script.parent / row["file"], str(row["text"])))
        except (ValueError, KeyError, TypeError) as error:
            raise BadAudio(f'{script}, line {number}: needs JSON with "file" and "text" ({error})') from error
    return turns
