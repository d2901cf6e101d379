"""The rules of the house: who imports whom, and that no file or function outgrows its reader."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("voice", "nlu", "commerce", "assistant")
EVERYWHERE = {"numpy", "pydantic", "pydantic_core", "sqlalchemy", "starlette", *PACKAGES}
"""numpy is everybody's; pydantic stands where data enters; SQL has its own contract; starlette is half of fastapi."""
ON_BOTH_SIDES = {
    "yaml": {"nlu", "assistant", "commerce"},
    "platformdirs": {"voice", "assistant"},
    "av": {"voice", "assistant"},
    "alembic": {"commerce", "assistant"},
    "onnxruntime": {"nlu", "voice"},
}
"""Libraries that two packages need: in each, one module only (a folder `migrations` is one)."""
FOLDERS = {
    "authlib": "assistant/web/oauth",
    "fastapi": "assistant/web",
    "typer": "assistant/commands",
    "uvicorn": "assistant/web",
}
"""Libraries whose work fills a folder; each of these folders counts as one module, `assistant/cli.py` as its way in."""
LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def sources() -> list[Path]:
    return [file for package in PACKAGES for file in sorted((ROOT / package).glob("**/*.py"))]


@cache
def read(file: Path) -> tuple[list[str], dict[str, int]]:
    """The modules a file imports, and how many lines its functions have."""
    imported: list[str] = []
    lines: dict[str, int] = {}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            imported.append(node.module)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines[node.name] = max(lines.get(node.name, 0), (node.end_lineno or node.lineno) - node.lineno)
    return imported, lines


def module_of(file: Path, vendor: str) -> str:
    """What counts as the one module a library is imported in: the file, or the folder whose files share the work."""
    inside = str(file.relative_to(ROOT))
    folder = FOLDERS.get(vendor, "")
    if folder and (inside.startswith(f"{folder}/") or (vendor == "typer" and inside == "assistant/cli.py")):
        return folder
    return str(file.parent.relative_to(ROOT)) if file.parent.name == "migrations" else inside


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([sys.executable, lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_vendor_library_is_imported_in_one_module_of_a_package() -> None:
    importers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for file in sources():
        package = file.relative_to(ROOT).parts[0]
        if "training" in file.parts:  # makes what is shipped and is not imported by it
            continue
        imported, _ = read(file)
        for name in imported:
            top = name.split(".")[0]
            if top not in sys.stdlib_module_names and top not in EVERYWHERE:
                importers[top, package].add(module_of(file, top))
    shared = {vendor: modules for vendor, modules in importers.items() if len(modules) > 1}
    assert shared == {}
    packages: dict[str, set[str]] = defaultdict(set)
    for vendor, package in importers:
        packages[vendor].add(package)
    twice = {vendor: where for vendor, where in packages.items() if len(where) > 1}
    assert {vendor: where for vendor, where in twice.items() if where != ON_BOTH_SIDES.get(vendor)} == {}


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_and_its_functions_can_be_read_at_one_go(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    _, functions = read(file)
    assert {name: lines for name, lines in functions.items() if lines >= LONGEST_FUNCTION} == {}
