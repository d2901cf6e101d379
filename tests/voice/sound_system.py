"""A sound system without sound: what the module sounddevice offers, driven by threads."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event, Thread
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray


class PortAudioError(Exception):
    pass


class CallbackAbort(Exception):
    pass


@dataclass
class Card:
    """One device: what it can, and what it hears and sounds."""

    name: str
    inputs: int = 0
    outputs: int = 0
    rate: int = 48_000
    takes: tuple[tuple[int, int], ...] = ((48_000, 1),)
    """The (rate, channels) it can be opened with."""
    hears: list[NDArray[np.int16]] = field(default_factory=list)
    """Blocks of shape (frames, channels) that its microphone gives, one after the other."""
    sounded: list[NDArray[np.int16]] = field(default_factory=list)
    """What it was given to play, by block."""
    holds: float = 0.0
    """Seconds that its buffer holds."""
    plugged: bool = True
    overflows: bool = False


class System:
    """The module, with these cards."""

    PortAudioError = PortAudioError
    CallbackAbort = CallbackAbort

    def __init__(self, *cards: Card) -> None:
        self.cards = cards
        self.opened: list[dict[str, Any]] = []
        self.refreshed = 0

    def query_devices(self, kind: str | None = None) -> Any:
        about = [
            {
                "name": card.name,
                "index": number,
                "max_input_channels": card.inputs,
                "max_output_channels": card.outputs,
                "default_samplerate": float(card.rate),
            }
            for number, card in enumerate(self.cards)
        ]
        if kind is None:
            return about
        usual = [one for one in about if one[f"max_{kind}_channels"]]
        if not usual:
            raise PortAudioError(f"no default {kind} device")
        return usual[-1]

    def check_input_settings(self, **how: Any) -> None:
        card = self.cards[how["device"]]
        if not card.plugged or (how["samplerate"], how["channels"]) not in card.takes:
            raise PortAudioError("Invalid sample rate" if card.plugged else "Device unavailable")

    check_output_settings = check_input_settings

    def InputStream(self, **how: Any) -> Stream:  # noqa: N802
        return self._stream(how, self._hear)

    def OutputStream(self, **how: Any) -> Stream:  # noqa: N802
        return self._stream(how, self._sound)

    def _initialize(self) -> None:
        self.refreshed += 1

    def _terminate(self) -> None:
        pass

    def _stream(self, how: dict[str, Any], block: Any) -> Stream:
        self.opened.append(how)
        return Stream(self.cards[how["device"]], how, block)

    def _hear(self, card: Card, how: dict[str, Any]) -> None:
        if not card.hears:
            time.sleep(0.001)
            return
        flags = SimpleNamespace(input_overflow=card.overflows)
        block = card.hears.pop(0)
        how["callback"](block, len(block), SimpleNamespace(), flags)

    def _sound(self, card: Card, how: dict[str, Any]) -> None:
        out = np.full((how["blocksize"], how["channels"]), 99, np.int16)
        times = SimpleNamespace(currentTime=5.0, outputBufferDacTime=5.0 + card.holds)
        how["callback"](out, len(out), times, SimpleNamespace(output_underflow=False))
        card.sounded.append(out)
        time.sleep(len(out) / how["samplerate"])


class Stream:
    """Calls back from a thread of its own until told to end, or its card is unplugged."""

    latency = 0.0

    def __init__(self, card: Card, how: dict[str, Any], block: Any) -> None:
        self._card, self._how, self._block = card, how, block
        self._end = Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        if self._thread is not None:
            raise PortAudioError("Stream is not stopped")
        self._end.clear()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def abort(self, ignore_errors: bool = True) -> None:
        del ignore_errors
        self._end.set()
        if self._thread is not None:
            self._thread.join(5)
            self._thread = None

    close = abort

    def _run(self) -> None:
        while not self._end.is_set():
            if not self._card.plugged:
                time.sleep(0.001)  # as some sound systems do: they only fall silent
                continue
            try:
                self._block(self._card, self._how)
            except CallbackAbort:
                break
        self._how["finished_callback"]()
