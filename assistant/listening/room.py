"""What stands where a conversation is: devices, and what hears and speaks through them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import SimpleQueue

from assistant.ears import Ears
from voice.loop import Canceller, Clock, Item
from voice.ports import Microphone, Speaker, TextToSpeech
from voice.types import AudioChunk


@dataclass(frozen=True, slots=True)
class Room:
    """All that sounds and hears; the conversation in it is elsewhere."""

    microphone: Microphone
    speaker: Speaker
    ears: Ears
    voice: TextToSpeech
    canceller: Canceller | None
    """None: nothing is taken out of what the microphone hears."""
    chimes: Mapping[str, AudioChunk]
    clock: Clock
    """The speaker's, in seconds."""
    inbox: SimpleQueue[Item]
    """What happens comes here, from every thread."""
    close: Callable[[], None]
    """Gives the devices back."""
