"""Speaking a reply: piece by piece, and what was said before without making it again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from threading import Event, Lock, Thread
from typing import Protocol

import numpy as np

from voice.clauses import clauses, sentences
from voice.speech_cache import SpeechCache
from voice.types import AudioChunk

_REST = 9.0
"""While sounds are made ahead, times their making that the machine is left alone after each."""


class Voice(Protocol):
    """Makes sound of text."""

    identity: str
    """Two voices of the same identity make the same sound of a text."""

    def warm_up(self) -> None:
        """Be ready for the first text."""
        ...

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """The sound of `text`."""
        ...


class Speech:
    """A voice as TextToSpeech that begins with its first clause and makes the rest while that sounds.

    Only the first sentence is cut, where a speaker may draw breath; the others are made whole while it plays.

    What it has said is kept in memory. On disk stand only the sentences given to `prepare`, which are the same for
    every customer: nothing of what somebody was told outlives the process.
    """

    def __init__(self, voice: Voice, cache: SpeechCache) -> None:
        self._voice = voice
        self._cache = cache
        self._fixed: frozenset[str] = frozenset()
        self._speaking = 0
        self._lock = Lock()
        self._closed = Event()
        self._ahead: Thread | None = None

    def warm_up(self) -> None:
        """Load the voice, so that the first reply does not wait for it."""
        self._voice.warm_up()

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """The sound of `text`, each piece as soon as it is made; nothing for a text without words."""
        with self._lock:
            self._speaking += 1
        try:
            for place, sentence in enumerate(sentences(text)):
                whole = self._cache.get(self._key(sentence))
                if whole is not None:
                    yield whole
                    continue
                for piece in clauses(sentence) if place == 0 else [sentence]:
                    yield from self._sound(piece)
        finally:
            with self._lock:
                self._speaking -= 1

    def prepare(self, texts: Iterable[str]) -> None:
        """Make the sentences of `texts` ahead, in the background and while nothing is spoken, and keep them on disk.

        They must hold nothing of a customer or an order.
        """
        self._fixed = frozenset(sentence for text in texts for sentence in sentences(text))
        self._ahead = Thread(target=self._make_ahead, name="voice-ahead", daemon=True)
        self._ahead.start()

    def close(self) -> None:
        """Make no more ahead."""
        self._closed.set()
        if self._ahead is not None:
            self._ahead.join()

    def _make_ahead(self) -> None:
        for sentence in sorted(self._fixed):
            if self._cache.has_on_disk(self._key(sentence)):
                continue
            while self._speaking and not self._closed.is_set():
                self._closed.wait(0.1)
            if self._closed.is_set():
                return
            began = time.perf_counter()
            for _ in self._sound(sentence):
                pass
            self._closed.wait(_REST * (time.perf_counter() - began))

    def _sound(self, piece: str) -> Iterator[AudioChunk]:
        """What is kept of the piece, or what the voice makes of it, as it makes it. Only the whole is kept."""
        key = self._key(piece)
        kept = self._cache.get(key)
        if kept is not None:
            yield kept
            return
        made = []
        for chunk in self._voice.speak(piece):
            made.append(chunk)
            yield chunk
        if made:
            sound = AudioChunk(np.concatenate([chunk.samples for chunk in made]), made[0].rate)
            self._cache.put(key, sound, on_disk=piece in self._fixed)

    def _key(self, piece: str) -> str:
        return self._cache.key(piece, self._voice.identity)
