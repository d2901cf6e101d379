"""Short sounds that say what Handla does where words would be too long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from voice.types import AudioChunk

Earcon = Literal["listening", "thinking", "done"]

RATE = 22_050
"""Hertz; that of most voices, so that the loudspeaker need not change."""
LEVEL = 0.08
"""Share of full scale at the peak: -22 dBFS, well below speech."""
SECONDS = 0.12
_RISE = 0.008
"""Seconds until a tone is at its loudest; it rings out to the end. Softer than a click, sooner than a swell."""
_NOTES: Mapping[Earcon, tuple[float, ...]] = {
    "listening": (587.33, 880.0),  # up, as a question
    "thinking": (659.26,),
    "done": (880.0, 587.33),  # down, as a full stop
}
"""Hertz, one after the other."""


def earcon(kind: Earcon) -> AudioChunk:
    """A soft tone or two, `SECONDS` long, no louder than `LEVEL`."""
    notes = _NOTES[kind]
    each = round(SECONDS * RATE / len(notes))
    at = np.arange(each) / RATE
    shape = np.minimum(1.0, at / _RISE) * np.cos(np.pi / 2 * at / (SECONDS / len(notes))) ** 2
    sound = np.concatenate([shape * np.sin(2 * np.pi * hertz * at) for hertz in notes])
    return AudioChunk(np.round(LEVEL * 32767 * sound).astype(np.int16), RATE)


def earcons() -> dict[str, AudioChunk]:
    """All of them, by what they say."""
    return {kind: earcon(kind) for kind in _NOTES}
