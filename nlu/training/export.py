"""From the trained network to the files that ship: ONNX with integer weights, and the tokenizer."""

from __future__ import annotations

import json
import tempfile
from hashlib import sha256
from pathlib import Path

import tokenizers
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from nlu.model import NETWORK, TOKENIZER
from nlu.onnx import Shipped
from nlu.training.network import Network


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
        small = folder / NETWORK.name
        quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    table = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    (folder / TOKENIZER.name).write_text(table, encoding="utf-8")
    network_file, tokenizer_file = (_shipped(folder / name) for name in (NETWORK.name, TOKENIZER.name))
    return network_file, tokenizer_file


def _shipped(file: Path) -> Shipped:
    return Shipped(file.name, sha256(file.read_bytes()).hexdigest())
