"""Understanding: intents, slots and catalogue entries from text; knows language, never sound or a shop's database."""

import os

# Official builds of ONNX Runtime report their use to Microsoft unless told not to before they are loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

from nlu.parse import parse
from nlu.vocabulary import Vocabulary

__all__ = ["Vocabulary", "parse"]
