"""What came of one row, as plain values that go into the journal and come back the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter

from assistant.evaluation.words import Errors

Blame = Literal["file", "detection", "recognition", "understanding", "dialogue", "crash"]
"""Where a row that is not right went wrong first. 'file': the sound could not be read to its end; 'detection': no turn,
several turns, or a turn where nobody spoke; 'recognition': the words said would have been understood; 'understanding':
they would not; 'dialogue': understood, and the wrong thing was done; 'crash': a bug, told with its type."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row under one condition."""

    id: str
    where: str
    file: str | None
    kind: str
    language: str
    tags: Mapping[str, str] = field(default_factory=dict)
    said: str | None = None
    """None: nobody wrote it down; '': there are no words."""
    heard: str = ""
    refused: str | None = None
    """Why there are no words: 'nothing' where no turn came at all, else the recogniser's reason."""
    turns: int = 0
    """How many turns the recording fell into; one is right."""
    confidence: float = 0.0
    """Of the words, 0..1."""
    errors: Errors | None = None
    """Of the words; None where nobody wrote them down."""
    wanted: tuple[str, ...] = ()
    """Intents, any of which is right; empty: not labelled."""
    intent: str | None = None
    intent_confidence: float = 0.0
    not_understood: bool = False
    """Whether the dialogue would not act on what it understood."""
    intent_right: bool | None = None
    found: int = 0
    missed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    slots_labelled: bool = False
    whole: bool | None = None
    """The whole request as labelled; None: not labelled."""
    faults: tuple[str, ...] | None = None
    """How the shop differs from what was expected; empty for success, None where nothing was expected."""
    blame: Blame | None = None
    error: str = ""
    reply: str = ""
    seconds: float = 0.0
    """Of the sound under this condition."""
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    """Stage -> milliseconds; 'response': from the last speech sample to the reply, silence waited for included."""

    @property
    def spoken(self) -> bool:
        return self.file is not None and self.said != ""

    @property
    def task(self) -> bool | None:
        """Whether the shop is as the row says."""
        return None if self.faults is None else not self.faults

    @property
    def wrong(self) -> bool:
        """Whether anything that was labelled is not right."""
        return self.blame is not None


@dataclass(frozen=True, slots=True)
class Played:
    """What came of one unit (a conversation or a row) under one condition and configuration: a line of the journal."""

    key: str
    """Names rows, condition, configuration and program: the same key, the same outcome."""
    configuration: str
    condition: str
    steps: tuple[Step, ...]


played_json: TypeAdapter[Played] = TypeAdapter(Played)
