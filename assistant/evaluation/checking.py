"""Recordings and labels looked over before figures are made of them: what is probably wrong, row by row."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.manifest import Row, Unit
from commerce.types import Product
from nlu.types import SLOTS
from voice.types import BadAudio
from voice.wav import FileMicrophone

LEAST_RATE = 16_000
"""Hertz; below, what Whisper heard in its training is missing above half of it."""
CLIPPED = 3
"""Samples at full scale in a row that are damage and no loud moment."""
SILENT = 10 ** (-50 / 20)
"""Of full scale; a peak below is no speech."""
PRODUCT = "product"
"""A slot that holds the product as it was said."""


def doubts(units: Sequence[Unit], products: Sequence[Product]) -> Iterator[str]:
    """What is probably wrong, a line each. `products`: the catalogue that the labels are about."""
    told: dict[str, str] = {}
    slots = {*SLOTS, PRODUCT, *_names_of(products)}
    for row in (row for unit in units for row in unit):
        yield from (f"{row.where}: {one}" for one in _labels(row, slots, products))
        if row.file is not None:
            yield from (f"{row.where}: {row.file.name} {one}" for one in _sound(row, row.file))
            digest = hashlib.sha256(row.file.read_bytes()).hexdigest()
            if row.conversation is None and told.setdefault(digest, row.where) != row.where:
                yield f"{row.where}: {row.file.name} is the same recording as that of {told[digest]}."


def _sound(row: Row, file: Path) -> Iterator[str]:
    """One pass over the file, block by block."""
    known = (row.tags or {}).get("noise", "")
    microphone = FileMicrophone(file)
    peak, longest = 0, 0
    try:
        for chunk in microphone.chunks():
            level = np.abs(chunk.samples.astype(np.int32))
            peak, longest = max(peak, int(level.max(initial=0))), max(longest, longest_at_the_rail(level))
    except BadAudio as error:
        yield f"cannot be read: {error}"
        return
    if microphone.rate < LEAST_RATE and "kHz" not in known and str(microphone.rate) != (row.tags or {}).get("rate"):
        yield f"has {microphone.rate} samples a second; {LEAST_RATE} are best. A column rate says that it is meant so."
    if longest >= CLIPPED and "clip" not in known:
        yield f"is clipped ({longest} samples in a row at full scale). Record it softer, or say so in the column noise."
    if row.spoken and peak < SILENT * 32_767:
        yield f"is silent (peak {20 * np.log10(max(peak, 1) / 32_767):.0f} dB) where something is said."


def longest_at_the_rail(level: NDArray[np.int32]) -> int:
    """Of absolute samples, shape (n,): the most in a row that are at full scale."""
    soft = np.flatnonzero(level < 32_767)
    return int(np.diff(soft, prepend=-1, append=len(level)).max()) - 1


def _labels(row: Row, slots: Collection[str], products: Sequence[Product]) -> Iterator[str]:
    if row.text and row.file and row.kind == "unknown":
        yield "does not say whether it is recorded or synthetic (column kind)."
    if row.text == "" and (row.intents or row.slots or row.lines):
        yield "has no words and yet an intent, slots or lines."
    if (row.slots or row.lines) and not row.intents:
        yield "has slots or lines and no intent; they are not scored."
    for name in row.slots or {}:
        if name not in slots:
            near = get_close_matches(name, sorted(slots), n=1, cutoff=0.6)
            yield f"slot {name} is not one of Handla's or the catalogue's" + (f"; {near[0]}?" if near else ".")
    known = {name.casefold() for product in products for name in _called(product)}
    for line in _lines(row):
        if not {name.casefold() for name in line} & known:
            yield f"the catalogue has no {' or '.join(line)}."


def _lines(row: Row) -> Iterator[tuple[str, ...]]:
    expects = row.expects
    orders = expects.orders if expects and not isinstance(expects.orders, int) else ()
    for lines in (row.lines or (), (expects and expects.basket) or (), *orders):
        for line in lines:
            yield line.products


def _called(product: Product) -> Iterator[str]:
    yield from (product.id, product.title, *product.aliases, *(variant.sku for variant in product.variants))


def _names_of(products: Sequence[Product]) -> Iterator[str]:
    for product in products:
        yield from product.attributes
        yield from (option.name for option in product.options)
