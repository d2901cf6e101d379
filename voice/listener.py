"""Listening: a stream of sound in, finished turns out, with the words ready when the turn is over."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice.endpoint import Ended, Endpointer, EndpointSettings, Event, Paused, Started
from voice.ports import Judge, Judgement, SpeechDetector, SpeechToText
from voice.types import AudioChunk, Transcript, Utterance
from voice.utterances import Kept, frames
from voice.worker import Task, ThreadWorker, Worker

_log = logging.getLogger(__name__)

Hints = Callable[[], Sequence[str]]
"""Gives the words and phrases likely to be said now, most likely first. Called beside the thread that reads sound."""

_MOST_PIECES = 4
"""Pieces of `EndpointSettings.longest` in one turn; whoever speaks on is handed over in parts."""
_NO_SPEECH = ("silence", "not_speech")
"""Refusals that mean: nobody spoke."""


@dataclass(frozen=True, slots=True)
class HeardTurn:
    """What somebody said until they were done. Times are seconds of sound since the stream began."""

    utterance: Utterance
    """`utterance.ended` is the last speech sample."""
    transcript: Transcript
    paused: float
    """When the sound was cut off from which the last words were made."""
    ready: float
    """When the words were there, to within a frame."""
    decided: float
    """When the turn was taken to be over."""

    @property
    def ended(self) -> float:
        """When the turn was over and its words were there."""
        return max(self.ready, self.decided)


class Listener:
    """Cuts sound into turns, and transcribes in every pause as if the turn were over.

    When it is over, the words are there already. When speech goes on, what was begun is dropped. The words also tell
    how much silence ends the turn: `judge` is asked whether they are complete. Words that come late delay nothing: as
    long as they are missing there is no turn to hand over, so speech that goes on meanwhile still belongs to it.

    A turn of more than `EndpointSettings.longest` is transcribed in pieces and handed over whole, up to four pieces.
    Sound without words (a cough, a click, noise) gives no turn; words that were heard badly give one with a refusal.

    Not for use by two threads at once: the detector follows one stream.
    """

    def __init__(
        self,
        detector: SpeechDetector,
        recogniser: SpeechToText,
        judge: Judge | None = None,
        settings: EndpointSettings | None = None,
        worker: Worker | None = None,
    ) -> None:
        """`judge`: None takes all words for open. `worker`: where transcription runs; None: a thread of its own."""
        self.detector = detector
        self.recogniser = recogniser
        self.judge = judge
        self.settings = settings or EndpointSettings()
        self.worker = worker or ThreadWorker()

    def turns(self, chunks: Iterable[AudioChunk], hints: Hints = tuple) -> Iterator[HeardTurn]:
        """Each turn as soon as it is over and its words are there; the last one when the stream ends.

        Chunks of any length, all at `detector.rate`; ValueError otherwise. Raises what the recogniser raises.
        """
        stream = self.open(hints)
        for frame in frames(chunks, self.detector.rate, self.detector.frame_samples):
            yield from stream.hear(frame)
        yield from stream.close()

    def open(self, hints: Hints = tuple) -> Hearing:
        """One stream, for who has its frames one by one; the one before it is over."""
        self.detector.reset()
        return Hearing(self, hints)


@dataclass(slots=True)
class _Work:
    """A transcription under way."""

    task: Task[tuple[Transcript, Judgement]]
    speech_end: int
    """Sample position up to which it covers all speech."""
    cut_off: float
    ready: float | None = None
    """When the result was first seen to be there."""

    def poll(self, now: float) -> bool:
        if self.ready is None and self.task.ready(now):
            self.ready = now
        return self.ready is not None


@dataclass(frozen=True, slots=True)
class _Piece:
    utterance: Utterance
    work: _Work
    decided: float


class Hearing:
    """One stream of sound being listened to, frame by frame."""

    def __init__(self, listener: Listener, hints: Hints) -> None:
        self._listener = listener
        self._hints = hints
        self._rate = listener.detector.rate
        self._endpointer = Endpointer(listener.settings, self._rate, listener.detector.frame_samples)
        self._kept = Kept()
        self._heard = 0
        """Samples."""
        self._start = 0
        """Sample position where the running utterance starts."""
        self._guess: _Work | None = None
        """The transcription begun in the pause that lasts."""
        self._pieces: list[_Piece] = []
        """Of a turn that is not over."""
        self._over: deque[list[_Piece]] = deque()
        """Turns that are over, their words perhaps still missing."""
        self.probability = 0.0
        """How likely the last frame was speech, 0..1."""
        self.words = ""
        """What was understood of the running turn in its last pause."""

    @property
    def now(self) -> float:
        """Seconds of sound heard so far."""
        return self._heard / self._rate

    @property
    def busy(self) -> bool:
        """Whether somebody speaks or may be starting to, or words are still missing."""
        return self._endpointer.running or bool(self._pieces) or bool(self._over)

    def hear(self, frame: NDArray[np.int16]) -> Iterator[HeardTurn]:
        """Take the next frame of the detector's length; the turns that it settles."""
        self._kept.append(frame)
        self._heard += len(frame)
        self._use_guess()
        missing = self._listener.detector.frame_samples - len(frame)  # only the last frame can be short
        whole = np.pad(frame, (0, missing)) if missing else frame
        self.probability = self._listener.detector.probability(whole)
        for event in self._endpointer.feed(self.probability):
            self._take(event)
        if self._guess and self._guess.speech_end != self._endpointer.speech_end:
            self._drop_guess()
        self._end_cut_turn()
        self._kept.forget(self._endpointer.keep_from)
        while self._over and all(piece.work.poll(self.now) for piece in self._over[0]):
            yield from self._handed_over(self._over.popleft())

    def end_turn(self) -> None:
        """Take the running turn for over: the person says so. `hear` hands it over when its words are there."""
        for event in self._endpointer.flush():
            self._take(event)
        self._drop_guess()
        if self._pieces:
            self._end_turn()

    def close(self) -> Iterator[HeardTurn]:
        """The stream has ended: wait for the words that are missing."""
        self.end_turn()
        while self._over:
            yield from self._handed_over(self._over.popleft())

    def _use_guess(self) -> None:
        """Words that have come tell how much silence is needed."""
        if self._guess and self._guess.ready is None and self._guess.poll(self.now):
            transcript, judgement = self._guess.task.result()
            self.words = transcript.text
            self._endpointer.need(_silence_after(judgement, self._listener.settings))

    def _take(self, event: Event) -> None:
        match event:
            case Started(start):
                self._start = start
            case Paused(speech_end) if speech_end == self._endpointer.speech_end:
                self._guess = self._work(self._utterance(self._start, self._heard, speech_end), speech_end)
                # Until its words are there, nothing is gained by ending the turn.
                self._endpointer.need(_silence_after("unfinished", self._listener.settings))
            case Ended(start, end, speech_end, cut):
                self._pieces.append(self._piece(self._utterance(start, end, speech_end), speech_end, cut))
                if not cut or len(self._pieces) == _MOST_PIECES:
                    self._end_turn()

    def _piece(self, utterance: Utterance, speech_end: int, cut: bool) -> _Piece:
        work, self._guess = self._guess, None
        if work is None or cut or work.speech_end != speech_end:
            if work:
                work.task.drop()
            work = self._work(utterance, speech_end)
        return _Piece(utterance, work, self.now)

    def _work(self, utterance: Utterance, speech_end: int) -> _Work:
        listener, hints = self._listener, self._hints

        def job() -> tuple[Transcript, Judgement]:
            transcript = listener.recogniser.transcribe(utterance, hints())
            judged = listener.judge(transcript.text) if listener.judge and transcript.text else "open"
            return transcript, judged

        return _Work(listener.worker.start(job, self.now), speech_end, self.now)

    def _drop_guess(self) -> None:
        if self._guess:
            self._guess.task.drop()
            self._guess = None

    def _end_cut_turn(self) -> None:
        """After a cut nothing may follow; then the pieces are the turn."""
        if self._pieces and not self._endpointer.running:
            silence = self.now - self._pieces[-1].utterance.ended
            if silence >= self._listener.settings.end_silence:
                self._end_turn()

    def _end_turn(self) -> None:
        self._over.append(self._pieces)
        self._pieces = []

    def _utterance(self, start: int, end: int, speech_end: int) -> Utterance:
        samples = self._kept.between(start, end)
        ended = min(speech_end, start + len(samples))
        return Utterance(samples, self._rate, start / self._rate, ended / self._rate)

    def _handed_over(self, pieces: list[_Piece]) -> Iterator[HeardTurn]:
        self.words = ""
        heard = [piece.work.task.result()[0] for piece in pieces]
        transcript = _joined(heard)
        if transcript.refused in _NO_SPEECH:
            seconds = sum(piece.utterance.seconds for piece in pieces)
            _log.info("no turn: %.1f s of sound without words (%s)", seconds, transcript.refused)
            return
        first, last = pieces[0].utterance, pieces[-1]
        samples = np.concatenate([piece.utterance.samples for piece in pieces])
        whole = Utterance(samples, self._rate, first.started, last.utterance.ended)
        ready = max(self.now if piece.work.ready is None else piece.work.ready for piece in pieces)
        yield HeardTurn(whole, transcript, last.work.cut_off, ready, last.decided)


def _silence_after(judgement: Judgement, settings: EndpointSettings) -> float:
    """Seconds of silence that end a turn with such words."""
    if judgement == "complete":
        return min(settings.end_silence_short, settings.end_silence)
    if judgement == "unfinished":
        return max(settings.end_silence_long, settings.end_silence)
    return settings.end_silence


def _joined(parts: Sequence[Transcript]) -> Transcript:
    """One transcript, only as sure as its least sure part; the first refusal where there are no words."""
    words = [part for part in parts if part.text]
    if len(parts) == 1 or not words:
        return parts[0]
    return Transcript(" ".join(part.text for part in words), words[0].language, min(part.confidence for part in words))
