"""The machine's microphones and loudspeakers by PortAudio. Nothing else needs them: files work without."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any, Literal

Direction = Literal["input", "output"]
After = Literal["go on", "abort"]
"""What comes after a block: the next, or the end at once, where what the device still holds is dropped."""
Callback = Callable[[Any, int, Any, Any], After]
"""Called on the audio thread with PortAudio's buffer of shape (frames, channels), the frames, times and flags."""

_CALLED: dict[Direction, str] = {"input": "microphone", "output": "loudspeaker"}
_USUAL_RATES = (48_000, 44_100, 32_000, 16_000, 8_000)
"""Hertz; tried in this order after the rate that the device names itself."""


class NoDevice(RuntimeError):
    """No such device can be used; the message says which and what to install, connect or set."""


class DeviceGone(NoDevice):
    """A device that was in use is no longer there, or has stopped working."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device as PortAudio lists it."""

    number: int
    name: str
    inputs: int
    """Channels; 0 where it is no microphone."""
    outputs: int
    """Channels; 0 where it is no loudspeaker."""
    rate: int
    """Hertz that it works at by default."""
    usual_input: bool
    """Whether it is the microphone where none is named."""
    usual_output: bool


@dataclass(frozen=True, slots=True)
class How:
    """How a stream is opened."""

    block: float
    """Seconds that the callback is given or asked for at a time."""
    latency: float
    """Seconds that the device's buffer should hold; a wish."""
    callback: Callback
    ended: Callable[[], None]
    """Called when the stream has ended, for whatever reason."""


class Stream:
    """An open device; 16-bit samples, which PortAudio turns into what the device takes."""

    def __init__(self, stream: Any, rate: int, channels: int, closed: Callable[[], None]) -> None:
        self._stream = stream
        self.rate = rate
        """Hertz."""
        self.channels = channels
        self._closed = closed

    @property
    def latency(self) -> float:
        """Seconds between the device and the callback, as PortAudio reckons."""
        return float(self._stream.latency)

    def start(self) -> None:
        self._stream.start()

    def reset(self) -> None:
        """Make a stream that has ended ready to start again; one that runs is cut off."""
        self._stream.abort(ignore_errors=True)

    def close(self) -> None:
        self._stream.close(ignore_errors=True)
        self._closed()


