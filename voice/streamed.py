"""A Piper network run in two steps, so that a sentence begins to sound before all of it is made.

Piper's voices are VITS networks (Kim et al., Conditional Variational Autoencoder with Adversarial Learning for
End-to-End Text-to-Speech, ICML 2021): one half plans the sentence, in frames of about 12 ms, the other makes sound of
the frames, each with its neighbours only. The second takes most of the time and can be given a stretch at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx.utils import Extractor

_SECOND = "/dec/"
"""How the names of the second half's nodes begin, in networks that Piper's own script wrote."""
_FIRST_FRAMES = 32
"""Frames of the first stretch; each that follows is twice as long, and is made while those before it sound."""
_AROUND = 12
"""Frames on either side that a frame's sound depends on; measured: with 10 the sound is the same to the last bit."""


class NotDivisible(ValueError):
    """The network is of another kind; it can only be run whole."""


class TwoSteps:
    """The network of one voice in two halves. Safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        """Raises NotDivisible, and what the ONNX libraries raise on a damaged file."""
        network = onnx.load(str(file))
        joint = _joint(network)
        whole = Extractor(network)
        first = whole.extract_model([one.name for one in network.graph.input], [joint])
        second = whole.extract_model([joint], [one.name for one in network.graph.output])
        self._joint = joint
        self._first = onnxruntime.InferenceSession(first.SerializeToString())
        self._second = onnxruntime.InferenceSession(second.SerializeToString())

    def parts(
        self, phonemes: list[int], scales: tuple[float, float, float]
    ) -> Iterator[tuple[NDArray[np.float32], bool]]:
        """The sound of one sentence, stretch by stretch, and whether it is the last.

        Samples have the shape (n,); they lie within -1..1 and are not normalised. `phonemes`: ids, as PiperVoice gives
        them. `scales`: noise, length and noise of the lengths, as Piper has them.
        """
        asked = {
            "input": np.array([phonemes], np.int64),
            "input_lengths": np.array([len(phonemes)], np.int64),
            "scales": np.array(scales, np.float32),
        }
        plan = self._first.run(None, asked)[0]  # shape (1, channels, frames)
        for start, end in _stretches(plan.shape[2]):
            before, after = min(start, _AROUND), min(plan.shape[2] - end, _AROUND)
            sound = self._second.run(None, {self._joint: plan[:, :, start - before : end + after]})[0].reshape(-1)
            frame = len(sound) // (before + end - start + after)
            yield sound[before * frame : len(sound) - after * frame], end == plan.shape[2]


def _stretches(frames: int) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch. The last is no shorter than the first."""
    start, length = 0, _FIRST_FRAMES
    while start < frames:
        end = start + length
        if frames - end < _FIRST_FRAMES:
            end = frames
        yield start, end
        start, length = end, 2 * length


def _joint(network: Any) -> str:
    """The one tensor that the second half is given by the first."""
    second = [node for node in network.graph.node if node.name.startswith(_SECOND)]
    known = {name for node in second for name in node.output} | {one.name for one in network.graph.initializer}
    given = {name for node in second for name in node.input if name and name not in known}
    asked = {one.name for one in network.graph.input}
    if len(given) != 1 or asked != {"input", "input_lengths", "scales"}:
        raise NotDivisible(f"its second half has {len(given)} inputs, the whole {sorted(asked)}")
    return str(given.pop())
