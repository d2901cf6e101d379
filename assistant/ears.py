"""From a sound file to the words of one turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.stopwatch import Stopwatch
from voice.detect import Detector
from voice.endpoint import EndpointSettings
from voice.ports import SpeechToText
from voice.types import BadAudio, Transcript
from voice.utterances import utterances
from voice.wav import FileMicrophone


@dataclass(frozen=True, slots=True)
class Heard:
    """What one file said."""

    transcript: Transcript
    seconds: float
    """Length of the file."""
    timings_ms: Mapping[str, float]
    """Stage -> milliseconds: detect, transcribe."""


@dataclass(frozen=True, slots=True)
class Ears:
    """Speech detection and recognition, loaded once."""

    recogniser: SpeechToText
    endpoint: EndpointSettings
    language: str
    longest_turn: float
    """Seconds."""

    def hear(self, file: Path, hints: Sequence[str] = ()) -> Heard:
        """The words of a whole file as one turn; a Transcript with `refused` where there are none.

        Raises BadAudio for a file that is no sound or longer than a turn may be.
        """
        microphone = FileMicrophone(file)
        seconds = microphone.duration
        if seconds > self.longest_turn:
            raise BadAudio(
                f"{file}: lasts {seconds:.0f} s; one turn may last {self.longest_turn:.0f} s. "
                "Cut it into turns, or set voice.longest_turn."
            )
        watch = Stopwatch()
        with watch.stage("detect"):
            spoken = list(utterances(microphone.chunks(), Detector(), self.endpoint))
        with watch.stage("transcribe"):
            parts = [self.recogniser.transcribe(utterance, hints) for utterance in spoken]
        return Heard(self._joined(parts), seconds, watch.milliseconds)

    def _joined(self, parts: Sequence[Transcript]) -> Transcript:
        """One transcript; only as sure as its least sure part."""
        words = [part for part in parts if part.text]
        if not words:
            return Transcript("", self.language, 0.0, refused=parts[0].refused if parts else "silence")
        text = " ".join(part.text for part in words)
        return Transcript(text, words[0].language, min(part.confidence for part in words))
