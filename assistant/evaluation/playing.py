"""One unit played through the whole of Handla: detection, transcription, understanding, dialogue and shop, as live."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from assistant import bootstrap
from assistant.evaluation import words
from assistant.evaluation.conditions import Condition, heard_as
from assistant.evaluation.hearing import Heard, Hearing, Listening, Spent
from assistant.evaluation.manifest import Row, Unit
from assistant.evaluation.results import Blame, Step
from assistant.evaluation.scoring import Reading, is_refused, labels_stand_in, score
from assistant.evaluation.shop_state import faults, state_of
from assistant.judging import judge_for
from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.surfaces.text import typed
from assistant.types import Reply, Session, Turn
from commerce.store import copy_database
from nlu.types import Understanding
from voice.types import BadAudio
from voice.wav import RATE

log = logging.getLogger(__name__)
SESSION = "evaluation"
BETWEEN = timedelta(seconds=10)
"""From one turn of a conversation to the next."""


class Scratch:
    """A shop that begins anew for every unit."""

    def __init__(self, settings: Settings, catalogue: Path | None, now: datetime) -> None:
        """The sample shop, whose past ends `now`, or the shop of a merchant's catalogue. Raises ImportRefused."""
        if catalogue is None:
            sample = settings.shop.model_copy(update={"database": bootstrap.SCRATCH, "sample": True})
            settings = settings.model_copy(update={"shop": sample})
            self._template = bootstrap.open_shop(settings, now)
        else:
            self._template = bootstrap.scratch_shop(catalogue, settings)
        self._settings = settings
        bootstrap.assistant_on(self._template, settings)  # makes the tables of conversations
        self.customer = bootstrap.GUEST.id if catalogue else settings.dialogue.customer
        self._stage = self._new()

    def anew(self, changed: bool) -> Assistant:
        """An assistant on the shop as it was at first. `changed`: whether the unit before did anything to the shop.

        Only then what an assistant keeps in memory (the catalogue with its stock) is read again: that costs 0.1 s.
        """
        if changed:
            self._stage = self._new()
        else:
            copy_database(self._template.engine, self._stage[0].engine)
        return self._stage[1]

    def _new(self) -> tuple[bootstrap.Premises, Assistant]:
        premises = bootstrap.scratch_copy(self._template, self._settings)
        return premises, bootstrap.assistant_on(premises, self._settings)


@dataclass(slots=True)
class House:
    """One configuration, loaded once in a process; one unit at a time."""

    settings: Settings
    hearing: Hearing
    scratch: Scratch
    now: datetime
    seed: int
    _changed: bool = False

    def play(self, unit: Unit, condition: Condition) -> tuple[Step, ...]:
        """Every row in order, on a shop of its own. A bug ends the unit, not the run: its rows tell of it."""
        assistant, self._changed = self.scratch.anew(self._changed), True
        steps: list[Step] = []
        changed = False
        for number, row in enumerate(unit):
            stage = _Stage(self, assistant, row, condition, self.now + number * BETWEEN)
            try:
                step, did = stage.play()
            except BadAudio as error:
                step, did = replace(blank(row), error=str(error), blame="file"), False
            except Exception as error:  # a batch of ten thousand does not end by one bug
                log.warning("row %s", row.where, exc_info=True)
                failed = replace(blank(row), error=f"{type(error).__name__}: {error}", blame="crash")
                return (
                    *steps,
                    failed,
                    *(replace(blank(rest), error="not played", blame="crash") for rest in unit[number + 1 :]),
                )
            steps.append(step)
            changed = changed or did
        self._changed = changed
        return tuple(steps)


def blank(row: Row) -> Step:
    """A row of which nothing is known yet; its labels count as not met."""
    labelled = bool(row.intents)
    return Step(
        id=row.id,
        where=row.where,
        file=str(row.file) if row.file else None,
        kind=row.kind,
        language=row.language,
        tags=row.tags or {},
        said=row.text,
        errors=words.errors(row.text, "", row.language) if row.text and row.file else None,
        wanted=row.intents,
        intent_right=False if labelled else None,
        missed=tuple(row.slots or {}),
        slots_labelled=labelled and bool(row.slots is not None or row.lines),
        whole=False if labelled else None,
        faults=None if row.expects is None else ("not played",),
    )


