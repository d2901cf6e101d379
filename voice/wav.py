"""Sound files as microphone and speaker."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from types import TracebackType

import numpy as np
import soundfile
from numpy.typing import NDArray

from voice.ports import Tap
from voice.resample import Resampler
from voice.types import AudioChunk, BadAudio, Played

RATE = 16_000
"""Hertz that the ears work at."""

_REMEDY = "Give a WAV, FLAC, OGG or MP3 recording."
_LOWEST_RATE = 4_000
"""Hertz; below this no words are left in the sound."""
_MOST = 32.0
"""Times full scale. Floats beyond hold whole numbers (16-bit values, say) or damage; clipped, they would be noise."""
_OPUS_RATE = 24_000
"""Hertz, the nearest that Opus knows above what voices speak at."""
_UNKNOWN_FRAMES = 1 << 48
"""A header that claims this many frames does not know them."""


class FileMicrophone:
    """A recording as microphone: WAV, FLAC, OGG or MP3, any rate, mono or stereo, any sample format.

    Channels are averaged and the sound is resampled to 16 kHz; nothing else is changed. The file is read block by
    block, so its length does not matter. `chunks` starts from the beginning each time it is called. Raises BadAudio
    when the header is unusable, and from `chunks` when a sample is (not a number, far beyond full scale, damaged).
    """

    def __init__(self, path: Path | str, block: float = 0.1) -> None:
        """`block`: seconds per chunk, roughly."""
        self.path = Path(path)
        with _opened(self.path) as file:
            self._frames = int(file.frames)
            self._rate = int(file.samplerate)
        if self._frames <= 0:
            raise BadAudio(f"{self.path}: the file holds no sound (0 samples). Record it again.")
        if self._rate < _LOWEST_RATE:
            raise BadAudio(f"{self.path}: {self._rate} samples a second are too few for speech. Record at 16000.")
        self._block = max(1, round(block * self._rate))

    @property
    def rate(self) -> int:
        """Hertz of the file; `chunks` are at 16 kHz whatever it is."""
        return self._rate

    @property
    def duration(self) -> float:
        """Seconds, as the header has it; not a number where the header does not know."""
        return self._frames / self._rate if self._frames < _UNKNOWN_FRAMES else float("nan")

    def chunks(self) -> Iterator[AudioChunk]:
        """The recording at 16 kHz. Raises BadAudio at the first sample that cannot be used."""
        resampler = Resampler(self._rate, RATE, np.float32)
        for mono in self._mono_blocks():
            samples = resampler.push(mono)
            if len(samples):
                yield AudioChunk(_int16(samples), RATE)
        rest = resampler.rest()
        if len(rest):
            yield AudioChunk(_int16(rest), RATE)

    def _mono_blocks(self) -> Iterator[NDArray[np.float32]]:
        done = 0
        with _opened(self.path) as file:
            while True:
                try:
                    block = file.read(self._block, dtype="float32", always_2d=True)
                except soundfile.SoundFileError as error:
                    raise self._bad(done, f"the file is damaged ({_reason(error)})") from error
                if not len(block):
                    break
                if not np.isfinite(block).all():
                    raise self._bad(done, "holds samples that are not numbers (NaN or infinite)")
                if np.abs(block).max() > _MOST:
                    raise self._bad(done, f"goes to {np.abs(block).max():.6g} where 1 is full scale")
                done += len(block)
                yield block.mean(axis=1, dtype=np.float32)
        if not done:
            raise self._bad(done, "the file is damaged (no sample can be read)")

    def _bad(self, done: int, what: str) -> BadAudio:
        return BadAudio(f"{self.path}: {what} after {done / self._rate:.1f} s. Export or record it again.")


def samples_of(path: Path | str) -> NDArray[np.int16]:
    """A whole recording as FileMicrophone gives it, shape (n,), at 16 kHz. Raises BadAudio."""
    return np.concatenate([chunk.samples for chunk in FileMicrophone(path).chunks()])


class FileSpeaker:
    """A 16-bit WAV file as speaker. The first sound sets its rate; later sounds are resampled to it.

    A file named *.ogg is Opus, at a rate of Opus's own.

    Use as a context manager, or call `close`. Without any sound no file is written.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.seconds = 0.0
        """How much was played so far."""
        self._file: soundfile.SoundFile | None = None
        self._rate = 0
        self._resampler: Resampler | None = None

    def play(self, sound: Iterable[AudioChunk], stop: Event | None = None, tap: Tap | None = None) -> Played:
        """Append the chunks up to `stop`. Raises BadAudio when the file cannot be written."""
        before = self.seconds
        for chunk in sound:
            if stop is not None and stop.is_set():
                return Played(self.seconds - before, finished=False)
            self._append(chunk)
            if tap is not None:
                tap(chunk, time.monotonic())
        return Played(self.seconds - before, finished=True)

    def _append(self, chunk: AudioChunk) -> None:
        if not len(chunk.samples):
            return
        if self._file is None:
            self._file = self._create(_OPUS_RATE if self.path.suffix == ".ogg" else chunk.rate)
        if chunk.rate != self._rate:
            self._write_rest()
            self._rate, self._resampler = chunk.rate, Resampler(chunk.rate, self._file.samplerate)
        if self._resampler is not None:
            self._file.write(self._resampler.push(chunk.samples))
        self.seconds += chunk.seconds

    def _write_rest(self) -> None:
        if self._file is not None and self._resampler is not None:
            self._file.write(self._resampler.rest())

    def close(self) -> None:
        if self._file is not None:
            self._write_rest()
            self._file.close()
            self._file = None

    def _create(self, rate: int) -> soundfile.SoundFile:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            kind = ("OGG", "OPUS") if self.path.suffix == ".ogg" else ("WAV", "PCM_16")
            return soundfile.SoundFile(self.path, "w", samplerate=rate, channels=1, format=kind[0], subtype=kind[1])
        except (OSError, soundfile.SoundFileError) as error:
            raise BadAudio(f"{self.path}: cannot be written ({_reason(error)}). Choose another place.") from error

    def __enter__(self) -> FileSpeaker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def write_wav(path: Path | str, chunks: Iterable[AudioChunk]) -> float:
    """Write `chunks` as one 16-bit mono WAV; the seconds written. Without any sound no file is written."""
    with FileSpeaker(path) as speaker:
        return speaker.play(chunks).seconds


class _Forward(soundfile.SoundFile):  # type: ignore[misc]
    """A sound file that is only read on and on.

    soundfile seeks to where it already is after every read. On MP3 that throws the decoder out of step and the sound
    comes out distorted, so we say that seeking is not possible.
    """

    def seekable(self) -> bool:
        return False


def _opened(path: Path) -> soundfile.SoundFile:
    if path.is_dir():
        raise BadAudio(f"{path}: this is a folder. {_REMEDY}")
    if not path.exists():
        raise BadAudio(f"{path}: no such file. Check the path.")
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise BadAudio(f"{path}: the file is empty. Record it again.")
        return _Forward(path)
    except OSError as error:
        raise BadAudio(f"{path}: cannot be read ({_reason(error)}). Check who may read it.") from error
    except (soundfile.SoundFileError, TypeError) as error:  # TypeError: a headerless .raw file
        raise BadAudio(f"{path}: not a sound file that can be read. {_REMEDY}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, soundfile.LibsndfileError):
        return str(error.error_string).rstrip(".").lower()
    if isinstance(error, OSError):
        return str(error.strerror or error).lower()
    return str(error)


def _int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    whole: NDArray[np.int16] = np.clip(np.rint(samples * 32768.0), -32768, 32767).astype(np.int16)
    return whole
