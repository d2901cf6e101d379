"""Networks that read texts, on ONNX Runtime and one core. The only module that knows it and `tokenizers`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions
from tokenizers import Tokenizer

FOLDER = Path(str(files("nlu") / "models"))
"""What is shipped."""


class BadNetwork(RuntimeError):
    """A network's file is missing or damaged; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A file of the package and the SHA-256 that it must have."""

    name: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as a network reads it."""

    ids: NDArray[np.int64]
    """Shape (n,), the marks of beginning and end included."""
    spans: tuple[tuple[int, int], ...]
    """Character offsets [start, end) of each token into the text; (0, 0) for the marks."""


class Network:
    """A model file and the tokenizer it was trained with. Safe to share between threads."""

    def __init__(self, model: Shipped, tokenizer: Shipped, longest: int, folder: Path = FOLDER) -> None:
        """`longest` is how many tokens of a text count. Raises BadNetwork."""
        self._tokenizer = Tokenizer.from_str(_checked(folder / tokenizer.name, tokenizer.checksum).decode())
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        options = SessionOptions()
        options.intra_op_num_threads = 1
        content = _checked(folder / model.name, model.checksum)
        self._session = InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def tokens(self, text: str) -> Tokens:
        read = self._tokenizer.encode(text)
        return Tokens(np.array(read.ids, dtype=np.int64), tuple(read.offsets))

    def run(self, inputs: Mapping[str, NDArray[np.int64]]) -> list[NDArray[np.float32]]:
        """Every output of the network, in its order."""
        return [np.asarray(made, dtype=np.float32) for made in self._session.run(None, dict(inputs))]


def _checked(file: Path, checksum: str) -> bytes:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadNetwork(f"{file}: {error.strerror}. Install Handla again.") from None
    found = sha256(content).hexdigest()
    if found != checksum:
        raise BadNetwork(f"{file} is damaged: its SHA-256 is {found}, not {checksum}. Install Handla again.")
    return content
