"""What every surface on the network is given to work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from assistant.pipeline import Assistant
from assistant.settings import Settings
from assistant.web.answering import Answering
from assistant.web.metrics import Metrics

Clock = Callable[[], datetime]
"""UTC."""


@dataclass(frozen=True, slots=True)
class Door:
    """A surface is a module here with `routes(door)`, an APIRouter that translates and nothing else."""

    assistant: Assistant
    settings: Settings
    now: Clock
    metrics: Metrics
    answering: Answering
    """Answers turns within the surface's deadline."""