class PortAudio:
    """The sound system of this machine. `port_audio` gives the one of this process."""

    def __init__(self, sounddevice: Any) -> None:
        """`sounddevice`: the module; it cannot be imported where PortAudio is missing."""
        self._sounddevice = sounddevice
        self._lock = Lock()
        self._streams = 0

    def devices(self) -> list[Device]:
        """All devices, by number."""
        usual_input, usual_output = self._usual("input"), self._usual("output")
        return [
            Device(
                number,
                str(about["name"]),
                int(about["max_input_channels"]),
                int(about["max_output_channels"]),
                round(about["default_samplerate"]),
                number == usual_input,
                number == usual_output,
            )
            for number, about in enumerate(self._sounddevice.query_devices())
        ]

    def pick(self, which: str | None, direction: Direction) -> Device:
        """The device of this number or the first with this part of a name; the usual one for None. Raises NoDevice."""
        fitting = [device for device in self.devices() if (device.inputs if direction == "input" else device.outputs)]
        called = _CALLED[direction]
        if not fitting:
            raise NoDevice(
                f"This machine has no {called}. Connect one or start the sound server; sound files work without."
            )
        if which is None:
            usual = [device for device in fitting if _is_usual(device, direction)]
            return (usual or fitting)[0]
        for device in fitting:
            if str(device.number) == which.strip():
                return device
        for device in fitting:
            if which.strip().lower() in device.name.lower():
                return device
        known = ", ".join(f"{device.number} {device.name}" for device in fitting)
        raise NoDevice(f"No {called} is called {which!r} or has that number. There are: {known}.")

    def open(self, device: Device, direction: Direction, how: How) -> Stream:
        """The device opened with the rate and channels that it takes, not started. Raises NoDevice."""
        with _hushed():
            return self._open(device, direction, how)

    def _open(self, device: Device, direction: Direction, how: How) -> Stream:
        rate, channels = self._format(device, direction)
        kind = self._sounddevice.InputStream if direction == "input" else self._sounddevice.OutputStream
        try:
            stream = kind(
                device=device.number,
                samplerate=rate,
                channels=channels,
                dtype="int16",
                blocksize=round(how.block * rate),
                latency=how.latency,
                callback=self._wrapped(how.callback),
                finished_callback=how.ended,
            )
        except (self._sounddevice.PortAudioError, ValueError) as error:
            raise self._unusable(device, direction, error) from error
        with self._lock:
            self._streams += 1
        return Stream(stream, rate, channels, self._count_down)

    def start(self, stream: Stream, device: Device, direction: Direction) -> None:
        """Start a stream that `open` gave. Raises NoDevice."""
        try:
            stream.start()
        except self._sounddevice.PortAudioError as error:
            raise self._unusable(device, direction, error) from error

    def refresh(self) -> None:
        """Look anew which devices there are, unless one is in use: PortAudio closes all streams for that."""
        with self._lock, _hushed():
            if self._streams:
                return
            self._sounddevice._terminate()
            self._sounddevice._initialize()

    def _wrapped(self, callback: Callback) -> Callable[[Any, int, Any, Any], None]:
        def run(block: Any, frames: int, times: Any, flags: Any) -> None:
            if callback(block, frames, times, flags) == "abort":
                raise self._sounddevice.CallbackAbort

        return run

    def _count_down(self) -> None:
        with self._lock:
            self._streams -= 1

    def _format(self, device: Device, direction: Direction) -> tuple[int, int]:
        """Rate and channels: mono where the device does that, at the rate it names, else the nearest it takes."""
        check = getattr(self._sounddevice, f"check_{direction}_settings")
        most = device.inputs if direction == "input" else device.outputs
        refusal: Exception = ValueError("it takes no usual rate")
        for rate in dict.fromkeys((device.rate, *_USUAL_RATES)):
            for channels in dict.fromkeys((1, min(2, most), most)):
                try:
                    check(device=device.number, samplerate=rate, channels=channels, dtype="int16")
                except (self._sounddevice.PortAudioError, ValueError) as error:
                    refusal = error
                else:
                    return rate, channels
        raise self._unusable(device, direction, refusal)

    def _usual(self, direction: Direction) -> int | None:
        try:
            return int(self._sounddevice.query_devices(kind=direction)["index"])
        except (self._sounddevice.PortAudioError, ValueError):
            return None

    def _unusable(self, device: Device, direction: Direction, error: Exception) -> NoDevice:
        return NoDevice(
            f"The {_CALLED[direction]} {device.name} cannot be opened ({error}). Check that it is connected and free, "
            "or name another one; `handla devices` lists them."
        )


@cache
def port_audio() -> PortAudio:
    """The sound system of this process. Raises NoDevice where a part of it is not installed."""
    try:
        import sounddevice
    except ImportError as error:
        raise NoDevice("Sound devices need the package sounddevice: pip install 'handla[voice]'") from error
    except OSError as error:
        raise NoDevice(
            "The PortAudio library is missing. Install it (Debian and Ubuntu: apt install libportaudio2); "
            "sound files work without."
        ) from error
    _hush_alsa()
    return PortAudio(sounddevice)


def _hush_alsa() -> None:
    """ALSA's library writes each hiccup to standard error, in the middle of what we print; we count them ourselves."""
    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:
        return  # another system, or a PortAudio without ALSA
    alsa.snd_lib_error_set_handler(_HUSHED)


_HUSHED = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)(
    lambda *_: None
)
"""Does nothing; kept for as long as the library may call it."""


@contextmanager
def _hushed() -> Iterator[None]:
    """PortAudio writes to standard error what it tries in vain; what comes of it is said in the exception."""
    with ExitStack() as undo, open(os.devnull, "wb") as nothing:
        try:
            kept = os.dup(2)
        except OSError:  # no standard error
            pass
        else:
            undo.callback(os.close, kept)
            undo.callback(os.dup2, kept, 2)
            os.dup2(nothing.fileno(), 2)
        yield


def _is_usual(device: Device, direction: Direction) -> bool:
    return device.usual_input if direction == "input" else device.usual_output
