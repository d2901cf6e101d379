"""Peers in virtual environments of their own: what they need never meets what Handla needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import platformdirs


class NoPeer(RuntimeError):
    """The peer cannot be run; the message says why."""


def install(name: str, packages: Sequence[str]) -> Path:
    """The Python of the peer's environment, made where it is missing. Raises NoPeer."""
    folder = platformdirs.user_cache_path("handla") / "peers" / name
    python = folder / "bin" / "python"
    done = folder / "done"
    if not done.is_file():
        for command in (
            [sys.executable, "-m", "venv", str(folder)],
            [str(python), "-m", "pip", "install", "-q", *packages],
        ):
            ran = subprocess.run(command, capture_output=True, text=True)
            if ran.returncode:
                raise NoPeer(f"{' '.join(packages)} could not be installed: {ran.stderr.strip()[-300:]}")
        done.touch()
    return python
