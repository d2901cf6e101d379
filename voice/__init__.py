"""Ears and mouth: speech detection, speech to text, text to speech. Knows sound, never shopping."""

import os

# Official builds of ONNX Runtime report their use to Microsoft unless told not to before they are loaded.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
