"""From the trained network to the files that ship: ONNX with integer weights, and the tokenizer."""

from __future__ import annotations

import json
import tempfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnx
import tokenizers
import torch
from onnxruntime import InferenceSession
from onnxruntime.quantization import QuantType, quantize_dynamic

from nlu.model import LONGEST, MARKERS, NETWORK, TOKENIZER
from nlu.onnx import Shipped
from nlu.training.lean import lean
from nlu.training.network import Network

LENGTHS = (3, 8, 21, LONGEST)
"""Tokens of the texts on which the file that ships is compared with the one it was made of."""
COMMON = 30_000
"""Token ids below this are words of English."""


def export(network: Network, tokenizer: tokenizers.Tokenizer, folder: Path) -> tuple[Shipped, Shipped]:
    """Write network and tokenizer into `folder`; gives their names and checksums.

    Weights are integers of seven bits, one scale for each column: with the eighth, processors without VNNI overflow.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ids = torch.ones((1, 8), dtype=torch.long)
    axes = {0: "batch", 1: "tokens"}
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        torch.onnx.export(
            network.eval(),
            (ids, torch.ones_like(ids)),
            str(whole),
            input_names=["ids", "mask"],
            output_names=["intents", "labels"],
            dynamic_axes={"ids": axes, "mask": axes, "intents": {0: "batch"}, "labels": axes},
            opset_version=17,
            dynamo=False,
        )
        small = Path(scratch) / "small.onnx"
        quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        onnx.save(lean(onnx.load(small)), folder / NETWORK.name)
        _compare(small, folder / NETWORK.name)
    table = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    (folder / TOKENIZER.name).write_text(table, encoding="utf-8")
    network_file, tokenizer_file = (_shipped(folder / name) for name in (NETWORK.name, TOKENIZER.name))
    return network_file, tokenizer_file


def _compare(small: Path, leaner: Path) -> None:
    """Raises RuntimeError where the two networks say another number of the same text."""
    chooser = np.random.default_rng(1)
    before, after = (InferenceSession(str(file), providers=["CPUExecutionProvider"]) for file in (small, leaner))
    for length in LENGTHS:
        ids = chooser.integers(MARKERS, COMMON, (1, length))
        wanted, found = before.run(None, {"ids": ids, "mask": np.ones_like(ids)}), after.run(None, {"ids": ids})
        if not all(np.array_equal(one, other) for one, other in zip(wanted, found, strict=True)):
            raise RuntimeError(f"{leaner.name}: leaner, the network computes otherwise on {length} tokens")


def _shipped(file: Path) -> Shipped:
    return Shipped(file.name, sha256(file.read_bytes()).hexdigest())
