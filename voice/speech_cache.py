"""Sounds that were made once and are needed again: in memory, and on disk what may be kept there."""

from __future__ import annotations

import hashlib
import logging
import os
import struct
import tempfile
from collections import OrderedDict
from pathlib import Path
from threading import Lock

import numpy as np

from voice.types import AudioChunk

_log = logging.getLogger(__name__)

_HEAD = struct.Struct("<4sI32s")
"""A file: mark, rate in hertz, SHA-256 of the samples; then the samples, 16-bit little-endian."""
_MARK = b"HSP1"
_SUFFIX = ".speech"


class SpeechCache:
    """Sounds by key. A key is a digest: names of files say nothing about what was said.

    Safe to use from several threads, and by several processes on one folder: files are written under another name and
    renamed, and one that is damaged counts as missing.
    """

    def __init__(self, folder: Path | None, most_on_disk: int = 64 << 20, most_in_memory: int = 16 << 20) -> None:
        """`folder`: made when something is kept; None keeps nothing on disk. Limits in bytes of sound."""
        self._folder = folder
        self._most_on_disk = most_on_disk
        self._most_in_memory = most_in_memory
        self._sounds: OrderedDict[str, AudioChunk] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    @staticmethod
    def key(text: str, voice: str) -> str:
        return hashlib.sha256(f"{voice}\0{text}".encode()).hexdigest()

    def get(self, key: str) -> AudioChunk | None:
        """The sound, if it is kept; used again, it is kept longer."""
        with self._lock:
            if key in self._sounds:
                self._sounds.move_to_end(key)
                return self._sounds[key]
        sound = self._read(key)
        if sound is not None:
            self._remember(key, sound)
        return sound

    def put(self, key: str, sound: AudioChunk, on_disk: bool) -> None:
        """Keep a sound in memory, and where wished on disk. A disk that cannot be written to is said in the log."""
        self._remember(key, sound)
        if on_disk and self._folder is not None:
            try:
                self._write(self._folder, key, sound)
                self._trim(self._folder)
            except OSError as error:
                _log.warning("Speech cannot be kept in %s: %s", self._folder, error.strerror or error)

    def has_on_disk(self, key: str) -> bool:
        return self._folder is not None and (self._folder / f"{key}{_SUFFIX}").is_file()

    def _remember(self, key: str, sound: AudioChunk) -> None:
        with self._lock:
            if key not in self._sounds:
                self._sounds[key] = sound
                self._bytes += sound.samples.nbytes
            while self._bytes > self._most_in_memory and self._sounds:
                _, oldest = self._sounds.popitem(last=False)
                self._bytes -= oldest.samples.nbytes

    def _read(self, key: str) -> AudioChunk | None:
        if self._folder is None:
            return None
        path = self._folder / f"{key}{_SUFFIX}"
        try:
            content = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        if len(content) < _HEAD.size:
            return None
        mark, rate, checksum = _HEAD.unpack_from(content)
        samples = content[_HEAD.size :]
        if mark != _MARK or hashlib.sha256(samples).digest() != checksum or len(samples) % 2:
            return None
        return AudioChunk(np.frombuffer(samples, "<i2").astype(np.int16), rate)

    def _write(self, folder: Path, key: str, sound: AudioChunk) -> None:
        samples = sound.samples.astype("<i2").tobytes()
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".", dir=folder)
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(_HEAD.pack(_MARK, sound.rate, hashlib.sha256(samples).digest()) + samples)
            os.replace(name, folder / f"{key}{_SUFFIX}")
        finally:
            Path(name).unlink(missing_ok=True)

    def _trim(self, folder: Path) -> None:
        """Drop what was not used for longest until the rest fits."""
        found = []
        for path in folder.glob(f"*{_SUFFIX}"):
            try:
                found.append((path.stat().st_mtime_ns, path.stat().st_size, path))
            except OSError:  # another process was faster
                continue
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._most_on_disk:
                return
            path.unlink(missing_ok=True)
            total -= size
