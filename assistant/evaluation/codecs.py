"""What telephones and voice notes do to sound, and faster or slower speech: by FFmpeg's codecs and filters (PyAV)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import av
import numpy as np
from numpy.typing import NDArray

from voice.wav import RATE

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Codec:
    name: str
    """FFmpeg's, of the encoder."""
    container: str
    rate: int
    """Hertz."""
    bits: int | None = None
    """A second; None: the codec has one rate only."""


CODECS: Mapping[str, Codec] = {
    "opus": Codec("libopus", "ogg", 16_000, 16_000),
    "g711": Codec("pcm_mulaw", "wav", 8_000),
    "g711-a": Codec("pcm_alaw", "wav", 8_000),
    "g722": Codec("g722", "wav", 16_000),
}
"""opus: voice notes, at 16 kbit/s; g711: telephones (8 kHz; mu-law in America and Japan, A-law elsewhere); g722: HD."""


def through(samples: Samples, codec: str) -> Samples:
    """Mono at 16 kHz, shape (n,), encoded and decoded again: shape (n,)."""
    wanted = CODECS[codec]
    file = io.BytesIO()
    with av.open(file, "w", format=wanted.container) as out:
        stream = cast(av.AudioStream, out.add_stream(wanted.name, rate=wanted.rate))
        stream.layout = "mono"
        if wanted.bits:
            stream.bit_rate = wanted.bits
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=wanted.rate)
        for frame in [*resampler.resample(_frame(samples)), *resampler.resample(None)]:
            frame.pts = None
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    file.seek(0)
    with av.open(file, "r") as back:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        parts = [part.to_ndarray()[0] for frame in back.decode(audio=0) for part in resampler.resample(frame)]
        parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    heard = np.concatenate(parts)[: len(samples)].astype(np.int16)
    return np.pad(heard, (0, len(samples) - len(heard)))


def at_speed(samples: Samples, speed: float) -> Samples:
    """Spoken `speed` times as fast at the same pitch: FFmpeg's atempo, an overlap-add in the time domain (WSOLA)."""
    graph = av.filter.Graph()
    source = graph.add_abuffer(sample_rate=RATE, format="s16", layout="mono", time_base=Fraction(1, RATE))
    tempo, sink = graph.add("atempo", str(speed)), graph.add("abuffersink")
    source.link_to(tempo)
    tempo.link_to(sink)
    graph.configure()
    frame = _frame(np.pad(samples, (0, RATE // 10)))  # the filter keeps its last window to itself
    frame.pts = 0
    graph.push(frame)
    graph.push(None)
    parts: list[Samples] = []
    while True:
        try:
            parts.append(graph.pull().to_ndarray()[0])
        except (av.BlockingIOError, av.EOFError):
            break
    return np.concatenate(parts)[: round(len(samples) / speed)]


def _frame(samples: Samples) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.reshape(1, -1)), format="s16", layout="mono")
    frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
    return frame
