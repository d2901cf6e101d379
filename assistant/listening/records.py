"""A listened conversation as JSON, and its utterances as fixture rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant import reports
from assistant.listening.answering import Answer, Conversation
from commerce.ports import ReadOnlyShop
from nlu.types import Understanding
from voice.floor import Hold, Ignore, Resume, Stop
from voice.listener import HeardTurn
from voice.loop import Answered, Sounded, Told
from voice.moments import Moments
from voice.mouth import Finished, Trouble
from voice.types import AudioChunk
from voice.wav import write_wav


def milliseconds(moments: Moments) -> dict[str, float]:
    """Stage -> milliseconds, and their sum as "total"."""
    stages = {name: round(seconds * 1000, 1) for name, seconds in moments.stages().items()}
    return {**stages, "total": round(moments.seconds * 1000, 1)}


def words_of(turn: HeardTurn, answer: Answer) -> str:
    """What was said; a voice code, which the understanding leaves out, is not told."""
    meaning = answer.reply.understanding
    return "[code]" if _is_code(turn, meaning) else turn.transcript.text


def _is_code(turn: HeardTurn, meaning: Understanding | None) -> bool:
    return meaning is not None and not meaning.text and bool(turn.transcript.text)


def event_report(what: Told) -> dict[str, Any] | None:
    """One line of `handla listen --json`; None for what is not told there."""
    match what:
        case Answered(number, turn, Answer() as answer):
            return {
                "event": "turn",
                "number": number,
                "transcript": words_of(turn, answer),
                "refused": turn.transcript.refused,
                "confidence": round(turn.transcript.confidence, 3),
                "seconds": round(turn.utterance.seconds, 3),
                "last_reply_heard": answer.heard_to_end,
                **reports.reply_report(answer.reply),
            }
        case Sounded(number, moments):
            return {"event": "sounded", "number": number, "ms": milliseconds(moments)}
        case Finished(number, to_end):
            return {"event": "spoken", "number": number, "to_end": to_end}
        case Ignore(turn, why):
            return {"event": "ignored", "why": why, "transcript": turn.transcript.text}
        case Hold() | Resume():
            return {"event": "held" if isinstance(what, Hold) else "resumed"}
        case Trouble(message):
            return {"event": "trouble", "message": message}
        case Stop(why):
            return {"event": "ended", "why": why}
    return None


@dataclass(slots=True)
class Keeper:
    """Keeps each turn in a folder: wav/NAME.wav and a row of manifest.jsonl, as `handla evaluate` reads them.

    What was understood is written as the label: whoever evaluates with it corrects the rows first.
    """

    folder: Path
    conversation: Conversation
    shop: ReadOnlyShop
    kept: int = 0

    def keep(self, turn: HeardTurn, answer: Answer) -> None:
        """Raises OSError where the folder cannot be written. A voice code is not kept."""
        meaning = answer.reply.understanding
        if _is_code(turn, meaning):
            return
        self.kept += 1
        sounds = self.folder / "wav"
        sounds.mkdir(parents=True, exist_ok=True)
        name = f"wav/{self.conversation.session}-{self.kept:04d}.wav"
        heard = turn.utterance
        write_wav(self.folder / name, [AudioChunk(heard.samples, heard.rate)])
        row = {
            "file": name,
            "text": turn.transcript.text,
            "language": self.conversation.language,
            "intent": meaning.intent if meaning else None,
            "slots": {slot.name: slot.value for slot in meaning.slots} if meaning else {},
            **({"lines": self._lines(meaning)} if meaning and meaning.lines else {}),
            "voice": None,
            "kind": "recorded",
            "noise": None,
            "rate": heard.rate,
            "channels": 1,
            "seconds": round(heard.seconds, 3),
            "conversation": self.conversation.session,
            "heard_reply": answer.heard_to_end,
        }
        with (self.folder / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
            manifest.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _lines(self, meaning: Understanding) -> list[dict[str, Any]]:
        """The items as labels: titles where a product was found; options, with their amounts where they are dosed."""
        found = reports.understanding_report(meaning, self.shop, self.conversation.customer)["lines"]
        return [
            {
                "product": [line["product"], *line["or"]] if line["product"] else line["said"],
                "quantity": line["quantity"],
                "options": {
                    option["name"]: option["value"] + (f"/{option['amount']}" if option["amount"] else "")
                    for option in line["options"]
                },
            }
            for line in found
        ]
