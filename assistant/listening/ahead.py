"""The reply's first sound made ahead: in the silence that shows that a turn is over.

A turn whose words are a whole request ends 0.3 s after its last one, and they are there sooner. Meanwhile its reply is
foretold, which does nothing, and the first piece of it is spoken unheard. When the turn is over it is answered as ever:
if the reply is the one that was foretold, the voice has its beginning in memory; if speech went on, nothing was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Condition

from voice.ports import Judge, Judgement, TextToSpeech
from voice.types import AudioChunk


class Ahead:
    """A voice that begins before it is asked. `voice` has to remember the pieces that it made."""

    def __init__(self, foretell: Callable[[str], str], voice: TextToSpeech) -> None:
        """`foretell`: what would be said to these words, empty where that cannot be known."""
        self._foretell = foretell
        self._voice = voice
        self._making = ""
        """The reply whose beginning is being made."""
        self._latest: Future[None] | None = None
        self._foretelling = 0
        """Words whose reply is not known yet."""
        self._changed = Condition()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="voice-ahead")

    def judge(self, inner: Judge) -> Judge:
        """`inner`, and for words that it takes for a whole request their reply is begun."""

        def judged(text: str) -> Judgement:
            judgement = inner(text)
            if judgement == "complete":
                self.begin(text)
            return judgement

        return judged

    def begin(self, said: str) -> Future[None]:
        """Make the beginning of the reply to these words, in the background; words before them are forgotten."""
        if self._latest is None or not self._latest.cancel():
            with self._changed:
                self._foretelling += 1
        self._latest = self._pool.submit(self._begin, said)
        return self._latest

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """As the voice does; what is being made already is waited for, not made twice."""
        with self._changed:
            self._changed.wait_for(lambda: not self._foretelling and self._making != text)
        yield from self._voice.speak(text)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def _begin(self, said: str) -> None:
        speech = ""
        try:
            speech = self._foretell(said)
        finally:
            self._foretold(speech)
        if speech:
            try:
                next(iter(self._voice.speak(speech)), None)
            finally:
                with self._changed:
                    self._making = ""
                    self._changed.notify_all()

    def _foretold(self, speech: str) -> None:
        with self._changed:
            self._foretelling -= 1
            self._making = speech
            self._changed.notify_all()
