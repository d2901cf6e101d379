"""The loudspeaker of this machine. Nothing else needs it: files work without."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import numpy as np

from voice.types import AudioChunk


class NoDevice(RuntimeError):
    """No loudspeaker can be used; the message says what to install or set."""


class DeviceSpeaker:
    """An output device as Speaker. Use as a context manager, or call `close`."""

    def __init__(self, sounddevice: Any, device: int | None) -> None:
        """`sounddevice`: the module; it cannot be imported where PortAudio is missing."""
        self._sounddevice = sounddevice
        self._device = device
        self._stream: Any = None
        self._rate = 0

    def play(self, sound: AudioChunk) -> None:
        """Play to the end. Raises NoDevice when the device cannot be opened or has gone."""
        try:
            if self._stream is None or self._rate != sound.rate:
                self.close()
                self._stream = self._sounddevice.OutputStream(
                    samplerate=sound.rate, channels=1, dtype="int16", device=self._device
                )
                self._stream.start()
                self._rate = sound.rate
            self._stream.write(np.ascontiguousarray(sound.samples.reshape(-1, 1)))
        except self._sounddevice.PortAudioError as error:
            raise NoDevice(f"The loudspeaker cannot play ({error}). Check that it is connected and free.") from error

    def close(self) -> None:
        """Let the last sound ring out, then give the device back."""
        if self._stream is not None:
            self._stream.stop()
            self._stream.close()
            self._stream = None

    def __enter__(self) -> DeviceSpeaker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_speaker(name: str | None = None) -> DeviceSpeaker:
    """The system's output device, or the first whose name contains `name`. Raises NoDevice."""
    sounddevice = _sounddevice()
    devices = [
        (index, about) for index, about in enumerate(sounddevice.query_devices()) if about["max_output_channels"]
    ]
    if not devices:
        raise NoDevice("This machine has no loudspeaker. Connect one, or write the replies to files.")
    if name is None:
        return DeviceSpeaker(sounddevice, None)
    for index, about in devices:
        if name.lower() in about["name"].lower():
            return DeviceSpeaker(sounddevice, index)
    known = ", ".join(sorted(about["name"] for _, about in devices))
    raise NoDevice(f"No loudspeaker is called {name!r}. There are: {known}.")


def _sounddevice() -> Any:
    try:
        import sounddevice
    except ImportError as error:
        raise NoDevice("Sound output is not installed. Run: pip install 'handla[voice]'") from error
    except OSError as error:
        raise NoDevice(
            "The PortAudio library is missing. Install it (Debian and Ubuntu: apt install libportaudio2), "
            "or write the replies to files."
        ) from error
    return sounddevice
