"""When what happened in a turn: from the last speech sample to the first sound of the reply."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moments:
    """All on one clock, in seconds (`time.monotonic` on a live machine)."""

    speech_ended: float
    """The last speech sample came in, as far as the clock of arriving sound tells: what the microphone and the sound
    system take before that is not in it."""
    endpoint: float
    """The turn was taken to be over."""
    transcribed: float
    """Its words were there; before `endpoint` where they were made in the pause."""
    understood: float
    replied: float
    """The reply's words were there."""
    sounded: float
    """Its first audible sample went out."""

    @property
    def seconds(self) -> float:
        """From the last speech sample to the first audible one."""
        return self.sounded - self.speech_ended

    def stages(self) -> dict[str, float]:
        """What each stage added, in seconds; the sum is `seconds`. Words made in the pause add nothing."""
        heard = max(self.endpoint, self.transcribed)
        return {
            "endpoint": self.endpoint - self.speech_ended,
            "transcript": heard - self.endpoint,
            "understand": self.understood - heard,
            "reply": self.replied - self.understood,
            "speak": self.sounded - self.replied,
        }


class ArrivalClock:
    """Says when a position in a stream of sound came in.

    Sound arrives in bursts, and late ones say nothing; a piece that came early bounds when its samples were there. The
    earliest arrival of the last `window` pieces counts, so that sound lost on the way shifts it.
    """

    def __init__(self, window: int = 100) -> None:
        self._starts: deque[float] = deque(maxlen=window)
        self._heard = 0.0

    def arrived(self, seconds: float, now: float) -> None:
        """A piece of so many seconds is there."""
        self._heard += seconds
        self._starts.append(now - self._heard)

    def at(self, position: float) -> float:
        """The time at which the sample `position` seconds into the stream came in; the clock's 0 before any sound."""
        return position + (min(self._starts) if self._starts else 0.0)
