"""Public corpora: fetched by URL, checked, unpacked, and given a manifest."""

from __future__ import annotations

import hashlib
import json
import tarfile
import tomllib
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPException
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

_BLOCK = 1 << 20
_WAIT = 30.0
"""Seconds for a server to answer."""


class BadCorpus(RuntimeError):
    """A corpus that cannot be had; the message says why and what to do."""


class Corpus(BaseModel):
    """One corpus as corpora.toml has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    url: str = Field(pattern="^https?://")
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """Of the archive."""
    bytes: int = Field(ge=1)
    """Of the archive."""
    licence: str
    terms: str
    """Where the licence and the makers are named."""
    language: str
    layout: Literal["librispeech", "words"]


def corpora(file: Path | None = None) -> Mapping[str, Corpus]:
    """By name: Handla's list, or one of the same form. Raises BadCorpus."""
    source = file or files("assistant.evaluation").joinpath("corpora.toml")
    try:
        content = tomllib.loads(source.read_text(encoding="utf-8"))
        return {name: Corpus.model_validate(about) for name, about in content.items()}
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadCorpus(f"{source}: {error}") from error


def fetch(name: str, corpus: Corpus, folder: Path, tell: Callable[[int], None]) -> Path:
    """The corpus in `folder`/`name` with its manifest, whose path is given; what is there already is not fetched again.

    `tell`: bytes that have come. Raises BadCorpus; a file that is not what it should be is removed.
    """
    home = folder / name
    manifest = home / "manifest.jsonl"
    if manifest.exists():
        return manifest
    home.mkdir(parents=True, exist_ok=True)
    archive = home / "archive.part"
    try:
        _download(corpus, archive, tell)
        _unpack(archive, home / "files")
    finally:
        archive.unlink(missing_ok=True)
    rows = list(_LAYOUTS[corpus.layout](home, corpus))
    if not rows:
        raise BadCorpus(f"{corpus.url}: no recording was found in it; its layout may have changed.")
    part = manifest.with_suffix(".part")
    part.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    part.replace(manifest)
    return manifest


def _download(corpus: Corpus, target: Path, tell: Callable[[int], None]) -> None:
    found, size = hashlib.sha256(), 0
    try:
        with urllib.request.urlopen(corpus.url, timeout=_WAIT) as source, target.open("wb") as out:
            while block := source.read(_BLOCK):
                size += len(block)
                if size > corpus.bytes:
                    raise BadCorpus(f"{corpus.url}: is larger than the {corpus.bytes} bytes it should be; not kept.")
                found.update(block)
                out.write(block)
                tell(len(block))
    except (urllib.error.URLError, HTTPException, TimeoutError) as error:
        raise BadCorpus(f"{corpus.url}: {getattr(error, 'reason', error)}. Check the network, or try later.") from error
    if found.hexdigest() != corpus.sha256:
        raise BadCorpus(f"{corpus.url}: has another SHA-256 ({found.hexdigest()}) than it should; not kept.")


def _unpack(archive: Path, target: Path) -> None:
    """Plain files below `target` only: links, devices and paths that lead elsewhere are refused."""
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(target, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise BadCorpus(f"{archive.parent.name}: cannot be unpacked: {error}") from error


def _librispeech(home: Path, corpus: Corpus) -> Iterator[dict[str, Any]]:
    """speaker/chapter/*.trans.txt: 'id WORDS' a line, id.flac beside it."""
    for listing in sorted(home.rglob("*.trans.txt")):
        for line in listing.read_text(encoding="utf-8").splitlines():
            row_id, _, text = line.partition(" ")
            sound = listing.parent / f"{row_id}.flac"
            if sound.exists():
                yield _row(home, corpus, sound, text.lower(), row_id.split("-")[0])


def _words(home: Path, corpus: Corpus) -> Iterator[dict[str, Any]]:
    """word/speaker_nohash_n.wav; folders that begin with _ hold noise."""
    for sound in sorted(home.rglob("*.wav")):
        word = sound.parent.name
        if not word.startswith("_"):
            yield _row(home, corpus, sound, word, sound.stem.partition("_")[0])


def _row(home: Path, corpus: Corpus, sound: Path, text: str, speaker: str) -> dict[str, Any]:
    file = sound.relative_to(home).as_posix()
    about = {"language": corpus.language, "speaker": speaker, "licence": corpus.licence}
    return {"file": file, "text": text, "kind": "recorded", **about}


_LAYOUTS: Mapping[str, Callable[[Path, Corpus], Iterator[dict[str, Any]]]] = {
    "librispeech": _librispeech,
    "words": _words,
}
