"""Recordings in containers that only FFmpeg reads: WebM, as browsers make it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from voice.types import AudioChunk, BadAudio
from voice.wav import RATE, write_wav


def unpack(recording: Path, wav: Path, longest: float) -> None:
    """Write the sound of a recording as a WAV file, mono at 16 kHz.

    Raises BadAudio for what holds no sound, is damaged, or goes on for more than `longest` seconds.
    """
    try:
        written = write_wav(wav, _chunks(recording, longest))
    except av.FFmpegError as error:
        raise BadAudio(
            f"{recording}: not a sound file that can be read ({error.strerror}). Record it again."
        ) from error
    if not written:
        raise BadAudio(f"{recording}: the file holds no sound. Record it again.")


def _chunks(recording: Path, longest: float) -> Iterator[AudioChunk]:
    with av.open(str(recording)) as container:
        if not container.streams.audio:
            return
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        seconds = 0.0
        for frame in _frames(container):
            for resampled in resampler.resample(frame):
                chunk = AudioChunk(np.asarray(resampled.to_ndarray()[0], dtype=np.int16), RATE)
                seconds += chunk.seconds
                if seconds > longest:
                    raise BadAudio(f"{recording}: lasts more than {longest:.0f} s, the most that one turn may last.")
                yield chunk


def _frames(container: av.container.InputContainer) -> Iterator[av.AudioFrame | None]:
    """Every frame, and None at the end, which makes the resampler give what it still holds."""
    yield from container.decode(audio=0)
    yield None