@dataclass(slots=True)
class _Stage:
    """One row being played."""

    house: House
    assistant: Assistant
    row: Row
    condition: Condition
    at: datetime

    def play(self) -> tuple[Step, bool]:
        """What came of it, and whether the shop was changed."""
        row, assistant, customer = self.row, self.assistant, self._customer()
        before = state_of(assistant, SESSION, customer) if row.expects else None
        session = assistant.session(SESSION, customer, row.language)
        spent, seconds = Spent(), 0.0
        if row.file is None:
            heard = [Heard(typed(row.text or "", row.language), 0.0)]
            replies = [self._answer(heard[0], 0)]
        else:
            heard, replies, seconds = self._listen(row.file, spent)
        step = replace(self._step(heard, replies), seconds=round(seconds, 3))
        if row.expects and before is not None:
            found = faults(row.expects, before, state_of(assistant, SESSION, customer), assistant)
            step = replace(step, faults=found)
        step = replace(step, timings_ms=_timings(heard, replies, spent if row.file else None))
        return replace(step, blame=self._blame(step, session)), any(reply.done for reply in replies)

    def _listen(self, file: Path, spent: Spent) -> tuple[list[Heard], list[Reply], float]:
        row, assistant, customer = self.row, self.assistant, self._customer()
        samples = heard_as(file, self.condition, f"{self.house.seed}|{row.id}")
        listening = Listening(
            file,
            row.language,
            judge_for(assistant, SESSION, row.language, customer),
            lambda: assistant.hints(SESSION, customer),
            spent,
        )
        heard: list[Heard] = []
        replies: list[Reply] = []
        for turn in self.house.hearing.turns(samples, listening):
            heard.append(turn)
            replies.append(self._answer(turn, len(replies)))
        return heard, replies, len(samples) / RATE

    def _answer(self, heard: Heard, number: int) -> Reply:
        row = self.row
        turn = Turn(
            id=f"{row.id}#{number}",
            session_id=SESSION,
            customer_id=self._customer(),
            channel="file",
            language=row.language,
            said=heard.transcript,
            at=self.at,
            reply_was_heard=row.heard_reply,
        )
        return self.assistant.handle(turn)

    def _customer(self) -> str | None:
        who = self.row.customer or self.house.scratch.customer
        return who if self.assistant.shop.customer(who) else None

    def _step(self, heard: list[Heard], replies: list[Reply]) -> Step:
        """Where a recording fell into several turns, what was understood is that of the turn with the most words."""
        row = self.row
        texts = [turn.transcript for turn in heard if turn.transcript.text]
        text = " ".join(one.text for one in texts)
        longest = max(range(len(heard)), key=lambda at: len(heard[at].transcript.text.split()), default=None)
        meaning = None if longest is None else replies[longest].understanding
        refused = None if text else (heard[0].transcript.refused if heard else "nothing")
        step = replace(
            blank(row),
            heard=text,
            refused=refused,
            turns=len(heard),
            confidence=round(min((one.confidence for one in texts), default=0.0), 4),
            errors=words.errors(row.text, text, row.language) if row.text and row.file else None,
            intent=meaning.intent if meaning else None,
            intent_confidence=round(meaning.confidence, 4) if meaning else 0.0,
            not_understood=bool(text) and is_refused(meaning),
            reply=" ".join(reply.text for reply in replies),
            missed=(),
        )
        return self._scored(step, meaning) if row.intents else step

    def _scored(self, step: Step, meaning: Understanding | None) -> Step:
        reading = self._reading(meaning)
        return replace(
            step,
            intent_right=reading.intent,
            found=reading.found,
            missed=reading.missed,
            added=reading.added,
            whole=reading.whole,
        )

    def _reading(self, meaning: Understanding | None) -> Reading:
        return score(self.row, meaning, self.assistant.shop)

    def _blame(self, step: Step, before: Session) -> Blame | None:
        """Where a row that is not right went wrong first; `before` is the session as the turn found it."""
        row = self.row
        if row.text is None and row.file:
            misheard = not labels_stand_in(row, step.heard, self.assistant.shop)
        else:
            misheard = step.errors is not None and step.errors.all > 0
        if row.text == "":
            return "detection" if step.heard else None
        if row.file and row.text and step.turns == 0:
            return "detection"
        if step.whole is None and step.task is None:
            right = not misheard
        else:
            right = step.whole is not False and step.task is not False
        if right:
            return None
        if row.file and (step.turns != 1 or step.refused == "nothing"):
            return "detection"
        if step.refused:
            return "recognition"
        if step.whole is False:
            return "recognition" if misheard and self._would_be_right(before) else "understanding"
        return "recognition" if misheard and (step.whole is None or row.text is None) else "dialogue"

    def _would_be_right(self, before: Session) -> bool:
        """Whether the very words said would have been understood; taken for true where nobody wrote them down."""
        row = self.row
        if row.text is None:
            return True
        meaning = self.assistant.understand(row.text, row.language, before, self.at.date())
        return self._reading(meaning).whole


def _timings(heard: list[Heard], replies: list[Reply], spent: Spent | None) -> dict[str, float]:
    """Milliseconds by stage, all turns of the recording together; 'response' is of the last turn."""
    stages: dict[str, float] = {}
    if spent is not None:
        stages = {"detect": round(spent.detect, 1), "transcribe": round(spent.transcribe, 1)}
    for reply in replies:
        for stage, took in reply.timings_ms.items():
            stages[stage] = round(stages.get(stage, 0.0) + took, 1)
    if heard and replies and spent is not None:
        stages["response"] = round(heard[-1].waited_ms + sum(replies[-1].timings_ms.values()), 1)
    return stages
