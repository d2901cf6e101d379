"""Nothing is reported to anybody: ONNX Runtime's official builds do so unless they are kept from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("module", ["nlu.onnx", "voice.streamed"])
def test_what_runs_networks_leaves_no_mark_of_this_device_at_home(module: str, tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    environment = kept | {"HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.rglob("*")) == []
